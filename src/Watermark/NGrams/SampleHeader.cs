using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Watermark.NGrams;

/// <summary>The header of a sample's file, <c>watermark-ngrams/2</c>; that of version 1 is read too.</summary>
/// <param name="Schema">What the sample holds.</param>
/// <param name="Provenance">Where it comes from.</param>
/// <param name="IsLimited">Whether the row limit dropped rows.</param>
/// <param name="HasWeights">Whether rows have weights.</param>
/// <param name="HasDocuments">Whether rows have documents.</param>
/// <param name="Rows">The number of rows in version 1; −1 in version 2, where the blocks give it.</param>
internal sealed record SampleHeader(SampleSchema Schema, SampleProvenance Provenance, bool IsLimited, bool HasWeights, bool HasDocuments, int Rows = -1)
{
    private const string Format1 = "watermark-ngrams/1";
    private const string Format2 = "watermark-ngrams/2";

    /// <summary>The first eight bytes of version 1.</summary>
    public static ReadOnlySpan<byte> Magic1 => "WMNGRAM1"u8;

    /// <summary>The first eight bytes of version 2.</summary>
    public static ReadOnlySpan<byte> Magic2 => "WMNGRAM2"u8;

    /// <summary>The header as JSON without white space, members in a fixed order.</summary>
    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format2);
            writer.WriteString("kind", SampleSchema.NameOf(Schema.Kind));
            writer.WriteString("origin", SampleSchema.NameOf(Schema.Origin));
            writer.WriteString("tokenizer", Schema.Tokenizer);
            writer.WriteString("tokenizerHash", Schema.TokenizerHash);
            writer.WriteNumber("contextWidth", Schema.ContextWidth);
            WriteSelection(writer);
            writer.WriteStartArray("specialTokens");
            foreach (int token in Schema.SpecialTokens.Distinct().Order())
                writer.WriteNumberValue(token);
            writer.WriteEndArray();
            WriteOptional(writer, "rowLimit", Schema.RowLimit);
            writer.WriteBoolean("isLimited", IsLimited);
            writer.WriteBoolean("weights", HasWeights);
            writer.WriteBoolean("rowDocuments", HasDocuments);
            writer.WriteBoolean("prompts", Schema.KeepsPrompts);
            if (Schema.Preparation.Length > 0)
                writer.WriteString("preparation", Schema.Preparation);
            writer.WriteNumber("documents", Provenance.Documents);
            writer.WriteNumber("documentsWithPrompts", Provenance.DocumentsWithPrompts);
            writer.WriteNumber("tokens", Provenance.Tokens);
            writer.WriteStartArray("inputs");
            foreach (SampleInput input in Provenance.Inputs)
            {
                writer.WriteStartObject();
                writer.WriteString("name", input.Name);
                writer.WriteString("sha256", input.Sha256);
                writer.WriteNumber("documents", input.Documents);
                writer.WriteNumber("unread", input.Unread);
                if (input.Role != SampleInput.Replies)
                    writer.WriteString("role", input.Role);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            if (Provenance.Reading.Count > 0)
            {
                writer.WriteStartObject("reading");
                foreach ((string name, long count) in Provenance.Reading)
                    writer.WriteNumber(name, count);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads the header of either version; every message is one sentence.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="version">1 or 2, as the file's first bytes say.</param>
    public static SampleHeader Parse(ReadOnlyMemory<byte> json, int version)
    {
        string expected = version == 1 ? Format1 : Format2;
        try
        {
            using JsonDocument document = StrictJson.Parse(json, "The sample's header");
            JsonElement root = document.RootElement;
            if (root.GetProperty("format").GetString() != expected)
                throw new InputFormatException($"The sample's format '{root.GetProperty("format").GetString()}' is not supported; '{expected}' was expected.");
            SampleHeader header = version == 1 ? Parse1(root) : Parse2(root);
            header.Schema.Validate();
            if (header.Rows < -1 || header.Provenance.Documents < 0 || header.Provenance.Tokens < 0 || header.Provenance.DocumentsWithPrompts < 0
                || header.Provenance.Inputs.Any(input => input.Documents < 0 || input.Unread < 0) || header.Provenance.Reading.Values.Any(count => count < 0))
            {
                throw new InputFormatException("The sample's header holds a negative number.");
            }

            if (header.HasWeights && header.Schema.CountsOccurrences)
                throw new InputFormatException("The sample has weights and counts every occurrence; weights need rows that count once.");
            if (header.IsLimited && header.Schema.RowLimit is null)
                throw new InputFormatException("The sample says that it is limited but has no row limit.");
            return header;
        }
        catch (Exception exception) when (exception is InvalidOperationException or KeyNotFoundException or FormatException and not InputFormatException or ArgumentException)
        {
            throw new InputFormatException($"The sample's header is not valid: a JSON object with the members of {expected} was expected.", exception);
        }
    }

    private static SampleHeader Parse1(JsonElement root)
    {
        NGramSelection selection = SelectionOf(root.GetProperty("selection"));

        // Version 1 has no rule 'coins': its default rule 'ngrams' collected the same rows.
        if (selection is { Distinct: DistinctRule.NGrams, Scope: DistinctScope.Corpus })
            selection = selection with { Distinct = DistinctRule.Coins };
        int rows = root.GetProperty("rows").GetInt32();
        if (rows < 0)
            throw new InputFormatException("The sample's header holds a negative number.");
        return new SampleHeader(
            SchemaOf(root) with { Selection = selection, KeepsPrompts = false },
            new SampleProvenance { Documents = root.GetProperty("documents").GetInt64(), Tokens = root.GetProperty("tokens").GetInt64() },
            root.GetProperty("isSample").GetBoolean(),
            HasWeights: false,
            HasDocuments: false,
            rows);
    }

    private static SampleHeader Parse2(JsonElement root)
    {
        SampleSchema schema = SchemaOf(root) with
        {
            Kind = root.GetProperty("kind").GetString() switch
            {
                "text" => SampleKind.Text,
                "reading" => SampleKind.Reading,
                "comparison" => SampleKind.Comparison,
                var other => throw new InputFormatException($"The sample's kind '{other}' is not known; known are text, reading, comparison."),
            },
            Origin = root.GetProperty("origin").GetString() switch
            {
                "unknown" => TextOrigin.Unknown,
                "unmarked" => TextOrigin.Unmarked,
                "marked" => TextOrigin.Marked,
                var other => throw new InputFormatException($"The sample's origin '{other}' is not known; known are unknown, unmarked, marked."),
            },
            Selection = SelectionOf(root.GetProperty("selection")),
            KeepsPrompts = root.GetProperty("prompts").GetBoolean(),
            Preparation = root.TryGetProperty("preparation", out JsonElement preparation) ? preparation.GetString()! : string.Empty,
        };
        var provenance = new SampleProvenance
        {
            Documents = root.GetProperty("documents").GetInt64(),
            DocumentsWithPrompts = root.GetProperty("documentsWithPrompts").GetInt64(),
            Tokens = root.GetProperty("tokens").GetInt64(),
            Inputs =
            [
                .. root.GetProperty("inputs").EnumerateArray().Select(input => new SampleInput(
                    input.GetProperty("name").GetString()!,
                    input.GetProperty("sha256").GetString()!,
                    input.GetProperty("documents").GetInt64(),
                    input.GetProperty("unread").GetInt64()) { Role = input.TryGetProperty("role", out JsonElement role) ? role.GetString()! : SampleInput.Replies }),
            ],
            Reading = SampleProvenance.Sum(
                root.TryGetProperty("reading", out JsonElement reading)
                    ? [reading.EnumerateObject().ToDictionary(count => count.Name, count => count.Value.GetInt64(), StringComparer.Ordinal)]
                    : []),
        };
        return new SampleHeader(
            schema, provenance, root.GetProperty("isLimited").GetBoolean(), root.GetProperty("weights").GetBoolean(), root.GetProperty("rowDocuments").GetBoolean());
    }

    private static SampleSchema SchemaOf(JsonElement root) => new()
    {
        ContextWidth = root.GetProperty("contextWidth").GetInt32(),
        Tokenizer = root.GetProperty("tokenizer").GetString()!,
        TokenizerHash = root.GetProperty("tokenizerHash").GetString()!,
        SpecialTokens = [.. root.GetProperty("specialTokens").EnumerateArray().Select(item => item.GetInt32())],
        RowLimit = root.GetProperty("rowLimit") is { ValueKind: JsonValueKind.Number } limit ? limit.GetInt64() : null,
    };

    private static NGramSelection SelectionOf(JsonElement selection) => new()
    {
        Distinct = selection.GetProperty("distinct").GetString() switch
        {
            "coins" => DistinctRule.Coins,
            "ngrams" => DistinctRule.NGrams,
            "contexts" => DistinctRule.Contexts,
            "none" => DistinctRule.None,
            var other => throw new InputFormatException($"The sample's selection '{other}' is not known; known are coins, ngrams, contexts, none."),
        },
        Scope = selection.GetProperty("scope").GetString() == "corpus" ? DistinctScope.Corpus : DistinctScope.Document,
        ExcludePromptContexts = selection.GetProperty("excludePromptContexts").GetBoolean(),
        FirstPosition = selection.GetProperty("firstPosition").GetInt32(),
        Padding = Optional(selection.GetProperty("padding")),
        ContextHistory = Optional(selection.GetProperty("contextHistory")),
    };

    private void WriteSelection(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("selection");
        writer.WriteString("distinct", Schema.Selection.Distinct switch
        {
            DistinctRule.Coins => "coins",
            DistinctRule.NGrams => "ngrams",
            DistinctRule.Contexts => "contexts",
            _ => "none",
        });
        writer.WriteString("scope", Schema.Selection.Scope == DistinctScope.Corpus ? "corpus" : "document");
        writer.WriteBoolean("excludePromptContexts", Schema.Selection.ExcludePromptContexts);
        writer.WriteNumber("firstPosition", Schema.Selection.FirstPosition);
        WriteOptional(writer, "padding", Schema.Selection.Padding);
        WriteOptional(writer, "contextHistory", Schema.Selection.ContextHistory);
        writer.WriteEndObject();
    }

    private static int? Optional(JsonElement element) => element.ValueKind == JsonValueKind.Null ? null : element.GetInt32();

    private static void WriteOptional(Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number)
            writer.WriteNumber(name, number);
        else
            writer.WriteNull(name);
    }
}
