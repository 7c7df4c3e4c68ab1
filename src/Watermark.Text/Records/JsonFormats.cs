using System.Text.Json;
using Watermark.Text.Records.Streams;

namespace Watermark.Text.Records;

/// <summary>The three ways in which files hold JSON records: a value a line, an array, or values one after the other.</summary>
internal static class JsonFormats
{
    /// <summary>One JSON value a line; blank lines are passed over.</summary>
    public static IEnumerable<SourceRecord> ReadLines(Stream content, PayloadContext context)
    {
        using var lines = new LineReader(content, context.MaxRecordLength);
        while (lines.Read())
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            if (context.Fault() is not null && !lines.Terminated)
                break; // The line at which the data broke off.
            if (lines.TooLong)
            {
                context.TooLong(lines.Number);
            }
            else if (!IsBlank(lines.Line.Span) && Parse(lines.Line, lines.Number, context) is { } json)
            {
                using (json)
                    yield return new SourceRecord(context.Place(lines.Number), SourceFormat.JsonLines, json.RootElement);
            }
        }

        if (context.Fault() is { } fault)
            context.BrokenOff(lines.Number, fault);
    }

    /// <summary>
    /// A JSON array, element by element; further arrays after it are read too. An array without its end counts up to where it
    /// breaks off.
    /// </summary>
    public static IEnumerable<SourceRecord> ReadArray(Stream content, PayloadContext context)
    {
        using var values = new JsonValueReader(content, context.MaxRecordLength);
        while (values.Peek() == '[')
        {
            values.Skip();
            bool first = true;
            while (true)
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                int next = values.Peek();
                if (next == ']')
                {
                    values.Skip();
                    break;
                }

                if (next == ',' && !first)
                {
                    values.Skip();
                    next = values.Peek();
                    if (next is ',' or ']')
                    {
                        context.Bad(values.Line, "a comma without an element, expected a value after it");
                        continue;
                    }
                }
                else if (next >= 0 && !first)
                {
                    context.Bad(values.Line, "no comma between two elements of the array, expected one");
                }

                if (next < 0 || !values.Read())
                {
                    context.BrokenOff(values.Line, context.Fault() ?? "the array has no end");
                    yield break;
                }

                first = false;
                if (values.TooLong)
                {
                    context.TooLong(values.ValueLine);
                }
                else if (Parse(values.Value, values.ValueLine, context) is { } json)
                {
                    using (json)
                        yield return new SourceRecord(context.Place(values.ValueLine), SourceFormat.JsonArray, json.RootElement);
                }
            }
        }

        if (context.Fault() is { } fault)
            context.BrokenOff(values.Line, fault);
        else if (values.Peek() >= 0)
            context.Bad(values.Line, "more data after the end of the array, expected the end of the file");
    }

    /// <summary>JSON values one after the other, each over as many lines as it likes; or one.</summary>
    public static IEnumerable<SourceRecord> ReadValues(Stream content, PayloadContext context)
    {
        using var values = new JsonValueReader(content, context.MaxRecordLength);
        bool more = true;
        while (more && values.Peek() is >= 0 and int next)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            if (next is not ('{' or '['))
            {
                context.Bad(values.Line, "not JSON, expected an object or an array");
                more = values.SkipToLineWithBracket();
            }
            else if (!values.Read())
            {
                context.BrokenOff(values.ValueLine, context.Fault() ?? "the JSON value has no end");
                yield break;
            }
            else if (values.TooLong)
            {
                context.TooLong(values.ValueLine);
            }
            else if (Parse(values.Value, values.ValueLine, context) is { } json)
            {
                using (json)
                    yield return new SourceRecord(context.Place(values.ValueLine), SourceFormat.Json, json.RootElement);
            }
        }

        if (context.Fault() is { } fault)
            context.BrokenOff(values.Line, fault);
    }

    /// <summary>The parsed value; null where it is not valid, which is counted.</summary>
    internal static JsonDocument? Parse(ReadOnlyMemory<byte> json, long number, PayloadContext context)
    {
        try
        {
            return JsonRecord.Parse(json);
        }
        catch (RecordFault fault)
        {
            context.Report.Bad(context.File, context.Place(number), fault.Code, fault.Message);
            return null;
        }
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept(" \t\r"u8) < 0;
}
