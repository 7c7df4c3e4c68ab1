using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace Watermark.Text.Records;

/// <summary>Turns the bytes of one JSON value into a document, or says why not.</summary>
/// <remarks>
/// What nobody reads does no harm: <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>, which Python writes, are read as null,
/// halves of surrogate pairs in strings are found only where the string is used, and a name that stands twice in a nested
/// object matters only where the name is one that conversations are made of. At the top level a name that stands twice is a
/// fault: nobody can say which value counts.
/// </remarks>
internal static class JsonRecord
{
    /// <summary>The fault of bytes that are not UTF-8.</summary>
    public const string NotUtf8 = "invalid bytes, expected UTF-8";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private static readonly JsonDocumentOptions Lenient = new() { AllowDuplicateProperties = true };

    /// <summary>The names whose value decides who said what.</summary>
    private static readonly HashSet<string> Deciding = new(StringComparer.OrdinalIgnoreCase)
    {
        "role", "from", "author", "content", "value", "text", "parts", "message", "messages", "conversations", "prompt", "response", "reply",
        "completion", "output", "answer", "input", "instruction", "question", "choices", "delta", "index", "type",
    };

    /// <summary>Parses a value.</summary>
    /// <param name="json">The value. The document refers to these bytes and is valid as long as they are.</param>
    /// <exception cref="RecordFault">It is not valid, or ambiguous.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        if (!Utf8.IsValid(json.Span))
            throw new RecordFault(NotUtf8);
        json = WithoutNotANumber(json);
        try
        {
            return JsonDocument.Parse(json, Strict);
        }
        catch (JsonException)
        {
            // Perhaps only a name that stands twice where it does no harm.
        }
        catch (InvalidOperationException)
        {
            throw HalfCharacter();
        }

        return ParseAmbiguous(json);
    }

    private static JsonDocument ParseAmbiguous(ReadOnlyMemory<byte> json)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, Lenient);
        }
        catch (JsonException exception) when (exception.Message.Contains("depth", StringComparison.Ordinal))
        {
            throw new RecordFault("nested too deeply, expected at most 64 levels");
        }
        catch (JsonException)
        {
            throw new RecordFault("not valid JSON");
        }

        try
        {
            RefuseAmbiguity(document.RootElement, top: true);
            return document;
        }
        catch (InvalidOperationException)
        {
            document.Dispose();
            throw HalfCharacter();
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }

    private static RecordFault HalfCharacter() => new("the name of a field has half of a surrogate pair, expected whole characters");

    private static void RefuseAmbiguity(JsonElement element, bool top)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
                RefuseAmbiguity(item, top: false);
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (JsonProperty property in element.EnumerateObject())
            {
                if (!names.Add(property.Name) && (top || Deciding.Contains(property.Name)))
                    throw new RecordFault($"the field '{property.Name}' stands twice, expected it once");
                RefuseAmbiguity(property.Value, top: false);
            }
        }
    }

    /// <summary>Whether the name of a column or field decides who said what, so that it must not stand twice.</summary>
    public static bool Decides(string name) => Deciding.Contains(name);

    /// <summary>Python's three values that JSON does not know, replaced by null outside strings.</summary>
    private static ReadOnlyMemory<byte> WithoutNotANumber(ReadOnlyMemory<byte> json)
    {
        ReadOnlySpan<byte> span = json.Span;
        if (span.IndexOf("NaN"u8) < 0 && span.IndexOf("Infinity"u8) < 0)
            return json;
        var result = new ArrayBufferWriter<byte>(span.Length + 16);
        int copied = 0;
        int at = 0;
        while (at < span.Length)
        {
            int found = span[at..].IndexOfAny((byte)'"', (byte)'N', (byte)'I');
            if (found < 0)
                break;
            at += found;
            if (span[at] == '"')
            {
                at = EndOfString(span, at);
                continue;
            }

            int length = span[at..].StartsWith("NaN"u8) ? 3 : span[at..].StartsWith("Infinity"u8) ? 8 : 0;
            if (length == 0)
            {
                at++;
                continue;
            }

            int start = length == 8 && at > copied && span[at - 1] == '-' ? at - 1 : at;
            result.Write(span[copied..start]);
            result.Write("null"u8);
            at += length;
            copied = at;
        }

        result.Write(span[copied..]);
        return result.WrittenMemory;
    }

    private static int EndOfString(ReadOnlySpan<byte> span, int at)
    {
        at++;
        while (at < span.Length)
        {
            int found = span[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (found < 0)
                return span.Length;
            at += found;
            if (span[at] == '"')
                return at + 1;
            at += 2;
        }

        return span.Length;
    }
}
