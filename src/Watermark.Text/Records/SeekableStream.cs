namespace Watermark.Text.Records;

/// <summary>
/// Passes a seekable file through and tells how many bytes were read. Asynchronous reads are done at once: the readers of
/// tables only have such reads, and every one of them would wait for a thread.
/// </summary>
/// <param name="inner">The file; disposed with this stream.</param>
/// <param name="progress">Told about once a mebibyte; or null.</param>
internal sealed class SeekableStream(Stream inner, IProgress<long>? progress) : Stream
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
        if (progress is not null && count - told >= Step)
        {
            told = count;
            progress.Report(Math.Min(count, inner.Length));
        }

        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<int>(Read(buffer.Span));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Read(buffer.AsSpan(offset, count)));
    }

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
