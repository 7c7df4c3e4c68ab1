using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Watermark;

/// <summary>
/// Parses JSON from outside (a key file, a header, a plan) so that nothing is left that fails later: it must be one JSON
/// value in valid UTF-8, every text valid Unicode, and no member may stand twice in an object.
/// </summary>
/// <remarks>
/// <see cref="JsonDocument"/> alone finds invalid UTF-8 and half surrogate pairs only when such a text or name is read or
/// compared, and then throws <see cref="InvalidOperationException"/>.
/// </remarks>
public static class StrictJson
{
    /// <summary>Parses a document; a byte order mark before it is skipped.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <param name="what">What it is, as the beginning of a sentence: <c>The plan</c>.</param>
    /// <returns>The document; the caller disposes it.</returns>
    /// <exception cref="InputFormatException">
    /// It is not such JSON. The message says what is wrong, in which line and at which byte of the line; it quotes none of
    /// the text, which may be a secret.
    /// </exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json, string what)
    {
        ArgumentException.ThrowIfNullOrEmpty(what);
        if (json.Span.StartsWith("\uFEFF"u8))
            json = json[3..];
        try
        {
            Check(json.Span, what);
            return JsonDocument.Parse(json);
        }
        catch (JsonException exception)
        {
            // Not even as a cause: the parser's message may quote the text.
            throw new InputFormatException(string.Create(
                CultureInfo.InvariantCulture, $"{what} is not valid JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1})."));
        }
    }

    private static void Check(ReadOnlySpan<byte> json, string what)
    {
        var reader = new Utf8JsonReader(json);
        var open = new Stack<HashSet<string>>();
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && !IsUnicode(reader.ValueSpan, reader.ValueIsEscaped))
                throw Fault(json, (int)reader.TokenStartIndex, $"{what} holds a text that is not valid Unicode");
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    open.Push(new HashSet<string>(StringComparer.Ordinal));
                    break;
                case JsonTokenType.EndObject:
                    open.Pop();
                    break;
                case JsonTokenType.PropertyName when !open.Peek().Add(reader.GetString()!):
                    throw Fault(json, (int)reader.TokenStartIndex, $"{what} has a field that stands twice in one object");
                default:
                    break;
            }
        }
    }

    /// <summary>Whether a JSON text between its quotes is valid Unicode. The escapes themselves have been checked.</summary>
    private static bool IsUnicode(ReadOnlySpan<byte> text, bool isEscaped)
    {
        if (!Utf8.IsValid(text))
            return false;
        bool expectsLow = false;
        for (int at = 0; isEscaped && at < text.Length; at++)
        {
            bool isLow = false;
            bool isHigh = false;
            if (text[at] == (byte)'\\')
            {
                at++;
                if (text[at] == (byte)'u')
                {
                    char unit = (char)ushort.Parse(text.Slice(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                    at += 4;
                    (isHigh, isLow) = (char.IsHighSurrogate(unit), char.IsLowSurrogate(unit));
                }
            }

            if (isLow != expectsLow)
                return false;
            expectsLow = isHigh;
        }

        return !expectsLow;
    }

    private static InputFormatException Fault(ReadOnlySpan<byte> json, int at, string sentence)
    {
        int line = json[..at].Count((byte)'\n') + 1;
        int place = at - json[..at].LastIndexOf((byte)'\n');
        return new InputFormatException(string.Create(CultureInfo.InvariantCulture, $"{sentence} (line {line}, byte {place})."));
    }
}
