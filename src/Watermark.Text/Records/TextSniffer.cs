using System.Buffers;
using System.Text.Json;

namespace Watermark.Text.Records;

/// <summary>How the records of a text file are written, as its first bytes tell.</summary>
/// <param name="Format">The format; null where the file is not read.</param>
/// <param name="Delimiter">What stands between the fields of a table.</param>
/// <param name="Why">What the file is, where it is not read.</param>
internal readonly record struct TextKind(SourceFormat? Format, char Delimiter = ',', string? Why = null);

/// <summary>Tells how the records of a text file are written. The content decides; the name only breaks ties.</summary>
internal static class TextSniffer
{
    private static readonly SearchValues<byte> Number = SearchValues.Create("0123456789+-.eE"u8);
    private static readonly SearchValues<byte> ScalarArray = SearchValues.Create("0123456789+-.eE, \t\r\n[]nulltruefalseNaN"u8);

    /// <summary>Looks at the beginning of a file that is no container and no binary format.</summary>
    /// <param name="start">The first bytes, UTF-8 without a byte order mark.</param>
    /// <param name="complete">Whether they are all bytes.</param>
    /// <param name="name">The file's name.</param>
    public static TextKind Detect(ReadOnlySpan<byte> start, bool complete, string name)
    {
        ReadOnlySpan<byte> trimmed = start.TrimStart(" \t\r\n"u8);
        if (trimmed.IsEmpty)
            return new TextKind(OfName(name) ?? SourceFormat.JsonLines);
        if (trimmed[0] == '{')
            return BinaryKinds.Name(trimmed) is { } kind ? new TextKind(null, Why: kind) : new TextKind(IsObjectLines(trimmed) ? SourceFormat.JsonLines : SourceFormat.Json);
        if (trimmed[0] == '[' && IsJsonArray(trimmed, complete))
            return new TextKind(IsArrayLines(trimmed) ? SourceFormat.JsonLines : SourceFormat.JsonArray);
        if (IsEventStream(trimmed, complete))
            return new TextKind(SourceFormat.EventStream);
        if (trimmed[0] == '"' && OfName(name) != SourceFormat.Delimited && IsStringLines(trimmed, complete))
            return new TextKind(SourceFormat.JsonLines);
        if (BinaryKinds.WhyNotText(start, complete) is { } why)
            return new TextKind(null, Why: why);
        if (DelimitedSniffer.Detect(start, complete, name) is { } delimiter)
            return new TextKind(SourceFormat.Delimited, delimiter);
        return TextCheck.WhyNoDocument(start) is { } reason ? new TextKind(null, Why: reason) : new TextKind(SourceFormat.Text);
    }

    private static SourceFormat? OfName(string name) => Path.GetExtension(Compression.WithoutEndings(name)).ToUpperInvariant() switch
    {
        ".CSV" or ".TSV" or ".TAB" or ".PSV" => SourceFormat.Delimited,
        ".TXT" or ".MD" => SourceFormat.Text,
        _ => null,
    };

    /// <summary>Whether every line holds an array of its own: one is whole on the first line, and another begins after it.</summary>
    private static bool IsArrayLines(ReadOnlySpan<byte> text)
    {
        int newline = text.IndexOf((byte)'\n');
        return newline > 0 && IsWhole(text[..newline].TrimEnd(" \t\r"u8)) && text[newline..].TrimStart(" \t\r\n"u8).StartsWith("["u8);
    }

    /// <summary>Whether every line holds an object of its own, judged by the first two; broken first lines are allowed for.</summary>
    private static bool IsObjectLines(ReadOnlySpan<byte> text)
    {
        int newline = text.IndexOf((byte)'\n');
        if (newline < 0)
            return true;
        ReadOnlySpan<byte> first = text[..newline].TrimEnd(" \t\r"u8);
        ReadOnlySpan<byte> rest = text[newline..].TrimStart(" \t\r\n"u8);
        bool next = rest.IsEmpty || rest[0] == '{';
        if (IsWhole(first))
            return next;
        // The first line is broken if the next one holds a value of its own; else the value goes on over several lines.
        int end = rest.IndexOf((byte)'\n');
        return next && !rest.IsEmpty && text[newline + 1] == '{' && IsWhole(end < 0 ? rest : rest[..end].TrimEnd(" \t\r"u8));
    }

    /// <summary>Whether nothing follows the first value.</summary>
    private static bool IsAlone(ReadOnlySpan<byte> text)
    {
        int end = JsonValueReader.EndOf(text);
        return end < 0 || text[end..].IndexOfAnyExcept(" \t\r\n"u8) < 0;
    }

    private static bool IsWhole(ReadOnlySpan<byte> line) => JsonValueReader.EndOf(line) == line.Length;

    /// <summary>Whether an opening square bracket begins JSON rather than text such as <c>[1] See</c> or <c>[INST]</c>.</summary>
    private static bool IsJsonArray(ReadOnlySpan<byte> text, bool complete)
    {
        ReadOnlySpan<byte> inner = text[1..].TrimStart(" \t\r\n"u8);
        if (inner.IsEmpty || inner[0] is (byte)'{' or (byte)'"' or (byte)'[')
            return true;
        int end = inner.IndexOfAny(",]"u8);
        ReadOnlySpan<byte> scalar = (end < 0 ? inner : inner[..end]).TrimEnd(" \t\r\n"u8);
        if (scalar.IsEmpty)
            return IsAlone(text); // [] and nothing else.
        bool number = scalar.IndexOfAnyExcept(Number) < 0;
        bool word = scalar.SequenceEqual("null"u8) || scalar.SequenceEqual("true"u8) || scalar.SequenceEqual("false"u8) || scalar.SequenceEqual("NaN"u8);
        if (!number && !word)
            return false;
        int close = JsonValueReader.EndOf(text);
        if (close < 0)
            return !complete && text.IndexOfAnyExcept(ScalarArray) < 0;
        ReadOnlySpan<byte> after = text[close..].TrimStart(" \t\r\n"u8);
        return after.IsEmpty || after[0] == '[';
    }

    private static bool IsStringLines(ReadOnlySpan<byte> text, bool complete)
    {
        int lines = 0;
        while (!text.IsEmpty)
        {
            int newline = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = (newline < 0 ? text : text[..newline]).Trim(" \t\r"u8);
            bool cut = newline < 0 && !complete;
            if (!line.IsEmpty && !cut)
            {
                lines++;
                if (line[0] != '"' || !IsWhole(line) || !IsString(line))
                    return false;
            }

            text = newline < 0 ? default : text[(newline + 1)..];
        }

        return lines > 0;
    }

    private static bool IsString(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            return reader.Read() && reader.TokenType == JsonTokenType.String && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Whether all lines are those of events, at least one holding JSON.</summary>
    private static bool IsEventStream(ReadOnlySpan<byte> text, bool complete)
    {
        bool json = false;
        while (!text.IsEmpty)
        {
            int newline = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = (newline < 0 ? text : text[..newline]).TrimEnd(" \t\r"u8);
            bool cut = newline < 0 && !complete;
            int at = EventStreamFormat.DataStart(line);
            if (at >= 0)
            {
                ReadOnlySpan<byte> data = line[at..].TrimStart(" "u8);
                if (data.StartsWith("{"u8) || data.StartsWith("["u8) || EventStreamFormat.IsDone(data))
                    json = true;
                else if (!json && data.Length > 0)
                    return false;
            }
            else if (!line.IsEmpty && !cut && !EventStreamFormat.IsField(line))
            {
                return false;
            }

            text = newline < 0 ? default : text[(newline + 1)..];
        }

        return json;
    }
}
