using Watermark.Cli.Terminal;

namespace Watermark.Cli.Outputs;

/// <summary>Writes to a stream; a failure names the output.</summary>
/// <param name="inner">The stream; disposed with this one.</param>
/// <param name="name">The output as the user named it.</param>
internal sealed class OutputStream(Stream inner, string name) : Stream
{
    private bool failed;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Does something with an output; its failures name the output.</summary>
    /// <param name="name">The output as the user named it.</param>
    /// <param name="action">What to do.</param>
    public static void Named(string name, Action action)
    {
        try
        {
            action();
        }
        catch (IOException exception) when (exception is not OutputClosedException)
        {
            throw Failure(name, exception);
        }
    }

    /// <summary>Writes what is buffered to the disk.</summary>
    public void FlushToDisk() => ((FileStream)inner).Flush(flushToDisk: true);

    public override void Flush() => Try(inner.Flush);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            inner.Write(buffer);
        }
        catch (IOException exception) when (exception is not OutputClosedException)
        {
            failed = true;
            throw Failure(name, exception);
        }
    }

    public override async Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        await WriteAsync(buffer.AsMemory(offset, count), cancellationToken).ConfigureAwait(false);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception) when (exception is not OutputClosedException)
        {
            failed = true;
            throw Failure(name, exception);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        try
        {
            if (disposing)
                inner.Dispose();
        }
        catch (IOException) when (failed)
        {
            // What a failed stream still holds fails once more, which says nothing new.
        }
        catch (IOException exception) when (exception is not OutputClosedException)
        {
            throw Failure(name, exception);
        }
        finally
        {
            base.Dispose(disposing);
        }
    }

    private void Try(Action action)
    {
        try
        {
            Named(name, action);
        }
        catch (IOException)
        {
            failed = true;
            throw;
        }
    }

    /// <summary>.NET appends the path to the system's words; it stands at the beginning here.</summary>
    private static IOException Failure(string name, IOException exception)
    {
        string words = exception.Message;
        int path = words.IndexOf(" : '", StringComparison.Ordinal);
        return new IOException($"{name} cannot be written: {(path > 0 ? words[..path] : words)}", exception);
    }
}
