using System.Buffers;

namespace Watermark.Text.Records;

/// <summary>
/// Splits a stream into JSON values by their brackets and quotes, with memory bounded by the longest value allowed. It does
/// not judge whether a value is valid.
/// </summary>
/// <param name="stream">Where the bytes come from; not disposed.</param>
/// <param name="maxLength">The longest value in bytes.</param>
internal sealed class JsonValueReader(Stream stream, int maxLength) : IDisposable
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> EndOfScalar = SearchValues.Create(" \t\r\n,]}[{\""u8);

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
    private int start;
    private int end;
    private bool ended;

    /// <summary>The line of the next byte, from 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>The current value; valid until the next call. Empty where <see cref="TooLong"/>.</summary>
    public ReadOnlyMemory<byte> Value { get; private set; }

    /// <summary>The line the current value begins at.</summary>
    public long ValueLine { get; private set; }

    /// <summary>Whether the current value is longer than allowed; it was skipped.</summary>
    public bool TooLong { get; private set; }

    /// <summary>The next byte that is no blank, without consuming it; -1 at the end.</summary>
    public int Peek()
    {
        while (true)
        {
            ReadOnlySpan<byte> rest = buffer.AsSpan(start, end - start);
            int found = rest.IndexOfAnyExcept(" \t\r\n"u8);
            int blanks = found < 0 ? rest.Length : found;
            Line += rest[..blanks].Count((byte)'\n');
            start += blanks;
            if (found >= 0)
                return buffer[start];
            if (ended || !Fill())
                return -1;
        }
    }

    /// <summary>Consumes the byte that <see cref="Peek"/> gave.</summary>
    public void Skip() => start++;

    /// <summary>Reads the value that begins at the next byte that is no blank.</summary>
    /// <returns>False where the stream ends within it, or at once.</returns>
    public bool Read()
    {
        TooLong = false;
        Value = default;
        int first = Peek();
        ValueLine = Line;
        if (first < 0)
            return false;
        var scan = new Scan(first);
        int scanned = 0;
        while (true)
        {
            int length = scan.Advance(buffer.AsSpan(start, end - start), ref scanned);
            if (length >= 0)
            {
                TooLong |= length > maxLength;
                Line += buffer.AsSpan(start, length).Count((byte)'\n');
                if (!TooLong)
                    Value = buffer.AsMemory(start, length);
                start += length;
                return true;
            }

            if (scanned > maxLength)
            {
                // Go on to its end without keeping it.
                TooLong = true;
                Line += buffer.AsSpan(start, scanned).Count((byte)'\n');
                start += scanned;
                scanned = 0;
            }

            if (ended || !Fill())
            {
                // A number or word may end with the stream.
                int rest = end - start;
                bool complete = scan.IsScalar && (rest > 0 || TooLong);
                if (complete && !TooLong)
                    Value = buffer.AsMemory(start, rest);
                Line += buffer.AsSpan(start, rest).Count((byte)'\n');
                start = end;
                return complete;
            }
        }
    }

    /// <summary>Goes on to the next line that begins with an opening bracket; false at the end.</summary>
    public bool SkipToLineWithBracket()
    {
        while (true)
        {
            int newline = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (newline < 0)
            {
                start = end;
                if (ended || !Fill())
                    return false;
                continue;
            }

            start += newline + 1;
            Line++;
            if (start == end && (ended || !Fill()))
                return false;
            if (buffer[start] is (byte)'{' or (byte)'[')
                return true;
        }
    }

    /// <summary>Where the object, array or string ends that begins at the first byte that is no blank; -1 where it does not.</summary>
    public static int EndOf(ReadOnlySpan<byte> bytes)
    {
        int blanks = bytes.IndexOfAnyExcept(" \t\r\n"u8);
        if (blanks < 0)
            return -1;
        var scan = new Scan(bytes[blanks]);
        int at = 0;
        int length = scan.IsScalar ? -1 : scan.Advance(bytes[blanks..], ref at);
        return length < 0 ? -1 : blanks + length;
    }

    public void Dispose()
    {
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        start = end = 0;
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

    /// <summary>Finds the end of one value, piece by piece.</summary>
    private struct Scan(int first)
    {
        private long depth;
        private bool inString;

        public readonly bool IsScalar => first is not ('{' or '[' or '"');

        /// <summary>Looks at further bytes.</summary>
        /// <param name="bytes">The value from its kept beginning on.</param>
        /// <param name="at">How many of them were looked at; moved on.</param>
        /// <returns>The length of the value, or -1 where more bytes are needed.</returns>
        public int Advance(ReadOnlySpan<byte> bytes, ref int at)
        {
            if (IsScalar)
            {
                int stop = bytes[at..].IndexOfAny(EndOfScalar);
                // A scalar is at least one byte, or nothing would be consumed.
                int length = stop < 0 ? -1 : Math.Max(at + stop, at == 0 ? 1 : 0);
                at = bytes.Length;
                return length;
            }

            while (at < bytes.Length)
            {
                int found = inString ? bytes[at..].IndexOfAny((byte)'"', (byte)'\\') : bytes[at..].IndexOfAny(Structure);
                if (found < 0)
                {
                    at = bytes.Length;
                    return -1;
                }

                byte value = bytes[at + found];
                if (inString && value == '\\')
                {
                    if (at + found + 1 >= bytes.Length)
                    {
                        at += found; // The escaped byte is still to come.
                        return -1;
                    }

                    at += found + 2;
                    continue;
                }

                at += found + 1;
                if (value == '"')
                    inString = !inString;
                else
                    depth += value is (byte)'{' or (byte)'[' ? 1 : -1;
                if (!inString && depth <= 0)
                    return at;
            }

            return -1;
        }
    }
}
