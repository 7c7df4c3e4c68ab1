using System.Security.Cryptography;
using Watermark.Text.Records.Streams;

namespace Watermark.Text.Records;

/// <summary>Passes bytes through, counts them and computes their SHA-256.</summary>
/// <param name="inner">Where the bytes come from; disposed with this stream.</param>
/// <param name="progress">Told the number of bytes read, about once a mebibyte; or null.</param>
internal sealed class MeasuredStream(Stream inner, IProgress<long>? progress) : ReadOnlyStream
{
    private const long Step = 1 << 20;

    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long told;

    /// <summary>The number of bytes read so far.</summary>
    public long Count { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        int count = inner.Read(buffer);
        hash.AppendData(buffer[..count]);
        Count += count;
        if (progress is not null && (Count - told >= Step || (count == 0 && Count > told)))
        {
            told = Count;
            progress.Report(Count);
        }

        return count;
    }

    /// <summary>Reads the remaining bytes.</summary>
    /// <param name="cancellationToken">Stops between blocks.</param>
    public void ReadToEnd(CancellationToken cancellationToken)
    {
        byte[] rest = new byte[1 << 16];
        while (Read(rest) > 0)
            cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>The digest of the bytes read so far, lower-case hexadecimal.</summary>
    public string Digest() => Convert.ToHexStringLower(hash.GetCurrentHash());

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
