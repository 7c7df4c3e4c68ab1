using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Watermark.Randomness;

namespace Watermark.Keys;

/// <summary>
/// The secret of the native schemes: 32 bytes from the operating system's generator. Keys for accounts and epochs derive
/// from it; a derived key can be used like any other key.
/// </summary>
/// <remarks>
/// Derivation is HKDF-SHA256 (RFC 5869) with empty salt; every info string starts with <c>watermark/v1/</c>,
/// or for the claims of fingerprint tests with <c>wm/v1/</c>. Bit-exact.
/// </remarks>
public sealed class WatermarkKey : WatermarkSecret
{
    /// <summary>The size of a key in bytes.</summary>
    public const int Size = 32;

    private readonly byte[] secret = GC.AllocateUninitializedArray<byte>(Size, pinned: true);

    private WatermarkKey()
    {
    }

    /// <summary>A fresh key from the operating system's generator.</summary>
    public static WatermarkKey Generate() => Draw(RandomBits.System);

    /// <summary>A key drawn from the given source of bits; seeded sources are only for tests and random keys.</summary>
    /// <param name="random">The source.</param>
    public static WatermarkKey Draw(RandomBits random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var key = new WatermarkKey();
        random.Fill(key.secret);
        return key;
    }

    /// <summary>A key from its bytes; they are copied.</summary>
    /// <param name="bytes">Exactly 32 bytes.</param>
    /// <exception cref="ArgumentException">The length is not 32 bytes.</exception>
    public static WatermarkKey FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
            throw new ArgumentException($"A watermark key has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        var key = new WatermarkKey();
        bytes.CopyTo(key.secret);
        return key;
    }

    /// <summary>The key of one account: text marked with it can be traced to the account.</summary>
    /// <param name="account">The account's id, not empty; UTF-8 in the derivation.</param>
    public WatermarkKey ForAccount(string account) => Derive("watermark/v1/account/", account);

    /// <summary>The key of one epoch, such as <c>2026-11</c>: a retired epoch can be disclosed without the others.</summary>
    /// <param name="epoch">The epoch's id, not empty; UTF-8 in the derivation.</param>
    public WatermarkKey ForEpoch(string epoch) => Derive("watermark/v1/epoch/", epoch);

    /// <summary>
    /// The key of one claim of one fingerprint method: claims under different ids are independent, and a key that was disclosed
    /// says nothing about the others.
    /// </summary>
    /// <remarks>HKDF-SHA256 with empty salt and info <c>wm/v1/{method}/{claimId}</c>, UTF-8. Bit-exact.</remarks>
    /// <param name="method">The method, such as <c>canaries</c>, not empty.</param>
    /// <param name="claimId">The claim's id, not empty.</param>
    public WatermarkKey ForClaim(string method, string claimId)
    {
        ArgumentException.ThrowIfNullOrEmpty(method);
        return Derive($"wm/v1/{method}/", claimId);
    }

    /// <summary>Copies the 32 secret bytes out. The caller erases them.</summary>
    /// <param name="destination">At least 32 bytes.</param>
    public void CopyTo(Span<byte> destination)
    {
        using SecretUse use = Use();
        secret.CopyTo(destination);
    }

    /// <summary>Whether two keys are the same, in fixed time.</summary>
    /// <param name="other">The other key.</param>
    public bool SecretEquals(WatermarkKey other)
    {
        ArgumentNullException.ThrowIfNull(other);
        using SecretUse use = Use();
        using SecretUse otherUse = other.Use();
        return CryptographicOperations.FixedTimeEquals(secret, other.secret);
    }

    /// <inheritdoc/>
    public override WatermarkSecret Clone()
    {
        using SecretUse use = Use();
        WatermarkKey clone = FromBytes(secret);
        clone.UseIds(IdVersion, IdSalt);
        return clone;
    }

    /// <inheritdoc/>
    public override void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        using SecretUse use = Use();
        writer.WriteBase64StringValue(secret);
    }

    /// <summary>
    /// The scheme key: HKDF with info <c>watermark/v1/{purpose}/h={h}</c>. Bytes 0–15 are the AES-128 PRF key, 16–31
    /// the AES-128 context key.
    /// </summary>
    /// <param name="purpose"><c>green-list</c> or <c>gumbel</c>.</param>
    /// <param name="contextWidth">h.</param>
    /// <param name="destination">32 bytes; the caller erases them.</param>
    internal void DeriveSchemeKey(string purpose, int contextWidth, Span<byte> destination)
    {
        using SecretUse use = Use();
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, destination[..Size], [], Encoding.UTF8.GetBytes($"watermark/v1/{purpose}/h={contextWidth}"));
    }

    /// <summary><c>hex(SHA-256("watermark/v1/key-id" ‖ K))[0..16]</c>: it does not cover the scheme.</summary>
    private protected override string FirstIdFor(ReadOnlySpan<byte> scheme)
    {
        using SecretUse use = Use();
        Span<byte> input = stackalloc byte[19 + Size];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        "watermark/v1/key-id"u8.CopyTo(input);
        secret.CopyTo(input[19..]);
        SHA256.HashData(input, digest);
        CryptographicOperations.ZeroMemory(input);
        return Convert.ToHexStringLower(digest[..8]);
    }

    /// <inheritdoc/>
    private protected override void CommittedBytes(Span<byte> destination) => CopyTo(destination);

    /// <inheritdoc/>
    protected override void EraseSecret() => CryptographicOperations.ZeroMemory(secret);

    private WatermarkKey Derive(string prefix, string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        using SecretUse use = Use();
        var key = new WatermarkKey();
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key.secret, [], Encoding.UTF8.GetBytes(prefix + id));
        return key;
    }
}
