using System.Security.Cryptography;

namespace Watermark.Forensics.Cases.Timestamps;

/// <summary>The digest of the bytes of a file that are stamped: all, or the first so many of a log that grows by lines.</summary>
/// <param name="Sha256">32 bytes.</param>
/// <param name="Length">The number of bytes.</param>
internal readonly record struct StampedBytes(byte[] Sha256, long Length)
{
    private const int BlockSize = 1 << 16;

    /// <summary>The bytes to stamp now.</summary>
    /// <param name="path">The file.</param>
    /// <param name="wholeLines">Whether what follows the last line end is left out, since it may be half a record.</param>
    public static StampedBytes Of(string path, bool wholeLines)
    {
        long length = 0, lineEnd = 0;
        using FileStream stream = Open(path);
        byte[] block = new byte[BlockSize];
        for (int count; (count = stream.Read(block)) > 0; length += count)
        {
            if (block.AsSpan(0, count).LastIndexOf((byte)'\n') is >= 0 and int at)
                lineEnd = length + at + 1;
        }

        length = wholeLines ? lineEnd : length;
        stream.Position = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long rest = length; rest > 0;)
        {
            int count = stream.Read(block, 0, (int)Math.Min(block.Length, rest));
            if (count == 0)
                throw new InputFormatException($"{path} became shorter while it was read.");
            hash.AppendData(block, 0, count);
            rest -= count;
        }

        return new StampedBytes(hash.GetHashAndReset(), length);
    }

    /// <summary>The part of a log, from its beginning to a line end, that has a digest; null where there is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sha256">The digest, 32 bytes.</param>
    public static StampedBytes? FindWholeLines(string path, ReadOnlySpan<byte> sha256)
    {
        using FileStream stream = Open(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[BlockSize];
        Span<byte> current = stackalloc byte[SHA256.HashSizeInBytes];
        long length = 0;
        for (int count; (count = stream.Read(block)) > 0;)
        {
            ReadOnlySpan<byte> rest = block.AsSpan(0, count);
            while (rest.IndexOf((byte)'\n') is >= 0 and int at)
            {
                hash.AppendData(rest[..(at + 1)]);
                length += at + 1;
                hash.GetCurrentHash(current);
                if (current.SequenceEqual(sha256))
                    return new StampedBytes(current.ToArray(), length);
                rest = rest[(at + 1)..];
            }

            hash.AppendData(rest);
            length += rest.Length;
        }

        return null;
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
}
