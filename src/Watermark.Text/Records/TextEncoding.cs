using System.Buffers.Binary;
using System.Text;
using Watermark.Text.Records.Streams;

namespace Watermark.Text.Records;

/// <summary>How text is written as bytes, told by a byte order mark or by where the zero bytes stand.</summary>
/// <param name="Name">The name, as reports show it.</param>
/// <param name="MarkLength">The length of the byte order mark; 0 for none.</param>
/// <param name="Decoder">Decodes it; null for UTF-8, which needs no change.</param>
internal sealed record TextEncoding(string Name, int MarkLength, Encoding? Decoder)
{
    // A byte that UTF-8 never holds stands for what cannot be decoded, so that the record around it is found wanting.
    private static readonly DecoderReplacementFallback Undecodable = new("\uFFFF");

    private static readonly TextEncoding Utf8 = new("UTF-8", 0, null);

    /// <summary>Detects the encoding.</summary>
    /// <param name="start">The first bytes of the file.</param>
    public static TextEncoding Detect(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("\uFEFF"u8))
            return new TextEncoding("UTF-8 with byte order mark", 3, null);
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE, 0, 0]))
            return new TextEncoding("UTF-32 LE", 4, Encoder("utf-32"));
        if (start.StartsWith((ReadOnlySpan<byte>)[0, 0, 0xFE, 0xFF]))
            return new TextEncoding("UTF-32 BE", 4, Encoder("utf-32BE"));
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
            return new TextEncoding("UTF-16 LE", 2, Encoder("utf-16"));
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            return new TextEncoding("UTF-16 BE", 2, Encoder("utf-16BE"));
        double little = Utf16Share(start, bigEndian: false);
        double big = Utf16Share(start, bigEndian: true);
        return Math.Max(little, big) < 0.05 ? Utf8
            : little >= big ? new TextEncoding("UTF-16 LE", 0, Encoder("utf-16"))
            : new TextEncoding("UTF-16 BE", 0, Encoder("utf-16BE"));
    }

    /// <summary>The text as UTF-8 without a byte order mark.</summary>
    /// <param name="bytes">The file from its beginning; disposed with the result.</param>
    public Stream ToUtf8(PeekStream bytes)
    {
        Span<byte> mark = stackalloc byte[4];
        bytes.ReadExactly(mark[..MarkLength]);
        return Decoder is null ? bytes : new TranscodingStream(bytes, Decoder);
    }

    private static Encoding Encoder(string name) => Encoding.GetEncoding(name, EncoderFallback.ReplacementFallback, Undecodable);

    /// <summary>
    /// Without a mark: the share of units below 256, as Latin letters and blanks are, if all of it is text in UTF-16; else 0.
    /// </summary>
    private static double Utf16Share(ReadOnlySpan<byte> bytes, bool bigEndian)
    {
        int pairs = bytes.Length / 2;
        if (pairs == 0 || (bytes.Length % 2 != 0 && pairs < 16))
            return 0;
        int high = 0;
        for (int i = 0; i < pairs; i++)
        {
            ReadOnlySpan<byte> pair = bytes.Slice(2 * i, 2);
            int unit = bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(pair) : BinaryPrimitives.ReadUInt16LittleEndian(pair);
            if ((unit & 0xFF00) == 0)
                high++;
            if (unit == 0 || unit == 0xFFFF || (unit < ' ' && unit is not ('\t' or '\r' or '\n')))
                return 0;
            // Halves of pairs come in order.
            bool low = (unit & 0xFC00) == 0xDC00;
            bool afterHigh = i > 0 && (Unit(bytes, i - 1, bigEndian) & 0xFC00) == 0xD800;
            if (low != afterHigh)
                return 0;
        }

        return (double)high / pairs;
    }

    private static int Unit(ReadOnlySpan<byte> bytes, int index, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 * index)..]) : BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * index)..]);

    /// <summary>Turns text of another encoding into UTF-8 while it is read; what cannot be decoded becomes the byte FF.</summary>
    private sealed class TranscodingStream(Stream inner, Encoding encoding) : ReadOnlyStream
    {
        private readonly Decoder decoder = encoding.GetDecoder();
        private readonly byte[] bytes = new byte[1 << 14];
        private readonly char[] chars = new char[(1 << 14) + 8];
        private readonly byte[] utf8 = new byte[3 * ((1 << 14) + 9)];
        private readonly Encoder encoder = Encoding.UTF8.GetEncoder();
        private int start;
        private int end;
        private bool ended;

        public override int Read(Span<byte> buffer)
        {
            while (start == end && !ended)
            {
                int count = inner.Read(bytes);
                ended = count == 0;
                int decoded = decoder.GetChars(bytes.AsSpan(0, count), chars, flush: ended);
                end = encoder.GetBytes(chars.AsSpan(0, decoded), utf8, flush: ended);
                start = 0;
                Span<byte> written = utf8.AsSpan(0, end);
                for (int at; (at = written.IndexOf("\uFFFF"u8)) >= 0; written = written[(at + 3)..])
                    written.Slice(at, 3).Fill(0xFF);
            }

            int taken = Math.Min(buffer.Length, end - start);
            utf8.AsSpan(start, taken).CopyTo(buffer);
            start += taken;
            return taken;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
