using System.Globalization;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.NGrams;

namespace Watermark.Cli.Commands;

/// <summary>Reports what a written sample holds.</summary>
internal static class SampleReport
{
    /// <summary>Writes one line for people, or an object for machines.</summary>
    /// <param name="target">The sample's file; where it is the standard output, nothing else goes there.</param>
    /// <param name="summary">What it holds.</param>
    /// <param name="console">The output to write to.</param>
    public static void Write(OutputFile target, SampleSummary summary, ConsoleOutput console)
    {
        if (target.IsStandardOutput)
            return;
        SampleSchema schema = summary.Schema;
        if (!console.Json)
        {
            string limited = summary.IsLimited ? " (a uniform sample of the distinct n-grams)" : string.Empty;
            console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"Wrote {target.Path}: {summary.Rows:N0} distinct n-grams{limited} from {summary.Provenance.Documents:N0} documents, {summary.Provenance.Tokens:N0} tokens; context width {schema.ContextWidth}, tokenizer {schema.Tokenizer}."));
            return;
        }

        console.WriteJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("file", target.Path);
            writer.WriteNumber("rows", summary.Rows);
            writer.WriteBoolean("isLimited", summary.IsLimited);
            writer.WriteNumber("documents", summary.Provenance.Documents);
            writer.WriteNumber("documentsWithPrompts", summary.Provenance.DocumentsWithPrompts);
            writer.WriteNumber("tokens", summary.Provenance.Tokens);
            writer.WriteNumber("unread", summary.Provenance.Unread);
            writer.WriteNumber("contextWidth", schema.ContextWidth);
            writer.WriteString("tokenizer", schema.Tokenizer);
            writer.WriteString("tokenizerHash", schema.TokenizerHash);
            InputsJson.Write(writer, summary.Provenance.Inputs);
            writer.WriteStartObject("reading");
            foreach ((string name, long count) in summary.Provenance.Reading)
                writer.WriteNumber(name, count);
            writer.WriteEndObject();
            writer.WriteEndObject();
        });
    }

    /// <summary>What a sample in memory holds.</summary>
    /// <param name="sample">The sample.</param>
    public static SampleSummary Of(Sample sample) => new(sample.Schema, sample.Provenance, sample.RowCount, sample.IsLimited);
}
