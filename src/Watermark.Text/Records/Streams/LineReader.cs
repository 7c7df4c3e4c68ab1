using System.Buffers;

namespace Watermark.Text.Records.Streams;

/// <summary>Splits a stream into lines (LF, or CR LF) of bytes, with memory bounded by the longest line allowed.</summary>
/// <param name="stream">Where the bytes come from; not disposed.</param>
/// <param name="maxLength">The longest line in bytes.</param>
internal sealed class LineReader(Stream stream, int maxLength) : IDisposable
{
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
    private int start;
    private int end;
    private bool ended;

    /// <summary>The number of the current line, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>The current line without its end; valid until the next <see cref="Read"/>. Empty where <see cref="TooLong"/>.</summary>
    public ReadOnlyMemory<byte> Line { get; private set; }

    /// <summary>Whether the current line is longer than allowed; it was skipped.</summary>
    public bool TooLong { get; private set; }

    /// <summary>
    /// Whether the current line ends with a line end, and so is complete even if the stream breaks off after it.
    /// </summary>
    public bool Terminated { get; private set; }

    /// <summary>Moves to the next line; false at the end.</summary>
    public bool Read()
    {
        TooLong = false;
        Line = default;
        Number++;
        int searched = 0;
        while (true)
        {
            int newline = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                Take(searched + newline, terminator: 1);
                return true;
            }

            searched = end - start;
            if (searched > maxLength + 1) // One more for a CR.
            {
                TooLong = true;
                start = end = searched = 0;
            }

            if (ended || !Fill())
            {
                if (end == start && !TooLong)
                    return false;
                Take(end - start, terminator: 0);
                return true;
            }
        }
    }

    public void Dispose()
    {
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        start = end = 0;
    }

    private void Take(int length, int terminator)
    {
        Terminated = terminator > 0;
        int content = Terminated && length > 0 && buffer[start + length - 1] == '\r' ? length - 1 : length;
        TooLong |= content > maxLength;
        if (!TooLong)
            Line = buffer.AsMemory(start, content);
        start += length + terminator;
    }

    private bool Fill()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
        }

        if (end == buffer.Length)
        {
            byte[] grown = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * buffer.Length, Array.MaxLength));
            buffer.AsSpan(0, end).CopyTo(grown);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = grown;
        }

        int count = stream.Read(buffer.AsSpan(end));
        ended = count == 0;
        end += count;
        return !ended;
    }
}
