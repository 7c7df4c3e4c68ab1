using System.Globalization;
using Watermark.Cli.Terminal;
using Watermark.NGrams;

namespace Watermark.Cli.Commands;

/// <summary>Says what a written table holds.</summary>
internal static class TableReport
{
    /// <summary>Writes one line for people, or an object for machines.</summary>
    /// <param name="path">The table's file.</param>
    /// <param name="table">The table.</param>
    /// <param name="console">Where to.</param>
    public static void Write(string path, NGramTable table, ConsoleOutput console)
    {
        if (!console.Json)
        {
            string sample = table.IsSample ? " (a uniform sample of the distinct n-grams)" : string.Empty;
            console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"Wrote {path}: {table.RowCount:N0} distinct n-grams{sample} from {table.Documents:N0} documents, {table.Tokens:N0} tokens; context width {table.Schema.ContextWidth}, tokenizer {table.Schema.Tokenizer}."));
            return;
        }

        console.WriteJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("file", path);
            writer.WriteNumber("rows", table.RowCount);
            writer.WriteBoolean("isSample", table.IsSample);
            writer.WriteNumber("documents", table.Documents);
            writer.WriteNumber("tokens", table.Tokens);
            writer.WriteNumber("contextWidth", table.Schema.ContextWidth);
            writer.WriteString("tokenizer", table.Schema.Tokenizer);
            writer.WriteString("tokenizerHash", table.Schema.TokenizerHash);
            writer.WriteEndObject();
        });
    }
}
