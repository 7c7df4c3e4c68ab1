using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Watermark.Keys;

/// <summary>
/// Choices that a key makes: for a message an index below a count, each with the same probability for whoever does not have the
/// key. Bit-exact.
/// </summary>
/// <remarks>
/// h = HMAC-SHA256(key, message), read as four 8-byte big-endian words; the first word below ⌊2^64/count⌋·count gives the index
/// word mod count. Where all four fail, one counter byte 1, 2, … is added to the message.
/// </remarks>
public static class KeyedIndex
{
    private const int LargestCounter = 255;

    /// <summary>The index that a key chooses for a message.</summary>
    /// <param name="key">The key; for a claim, the one of <see cref="WatermarkKey.ForClaim"/>.</param>
    /// <param name="message">The message.</param>
    /// <param name="count">How many indices there are, at least 1.</param>
    /// <returns>0 … count − 1.</returns>
    public static int Of(WatermarkKey key, ReadOnlySpan<byte> message, int count)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Span<byte> secret = stackalloc byte[WatermarkKey.Size];
        key.CopyTo(secret);
        try
        {
            return Of(secret, message, count);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>
    /// Commits to a key together with what it decides: <c>SHA-256("wm/v1/commit" ‖ key ‖ digest ‖ LP(claimId))</c>.
    /// </summary>
    /// <param name="key">The claim's key.</param>
    /// <param name="digest">SHA-256 of the public part of the design, 32 bytes.</param>
    /// <param name="claimId">The claim.</param>
    /// <returns>32 bytes. The key is random, so they do not show it.</returns>
    public static byte[] Commit(WatermarkKey key, ReadOnlySpan<byte> digest, string claimId)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfNotEqual(digest.Length, SHA256.HashSizeInBytes);
        Span<byte> secret = stackalloc byte[WatermarkKey.Size];
        key.CopyTo(secret);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("wm/v1/commit"u8);
        hash.AppendData(secret);
        CryptographicOperations.ZeroMemory(secret);
        hash.AppendData(digest);
        hash.AppendData(LengthPrefixed(claimId));
        return hash.GetHashAndReset();
    }

    /// <summary>LP(text): the number of bytes as a big-endian 32-bit integer, then the text in UTF-8.</summary>
    /// <remarks>
    /// The text is taken as it is and must be in Unicode's form NFC, so that the same letters are the same bytes: the normalisation of
    /// .NET depends on the host's settings, and <c>Watermark.Text.ComposedText</c> does not.
    /// </remarks>
    /// <param name="text">The text, in NFC.</param>
    public static byte[] LengthPrefixed(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        byte[] prefixed = new byte[sizeof(uint) + utf8.Length];
        BinaryPrimitives.WriteUInt32BigEndian(prefixed, (uint)utf8.Length);
        utf8.CopyTo(prefixed, sizeof(uint));
        return prefixed;
    }

    private static int Of(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> message, int count)
    {
        // 2^64 mod count, so that the words below 2^64 − rest are a whole multiple of count.
        ulong rest = unchecked(0UL - (ulong)count) % (ulong)count;
        byte[] extended = [.. message, 0];
        Span<byte> words = stackalloc byte[HMACSHA256.HashSizeInBytes];
        for (int counter = 0; counter <= LargestCounter; counter++)
        {
            extended[^1] = (byte)counter;
            HMACSHA256.HashData(secret, extended.AsSpan(0, message.Length + (counter == 0 ? 0 : 1)), words);
            for (int i = 0; i < words.Length; i += sizeof(ulong))
            {
                ulong word = BinaryPrimitives.ReadUInt64BigEndian(words[i..]);
                if (word <= ulong.MaxValue - rest)
                    return (int)(word % (ulong)count);
            }
        }

        // Every word fails with a probability below 2^-32, so a thousand of them never do.
        throw new InvalidOperationException("No index was found.");
    }
}
