using System.Security.Cryptography;
using Watermark.Text.Records.Streams;

namespace Watermark.Text.Records.Streams;

/// <summary>Passes bytes through and computes their SHA-256.</summary>
/// <param name="inner">Where the bytes come from; disposed with this stream.</param>
internal sealed class HashingStream(Stream inner) : ReadOnlyStream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public override int Read(Span<byte> buffer)
    {
        int count = inner.Read(buffer);
        hash.AppendData(buffer[..count]);
        return count;
    }

    /// <summary>Reads the remaining bytes and returns the digest of all bytes, lower-case hexadecimal.</summary>
    public string Finish()
    {
        Span<byte> rest = new byte[1 << 16];
        while (Read(rest) > 0)
        {
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            hash.Dispose();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
