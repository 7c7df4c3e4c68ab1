using System.Security.Cryptography;

namespace Watermark.Keys;

/// <summary>
/// Public ids of keys. Version 2 is 128 bits over everything that decides bits. It is computed in two steps, of which the
/// second needs no secret: <c>stem = SHA-256("watermark/v2/key-id/secret" ‖ 0 ‖ salt ‖ 0 ‖ secret)</c>, <c>id =
/// hex(SHA-256("watermark/v2/key-id" ‖ 0 ‖ scheme ‖ 0 ‖ stem))[0..32]</c>.
/// </summary>
/// <remarks>
/// <c>scheme</c> and <c>secret</c> are the members of the key file as JSON in UTF-8 without white space, as this library
/// writes them; <c>salt</c> is the base64 text of 16 random bytes for secrets of integers, and empty for others.
/// </remarks>
internal static class KeyIds
{
    /// <summary>The version of new keys.</summary>
    public const int CurrentVersion = 2;

    /// <summary>Bytes of a salt.</summary>
    public const int SaltSize = 16;

    /// <summary>Hexadecimal digits of a version's ids.</summary>
    /// <param name="version">1 or 2.</param>
    public static int Digits(int version) => version == 1 ? 16 : 32;

    /// <summary>The stem: a digest that hides the secret.</summary>
    /// <param name="salt">The salt, or nothing.</param>
    /// <param name="secret">The secret as JSON.</param>
    public static byte[] Stem(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> secret)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("watermark/v2/key-id/secret\0"u8);
        hash.AppendData(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(salt)));
        hash.AppendData("\0"u8);
        hash.AppendData(secret);
        return hash.GetHashAndReset();
    }

    /// <summary>The id under a scheme.</summary>
    /// <param name="stem">The stem.</param>
    /// <param name="scheme">The scheme as JSON.</param>
    public static string Of(ReadOnlySpan<byte> stem, ReadOnlySpan<byte> scheme)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("watermark/v2/key-id\0"u8);
        hash.AppendData(scheme);
        hash.AppendData("\0"u8);
        hash.AppendData(stem);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, Digits(CurrentVersion) / 2));
    }
}
