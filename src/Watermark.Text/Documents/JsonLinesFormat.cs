using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Watermark.Text.Records.Streams;
using Watermark.Text.Records;

namespace Watermark.Text.Documents;

/// <summary>One JSON object per line.</summary>
internal static class JsonLinesFormat
{
    // A field that appears twice has no defined meaning; such a line is malformed.
    private static readonly JsonDocumentOptions JsonOptions = new() { AllowDuplicateProperties = false };

    public static IEnumerable<InputDocument> Read(OpenedSource opened, ReadingState state)
    {
        using var lines = new LineReader(opened.Content, state.Options.MaxRecordLength);
        while (lines.Read())
        {
            state.CancellationToken.ThrowIfCancellationRequested();
            if (opened.Fault is not null && !lines.Terminated)
                break; // The line at which the data broke off.
            if (lines.TooLong)
                state.Bad(opened.Source, lines.Number, TextFormat.TooLong(state.Options.MaxRecordLength));
            else if (!IsBlank(lines.Line.Span) && Parse(lines.Line, lines.Number, opened.Source, state) is { } document)
                yield return document;
        }

        if (opened.Fault is { } fault)
            state.BrokenOff(opened.Source, lines.Number, fault);
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept(" \t\r"u8) < 0;

    private static InputDocument? Parse(ReadOnlyMemory<byte> line, long number, InputSource source, ReadingState state)
    {
        InputDocument document;
        bool hasPrompt;
        try
        {
            if (!Utf8.IsValid(line.Span))
                throw new RecordFault(TextFormat.NotUtf8);
            using JsonDocument json = JsonDocument.Parse(line, JsonOptions);
            document = Convert(json.RootElement, number, source, state.Options, out hasPrompt);
        }
        catch (JsonException)
        {
            state.Bad(source, number, "not valid JSON, expected one JSON object a line in which no field stands twice");
            return null;
        }
        catch (InvalidOperationException)
        {
            // The parser's exception for a field name with an escape such as \ud83d without its other half.
            state.Bad(source, number, "the name of a field has half of a surrogate pair, expected whole characters");
            return null;
        }
        catch (RecordFault fault)
        {
            state.Bad(source, number, fault.Message);
            return null;
        }

        state.Good(fields: true, hasPrompt);
        return document;
    }

    private static InputDocument Convert(JsonElement root, long number, InputSource source, DocumentReaderOptions options, out bool hasPrompt)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new RecordFault($"{JsonFields.Describe(root)}, expected a JSON object");
        string? text = null;
        int[]? tokens = null;
        if (options.TokensField is { } tokensField)
            tokens = JsonFields.Tokens(JsonFields.Required(root, tokensField, "an array of token ids"), tokensField);
        else
            text = JsonFields.Text(JsonFields.Required(root, options.TextField, "a string"), options.TextField);

        IReadOnlyList<string> promptTexts = [];
        IReadOnlyList<int[]> promptTokens = [];
        hasPrompt = false;
        if (options.PromptTokensField is { } promptTokensField)
        {
            promptTokens = JsonFields.TokenSequences(JsonFields.Required(root, promptTokensField, "an array of token ids, or null"), promptTokensField);
        }
        else if (options.PromptField is { } promptField && JsonFields.TryFind(root, promptField, out JsonElement prompt))
        {
            hasPrompt = true;
            promptTexts = JsonFields.PromptTexts(prompt, promptField);
        }

        return new InputDocument
        {
            Id = JsonFields.Id(root, options.IdField) ?? string.Create(CultureInfo.InvariantCulture, $"{source.Name}:{number}"),
            Text = text,
            Tokens = tokens,
            PromptTexts = promptTexts,
            PromptTokens = promptTokens,
            File = source.Path,
            Line = number,
        };
    }
}
