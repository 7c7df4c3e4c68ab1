using System.Globalization;
using Watermark.Forensics.Findings;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Scoring;

namespace Watermark.Forensics.Distillation;

/// <summary>The diagnostics that follow from a sample and its score.</summary>
internal static class SampleDiagnostics
{
    /// <summary>The diagnostics.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="scheme">The scheme it is tested under.</param>
    /// <param name="own">Its score.</param>
    /// <param name="logE">ln of the e-value of this score.</param>
    public static IEnumerable<Diagnostic> Of(Sample sample, WatermarkScheme scheme, SampleScore own, double logE)
    {
        SampleSchema schema = sample.Schema;
        if (own.Rows == 0)
            yield return Diagnostic.Blocking(DiagnosticCodes.NothingScored, Nothing(sample, own));
        if (schema.Kind == SampleKind.Comparison && schema.Origin != TextOrigin.Unmarked)
        {
            yield return Diagnostic.Warning(
                DiagnosticCodes.ApproximateNull,
                "The comparison was made on text that is not known to be unmarked: the contexts in it depend on the key, so the null is only approximate.");
        }

        if (!schema.Selection.ExcludePromptContexts)
            yield return Diagnostic.Blocking(DiagnosticCodes.PromptsScored, "N-grams of the prompts were scored too: a model that copies a marked prompt looks marked.");
        else if (scheme.Coins != CoinRule.Row && !schema.KeepsPrompts && schema.Kind == SampleKind.Text && schema.CountsCoins)
            yield return Diagnostic.Blocking(DiagnosticCodes.PromptsScored, "The sample does not keep the rows of its prompts, and under this scheme a prompt decides the coins of other contexts too: extract the replies again.");
        if (schema.Kind == SampleKind.Text)
        {
            foreach (Diagnostic diagnostic in ReadingDiagnostics.Of(sample))
                yield return diagnostic;
        }

        if (schema.ContextWidth == 0 && sample.Provenance.DocumentsWithPrompts > 0)
            yield return Diagnostic.Warning(DiagnosticCodes.PromptsBiasDown, "With a context width of 0, tokens of marked prompts are left out, which makes the total too small, in the suspect's favour.");
        if (sample.IsLimited)
            yield return Diagnostic.Note(DiagnosticCodes.RowsSampled, "A row limit kept a uniform sample of the distinct rows; the test is exact at this size.");
        if (schema.Kind == SampleKind.Text)
            yield return Diagnostic.Note(DiagnosticCodes.SelectionUnrecorded, "Nothing shows which replies were collected, or that none was chosen by its score.");
        if (logE >= Math.Log(2))
            yield return Diagnostic.Note(DiagnosticCodes.SpoofingPossible, "Anyone who has much text marked with the key can write text that carries the mark: support does not exclude a forgery.");
    }

    private static string Nothing(Sample sample, SampleScore own) => string.Create(
        CultureInfo.InvariantCulture,
        $"Nothing was scored: {sample.Tokens:N0} tokens of {sample.Documents:N0} documents were read and left {sample.RowCount:N0} rows, of which {own.PromptedRows:N0} were decided by prompts and {own.KeylessRows:N0} are the same under every key.");
}
