using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Watermark.Forensics.Json;

namespace Watermark.Forensics.Cases.Collection;

/// <summary>A record at its place in the chain.</summary>
/// <param name="Number">Its number, from 0.</param>
/// <param name="Previous">The hash of the line before; <see cref="NoHash"/> for record 0.</param>
/// <param name="Time">When it was written, UTC to the millisecond.</param>
/// <param name="Record">What it says.</param>
internal sealed record LogLine(long Number, string Previous, DateTimeOffset Time, LogRecord Record)
{
    /// <summary>What stands for the hash of a line before the first.</summary>
    public const string NoHash = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>The longest line; a longer one is no record.</summary>
    public const int MostBytes = 64 << 20;

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The hash of a line.</summary>
    /// <param name="line">Its bytes without the line feed.</param>
    public static string Hash(ReadOnlySpan<byte> line) => Convert.ToHexStringLower(SHA256.HashData(line));

    /// <summary>The bytes of the line with its line feed: the same record always gives the same bytes.</summary>
    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("n", Number);
            writer.WriteString("previous", Previous);
            writer.WriteString("time", Time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
            writer.WriteString("kind", Record.Kind);
            Record.Write(writer);
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a line.</summary>
    /// <param name="line">Its bytes without the line feed.</param>
    /// <exception cref="InputFormatException">It is no record.</exception>
    public static LogLine Read(ReadOnlyMemory<byte> line) => JsonFields.Parse(line, "The line", fields =>
    {
        (long number, string previous) = (fields.Whole("n"), fields.Text("previous"));
        if (!DateTimeOffset.TryParseExact(fields.Text("time"), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            throw fields.Wrong("time", "a UTC time such as \"2026-11-23T17:00:00.000Z\"");
        LogRecord record = LogRecord.Of(fields);
        fields.Done();
        return new LogLine(number, previous, time, record);
    });
}

/// <summary>Cuts a stream into lines; one line is held at a time.</summary>
/// <param name="stream">The stream; not disposed.</param>
internal sealed class LogLineReader(Stream stream)
{
    private byte[] buffer = new byte[1 << 16];
    private int start;
    private int end;
    private bool ended;

    /// <summary>The bytes of the line without its line feed, until the next one is read; empty where it is too long.</summary>
    public ReadOnlyMemory<byte> Line { get; private set; }

    /// <summary>Whether a line feed ends the line.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Where the line begins in the stream.</summary>
    public long Offset { get; private set; }

    private long next;

    /// <summary>Reads the next line; false at the end.</summary>
    public bool Read()
    {
        Offset = next;
        int searched = 0;
        bool tooLong = false;
        long skipped = 0;
        while (true)
        {
            int feed = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
            if (feed >= 0)
                return Take(searched + feed, complete: true, tooLong, skipped);
            searched = end - start;
            if (searched > LogLine.MostBytes)
            {
                tooLong = true;
                skipped += searched;
                (start, end, searched) = (0, 0, 0);
            }

            if (ended)
                return searched + skipped > 0 && Take(searched, complete: false, tooLong, skipped);
            Fill();
        }
    }

    private bool Take(int length, bool complete, bool tooLong, long skipped)
    {
        Line = tooLong ? default : buffer.AsMemory(start, length);
        IsComplete = complete;
        start += length + (complete ? 1 : 0);
        next = Offset + skipped + length + (complete ? 1 : 0);
        return true;
    }

    private void Fill()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (end == buffer.Length)
            Array.Resize(ref buffer, buffer.Length * 2);
        int read = stream.Read(buffer, end, buffer.Length - end);
        end += read;
        ended = read == 0;
    }
}
