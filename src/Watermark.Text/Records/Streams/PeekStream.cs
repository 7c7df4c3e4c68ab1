namespace Watermark.Text.Records.Streams;

/// <summary>A stream whose first bytes can be looked at before they are read.</summary>
/// <param name="inner">Where the bytes come from; disposed with this stream.</param>
internal sealed class PeekStream(Stream inner) : ReadOnlyStream
{
    private byte[] ahead = [];
    private int start;

    /// <summary>The next bytes without consuming them; fewer than requested at the end of the stream.</summary>
    /// <param name="count">How many.</param>
    public ReadOnlySpan<byte> Peek(int count)
    {
        int available = ahead.Length - start;
        if (available < count)
        {
            byte[] grown = new byte[count];
            ahead.AsSpan(start).CopyTo(grown);
            int read = inner.ReadAtLeast(grown.AsSpan(available), count - available, throwOnEndOfStream: false);
            ahead = grown[..(available + read)];
            start = 0;
        }

        return ahead.AsSpan(start, Math.Min(count, ahead.Length - start));
    }

    public override int Read(Span<byte> buffer)
    {
        if (start == ahead.Length)
            return inner.Read(buffer);
        int count = Math.Min(buffer.Length, ahead.Length - start);
        ahead.AsSpan(start, count).CopyTo(buffer);
        start += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
