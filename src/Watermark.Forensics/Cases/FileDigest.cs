using System.Security.Cryptography;

namespace Watermark.Forensics.Cases;

/// <summary>The SHA-256 of files, 64 lower-case hexadecimal digits.</summary>
public static class FileDigest
{
    private const int BlockSize = 1 << 16;

    /// <summary>The digest of a file.</summary>
    /// <param name="path">The file.</param>
    public static string Of(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>The digest of the first bytes of a file; null where it has fewer.</summary>
    /// <param name="path">The file.</param>
    /// <param name="length">The number of bytes.</param>
    internal static string? Of(string path, long length)
    {
        using FileStream stream = File.OpenRead(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[BlockSize];
        for (long rest = length; rest > 0;)
        {
            int count = stream.Read(block, 0, (int)Math.Min(block.Length, rest));
            if (count == 0)
                return null;
            hash.AppendData(block, 0, count);
            rest -= count;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
