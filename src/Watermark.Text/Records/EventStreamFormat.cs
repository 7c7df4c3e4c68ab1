using System.Buffers;
using System.Text.Json;
using Watermark.Text.Records.Streams;

namespace Watermark.Text.Records;

/// <summary>
/// Streamed chunks as server-sent events: every event's data is one JSON value. Lines of an event are joined as the standard
/// says (WHATWG HTML, section 9.2.6); a chunk that follows without the blank line between is an event of its own, since logs
/// leave blank lines out. Text before <c>data:</c>, such as a time, is passed over.
/// </summary>
internal static class EventStreamFormat
{
    /// <summary>Reads the events.</summary>
    public static IEnumerable<SourceRecord> Read(Stream content, PayloadContext context)
    {
        using var lines = new LineReader(content, context.MaxRecordLength);
        var data = new ArrayBufferWriter<byte>();
        long begin = 0;
        bool cut = false;
        while (lines.Read())
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            if (context.Fault() is not null && !lines.Terminated)
                break;
            if (lines.TooLong)
            {
                context.TooLong(lines.Number);
                continue;
            }

            ReadOnlyMemory<byte> line = lines.Line;
            int at = DataStart(line.Span);
            bool blank = line.Span.IndexOfAnyExcept(" \t\r"u8) < 0;
            if (at < 0 && !blank)
            {
                if (!IsField(line.Span))
                    context.Bad(lines.Number, "no event, expected a line 'data: …'");
                continue; // event, id, retry and comments say nothing of the reply.
            }

            // An event ends at a blank line, or where its data are complete and new data begin.
            if (data.WrittenCount > 0 && (blank || IsComplete(data.WrittenMemory)))
            {
                if (Event(data.WrittenMemory, begin, context) is { } record)
                {
                    using (record.Json)
                        yield return record.Record;
                }

                data.Clear();
            }

            if (!blank)
            {
                if (data.WrittenCount == 0)
                    begin = lines.Number;
                else
                    data.Write("\n"u8);
                if (data.WrittenCount + line.Length - at > context.MaxRecordLength)
                {
                    context.TooLong(begin);
                    data.Clear();
                }
                else
                {
                    data.Write(line.Span[at..]);
                }
            }

            cut = !lines.Terminated;
        }

        if (data.WrittenCount > 0)
        {
            if (cut && !IsComplete(data.WrittenMemory))
            {
                context.BrokenOff(begin, context.Fault() ?? "the last event is cut off");
                yield break;
            }

            if (Event(data.WrittenMemory, begin, context) is { } record)
            {
                using (record.Json)
                    yield return record.Record;
            }
        }

        if (context.Fault() is { } fault)
            context.BrokenOff(lines.Number, fault);
    }

    /// <summary>Where the data begin in a line that holds some, or -1. What stands before must not be JSON.</summary>
    public static int DataStart(ReadOnlySpan<byte> line)
    {
        int at = line.IndexOf("data:"u8);
        if (at < 0 || line[..at].IndexOfAny("{\""u8) >= 0 || (at > 0 && line[at - 1] is not ((byte)' ' or (byte)'\t' or (byte)'|' or (byte)']')))
            return -1;
        at += "data:"u8.Length;
        return at < line.Length && line[at] == ' ' ? at + 1 : at;
    }

    /// <summary>Whether a line is one of the other fields of an event, or a comment.</summary>
    public static bool IsField(ReadOnlySpan<byte> line) =>
        line.StartsWith(":"u8) || line.StartsWith("event:"u8) || line.StartsWith("id:"u8) || line.StartsWith("retry:"u8)
        || HasPrefixed(line, "event:"u8) || HasPrefixed(line, "id:"u8) || HasPrefixed(line, "retry:"u8);

    /// <summary>Whether data are what ends a streamed reply.</summary>
    public static bool IsDone(ReadOnlySpan<byte> data) => data.Trim(" \t\r\n"u8).SequenceEqual("[DONE]"u8);

    private static bool HasPrefixed(ReadOnlySpan<byte> line, ReadOnlySpan<byte> field)
    {
        int at = line.IndexOf(field);
        return at > 0 && line[at - 1] == ' ' && char.IsAsciiDigit((char)line.TrimStart("[("u8)[0]);
    }

    private static (SourceRecord Record, JsonDocument? Json)? Event(ReadOnlyMemory<byte> data, long number, PayloadContext context)
    {
        if (IsDone(data.Span))
            return (new SourceRecord(context.Place(number), SourceFormat.EventStream, default), null);
        return data.Span.IndexOfAnyExcept(" \t\r\n"u8) >= 0 && JsonFormats.Parse(data, number, context) is { } json
            ? (new SourceRecord(context.Place(number), SourceFormat.EventStream, json.RootElement), json)
            : null;
    }

    private static bool IsComplete(ReadOnlyMemory<byte> data)
    {
        int end = JsonValueReader.EndOf(data.Span);
        return IsDone(data.Span) || (end >= 0 && data.Span[end..].IndexOfAnyExcept(" \t\r\n"u8) < 0);
    }
}
