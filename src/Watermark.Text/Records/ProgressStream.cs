namespace Watermark.Text.Records;

/// <summary>Passes a seekable file through and tells how many bytes were read.</summary>
/// <param name="inner">The file; disposed with this stream.</param>
/// <param name="progress">Told about once a mebibyte.</param>
internal sealed class ProgressStream(Stream inner, IProgress<long> progress) : Stream
{
    private const long Step = 1 << 20;

    private long count;
    private long told;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    public override int Read(Span<byte> buffer)
    {
        int read = inner.Read(buffer);
        count += read;
        if (count - told >= Step)
        {
            told = count;
            progress.Report(Math.Min(count, inner.Length));
        }

        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
