using System.Buffers.Binary;
using System.Security.Cryptography;
using Watermark.Keys;

namespace Watermark.Forensics.Fingerprints;

/// <summary>What the designs of keyed claims have in common: a digest of their public part, and a commitment to the claim's key.</summary>
internal static class ClaimDesign
{
    /// <summary>The commitment of a claim as hexadecimal digits.</summary>
    /// <param name="key">The claim's key.</param>
    /// <param name="digest">The digest of the public part.</param>
    /// <param name="claimId">The claim.</param>
    public static string Commit(WatermarkKey key, ReadOnlySpan<byte> digest, string claimId) => Convert.ToHexStringLower(KeyedIndex.Commit(key, digest, claimId));

    /// <summary>Throws where a key is not the one that a design was made with.</summary>
    /// <param name="key">The claim's key.</param>
    /// <param name="digest">The digest of the public part.</param>
    /// <param name="claimId">The claim.</param>
    /// <param name="commitment">The design's commitment.</param>
    /// <exception cref="InputFormatException">The key does not open the commitment.</exception>
    public static void Check(WatermarkKey key, ReadOnlySpan<byte> digest, string claimId, string commitment)
    {
        if (Commit(key, digest, claimId) != commitment)
            throw new InputFormatException($"The key does not open the commitment of claim '{claimId}': the design was made with another key, or was changed since.");
    }

    /// <summary>Throws where a claim's id is no id.</summary>
    /// <param name="claimId">The claim.</param>
    public static void CheckClaim(string claimId)
    {
        if (string.IsNullOrWhiteSpace(claimId) || claimId.Length > 200)
            throw new InputFormatException("The id of a claim is empty or longer than 200 characters.");
    }

    /// <summary>A hash over counts and texts.</summary>
    /// <param name="append">Appends them.</param>
    public static byte[] Digest(Action<IncrementalHash> append)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        append(hash);
        return hash.GetHashAndReset();
    }

    /// <summary>Appends a count as a big-endian 32-bit integer.</summary>
    /// <param name="hash">The hash.</param>
    /// <param name="count">The count.</param>
    public static void Append(this IncrementalHash hash, int count)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)count);
        hash.AppendData(bytes);
    }

    /// <summary>Appends LP(text).</summary>
    /// <param name="hash">The hash.</param>
    /// <param name="text">The text.</param>
    public static void Append(this IncrementalHash hash, string text) => hash.AppendData(KeyedIndex.LengthPrefixed(text));
}
