using System.Globalization;
using System.Text;
using System.Text.Json;
using Watermark.Text.Records;

namespace Watermark.Text.Documents;

/// <summary>Comma-separated values with a header (RFC 4180): a document per row, quoted fields may hold line ends.</summary>
internal static class CsvFormat
{
    private const int NoColumn = -1;
    private const int TwoColumns = -2;

    public static IEnumerable<InputDocument> Read(OpenedSource opened, ReadingState state)
    {
        using var rows = new CsvRows(opened.Content, state.Options.MaxRecordLength);
        Columns? columns = rows.Read() ? new Columns(rows.Current.Fields, state.Options) : null;
        // Stays one row behind: the last row of a file that broke off may be incomplete and does not count.
        bool more = columns is not null && rows.Read();
        while (more)
        {
            state.CancellationToken.ThrowIfCancellationRequested();
            CsvRow row = rows.Current;
            more = rows.Read();
            if (!more && opened.Fault is not null)
                break;
            if (Parse(row, columns!, opened.Source, state) is { } document)
                yield return document;
        }

        if (opened.Fault is { } fault)
            state.BrokenOff(opened.Source, rows.Line, fault);
        else if (rows.Overlong)
            state.BrokenOff(opened.Source, rows.Line, "a field is too long or its quote is never closed");
    }

    private static InputDocument? Parse(CsvRow row, Columns columns, InputSource source, ReadingState state)
    {
        InputDocument document;
        try
        {
            document = Convert(row, columns, source, state.Options);
        }
        catch (RecordFault fault)
        {
            state.Bad(source, row.Line, fault.Message);
            return null;
        }

        state.Good(fields: true, columns.Prompt >= 0);
        return document;
    }

    private static InputDocument Convert(CsvRow row, Columns columns, InputSource source, DocumentReaderOptions options)
    {
        if (row.BadQuotes)
            throw new RecordFault("a quote within a field, expected quoted fields with inner quotes doubled (RFC 4180)");
        if (row.Fields.Length != columns.Count)
            throw new RecordFault(string.Create(CultureInfo.InvariantCulture, $"{row.Fields.Length} fields, expected {columns.Count} as in the header"));
        string? text = null;
        int[]? tokens = null;
        if (options.TokensField is { } tokensField)
            tokens = Ids(Field(row, columns.Tokens, tokensField), tokensField, JsonFields.Tokens);
        else
            text = Field(row, columns.Text, options.TextField);
        IReadOnlyList<int[]> promptTokens = options.PromptTokensField is { } promptTokensField
            && Field(row, columns.PromptTokens, promptTokensField) is { Length: > 0 } cell
                ? Ids(cell, promptTokensField, JsonFields.TokenSequences)
                : [];
        string? prompt = options is { PromptTokensField: null, PromptField: { } promptField } ? Optional(row, columns.Prompt, promptField) : null;
        return new InputDocument
        {
            Id = Optional(row, columns.Id, options.IdField) ?? string.Create(CultureInfo.InvariantCulture, $"{source.Name}:{row.Line}"),
            Text = text,
            Tokens = tokens,
            PromptTexts = prompt is null ? [] : [prompt],
            PromptTokens = promptTokens,
            File = source.Path,
            Line = row.Line,
        };
    }

    private static string Field(CsvRow row, int column, string name)
    {
        if (column == NoColumn)
            throw new RecordFault($"the field '{name}' is missing, expected a column of that name");
        if (column == TwoColumns)
            throw new RecordFault($"the column '{name}' stands twice, expected it once");
        string value = row.Fields[column];
        return value.Contains(CsvRows.Undecodable, StringComparison.Ordinal) ? throw new RecordFault(TextFormat.NotUtf8) : value;
    }

    private static string? Optional(CsvRow row, int column, string name) =>
        column != NoColumn && Field(row, column, name) is { Length: > 0 } value ? value : null;

    private static T Ids<T>(string cell, string name, Func<JsonElement, string, T> read)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(cell);
            return read(json.RootElement, name);
        }
        catch (JsonException)
        {
            throw new RecordFault($"the field '{name}' is not valid JSON, expected an array of token ids such as [15339, 1917]");
        }
    }

    /// <summary>The places of the fields in the header.</summary>
    private sealed class Columns(string[] header, DocumentReaderOptions options)
    {
        public int Count { get; } = header.Length;

        public int Text { get; } = IndexOf(header, options.TextField);

        public int Prompt { get; } = IndexOf(header, options.PromptField);

        public int Tokens { get; } = IndexOf(header, options.TokensField);

        public int PromptTokens { get; } = IndexOf(header, options.PromptTokensField);

        public int Id { get; } = IndexOf(header, options.IdField);

        private static int IndexOf(string[] header, string? name)
        {
            int index = Array.IndexOf(header, name);
            return index >= 0 && Array.IndexOf(header, name, index + 1) >= 0 ? TwoColumns : index;
        }
    }
}
