using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Watermark.Keys;

/// <summary>
/// Secret material of a watermark. Never printed, never compared in variable time, erased on dispose. The schemes of this
/// library take a <see cref="WatermarkKey"/>; schemes of other engines have secrets of their own shape.
/// </summary>
public abstract class WatermarkSecret : IDisposable
{
    private const int CommitmentPartSize = SHA256.HashSizeInBytes;

    private readonly EraseGate gate;

    /// <summary>Creates the base part.</summary>
    protected WatermarkSecret() => gate = new EraseGate(EraseSecret);

    /// <summary>Whether the secret was disposed.</summary>
    public bool IsDisposed => gate.IsClosed;

    /// <summary>
    /// One sentence on why this secret proves nothing, because others use it too; null where no such reason is known.
    /// </summary>
    public virtual string? Weakness => null;

    /// <summary>Writes the secret as the value of the key file's <c>secret</c> member.</summary>
    /// <param name="writer">A writer positioned for a value.</param>
    public abstract void WriteTo(Utf8JsonWriter writer);

    /// <summary>A copy with its own lifetime.</summary>
    public abstract WatermarkSecret Clone();

    /// <summary>
    /// The version of this secret's ids: 2, or 1 where it came from a key file of version 1. Ids of version 2 have 32
    /// lower-case hexadecimal digits and cover scheme and secret; those of version 1 have 16.
    /// </summary>
    public int IdVersion { get; private set; } = KeyIds.CurrentVersion;

    /// <summary>
    /// 16 random bytes. Without them, anyone who knows the id could find a secret from a small key space by trying. Empty
    /// for secrets that nobody can guess. The salt is not secret; the key file holds it.
    /// </summary>
    public ReadOnlyMemory<byte> IdSalt { get; private set; }

    /// <summary>Whether ids of this kind of secret are salted.</summary>
    internal virtual bool HasIdSalt => false;

    /// <summary>The public id of the secret under a scheme. It does not reveal the secret.</summary>
    /// <param name="scheme">The scheme's name and parameters as JSON without white space.</param>
    public string IdFor(ReadOnlySpan<byte> scheme) => IdVersion == 1 ? FirstIdFor(scheme) : KeyIds.Of(IdStem(), scheme);

    /// <summary>
    /// Commits to the secret without handing it out: <c>SHA-256("WM-COMMIT-v1" ‖ 00 ‖ K ‖ nonce ‖ contextHash)</c>, where K is
    /// the 32 bytes of a <see cref="WatermarkKey"/>, and <c>SHA-256("watermark/v1/commit/secret" ‖ 00 ‖ secret)</c> of any
    /// other secret (its JSON without white space, as ids take it). Bit-exact.
    /// </summary>
    /// <remarks>The random nonce hides the secret, however few secrets there could be; nobody can open the result with another one.</remarks>
    /// <param name="nonce">32 random bytes, kept secret until the commitment is opened.</param>
    /// <param name="contextHash">SHA-256 of what else is committed to, 32 bytes.</param>
    /// <returns>The commitment, 32 bytes.</returns>
    /// <exception cref="ArgumentException">A length is not 32.</exception>
    public byte[] Commit(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> contextHash)
    {
        if (nonce.Length != CommitmentPartSize)
            throw new ArgumentException($"The nonce of a commitment has {CommitmentPartSize} bytes, not {nonce.Length}.", nameof(nonce));
        if (contextHash.Length != CommitmentPartSize)
            throw new ArgumentException($"The hash of a commitment's context has {CommitmentPartSize} bytes, not {contextHash.Length}.", nameof(contextHash));
        ReadOnlySpan<byte> label = "WM-COMMIT-v1\0"u8;
        Span<byte> input = stackalloc byte[label.Length + (3 * CommitmentPartSize)];
        label.CopyTo(input);
        CommittedBytes(input.Slice(label.Length, CommitmentPartSize));
        nonce.CopyTo(input[(label.Length + CommitmentPartSize)..]);
        contextHash.CopyTo(input[(label.Length + (2 * CommitmentPartSize))..]);
        byte[] commitment = SHA256.HashData(input);
        CryptographicOperations.ZeroMemory(input);
        return commitment;
    }

    /// <summary>The 32 bytes by which the secret enters a commitment; the caller erases them.</summary>
    /// <param name="destination">32 bytes.</param>
    private protected virtual void CommittedBytes(Span<byte> destination)
    {
        byte[] json = ToJson();
        byte[] text = [.. "watermark/v1/commit/secret\0"u8, .. json];
        SHA256.HashData(text, destination);
        CryptographicOperations.ZeroMemory(text);
        CryptographicOperations.ZeroMemory(json);
    }

    /// <summary>The part of an id of version 2 that comes from the secret; it does not reveal the secret.</summary>
    internal byte[] IdStem()
    {
        byte[] json = ToJson();
        byte[] stem = KeyIds.Stem(IdSalt.Span, json);
        CryptographicOperations.ZeroMemory(json);
        return stem;
    }

    /// <summary>Sets how ids are made; called before the secret is published to other code.</summary>
    /// <param name="version">1 or 2.</param>
    /// <param name="salt">The salt of version 2; ignored where ids are not salted.</param>
    internal void UseIds(int version, ReadOnlyMemory<byte> salt) => (IdVersion, IdSalt) = (version, HasIdSalt && version > 1 ? salt : default);

    /// <summary>Draws the salt of a fresh secret whose ids are salted.</summary>
    internal void DrawIdSalt() => UseIds(KeyIds.CurrentVersion, RandomNumberGenerator.GetBytes(KeyIds.SaltSize));

    /// <summary>The id of version 1.</summary>
    /// <param name="scheme">The scheme's name and parameters as JSON without white space.</param>
    private protected abstract string FirstIdFor(ReadOnlySpan<byte> scheme);

    /// <summary>The secret as JSON without white space; the caller erases it.</summary>
    private protected byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
            WriteTo(writer);
        byte[] json = buffer.WrittenSpan.ToArray();
        buffer.Clear();
        return json;
    }

    /// <summary>
    /// Refuses every later use and erases the secret: at once, or when the uses on other threads have ended.
    /// </summary>
    public void Dispose()
    {
        gate.Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Keeps the secret from being erased until the result is disposed; every method that reads the secret calls this first.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The secret was disposed.</exception>
    protected SecretUse Use() => gate.Enter(this);

    /// <summary>Overwrites the secret with zeros; called once, when nobody uses it.</summary>
    protected abstract void EraseSecret();

    /// <summary>The class name; never the secret.</summary>
    public sealed override string ToString() => $"{GetType().Name} (hidden)";
}
