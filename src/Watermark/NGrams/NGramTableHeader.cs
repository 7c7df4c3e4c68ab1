using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Watermark.NGrams;

/// <summary>The header of a table's file, <c>watermark-ngrams/1</c>.</summary>
internal sealed record NGramTableHeader(NGramTableSchema Schema, long Documents, long Tokens, int Rows, bool IsSample)
{
    public const string Format = "watermark-ngrams/1";

    /// <summary>The file's first eight bytes.</summary>
    public static ReadOnlySpan<byte> Magic => "WMNGRAM1"u8;

    /// <summary>The header as JSON without white space, members in a fixed order.</summary>
    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            writer.WriteString("tokenizer", Schema.Tokenizer);
            writer.WriteString("tokenizerHash", Schema.TokenizerHash);
            writer.WriteNumber("contextWidth", Schema.ContextWidth);
            writer.WriteStartObject("selection");
            writer.WriteString("distinct", NameOf(Schema.Selection.Distinct));
            writer.WriteString("scope", Schema.Selection.Scope == DistinctScope.Corpus ? "corpus" : "document");
            writer.WriteBoolean("excludePromptContexts", Schema.Selection.ExcludePromptContexts);
            writer.WriteNumber("firstPosition", Schema.Selection.FirstPosition);
            WriteOptional(writer, "padding", Schema.Selection.Padding);
            WriteOptional(writer, "contextHistory", Schema.Selection.ContextHistory);
            writer.WriteEndObject();
            writer.WriteStartArray("specialTokens");
            foreach (int token in Schema.SpecialTokens.Distinct().Order())
                writer.WriteNumberValue(token);
            writer.WriteEndArray();
            WriteOptional(writer, "rowLimit", Schema.RowLimit);
            writer.WriteNumber("documents", Documents);
            writer.WriteNumber("tokens", Tokens);
            writer.WriteNumber("rows", Rows);
            writer.WriteBoolean("isSample", IsSample);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads the header; every fault is one sentence.</summary>
    /// <param name="json">The JSON.</param>
    public static NGramTableHeader Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            if (root.GetProperty("format").GetString() != Format)
                throw new InputFormatException($"The table's format '{root.GetProperty("format").GetString()}' is not supported; this version reads '{Format}'.");
            JsonElement selection = root.GetProperty("selection");
            var schema = new NGramTableSchema
            {
                ContextWidth = root.GetProperty("contextWidth").GetInt32(),
                Tokenizer = root.GetProperty("tokenizer").GetString()!,
                TokenizerHash = root.GetProperty("tokenizerHash").GetString()!,
                SpecialTokens = [.. root.GetProperty("specialTokens").EnumerateArray().Select(item => item.GetInt32())],
                RowLimit = root.GetProperty("rowLimit") is { ValueKind: JsonValueKind.Number } limit ? limit.GetInt64() : null,
                Selection = new NGramSelection
                {
                    Distinct = DistinctOf(selection.GetProperty("distinct").GetString()!),
                    Scope = selection.GetProperty("scope").GetString() == "corpus" ? DistinctScope.Corpus : DistinctScope.Document,
                    ExcludePromptContexts = selection.GetProperty("excludePromptContexts").GetBoolean(),
                    FirstPosition = selection.GetProperty("firstPosition").GetInt32(),
                    Padding = Optional(selection.GetProperty("padding")),
                    ContextHistory = Optional(selection.GetProperty("contextHistory")),
                },
            };
            schema.Validate();
            var header = new NGramTableHeader(
                schema, root.GetProperty("documents").GetInt64(), root.GetProperty("tokens").GetInt64(), root.GetProperty("rows").GetInt32(), root.GetProperty("isSample").GetBoolean());
            if (header.Rows < 0 || header.Documents < 0 || header.Tokens < 0)
                throw new InputFormatException("The table's header holds a negative number.");
            return header;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException and not InputFormatException or ArgumentException)
        {
            throw new InputFormatException($"The table's header is not valid: a JSON object with the members of {Format} was expected.", exception);
        }
    }

    private static string NameOf(DistinctRule rule) => rule switch
    {
        DistinctRule.NGrams => "ngrams",
        DistinctRule.Contexts => "contexts",
        _ => "none",
    };

    private static DistinctRule DistinctOf(string name) => name switch
    {
        "ngrams" => DistinctRule.NGrams,
        "contexts" => DistinctRule.Contexts,
        "none" => DistinctRule.None,
        _ => throw new InputFormatException($"The table's selection '{name}' is not known; known are ngrams, contexts, none."),
    };

    private static int? Optional(JsonElement element) => element.ValueKind == JsonValueKind.Null ? null : element.GetInt32();

    private static void WriteOptional(Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number)
            writer.WriteNumber(name, number);
        else
            writer.WriteNull(name);
    }
}
