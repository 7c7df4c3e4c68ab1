using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Reporting.Documents;

namespace Watermark.Reporting.Sections;

/// <summary>
/// How a test of weights and a test of outputs are read together: copying and learning are different things, and each pair of
/// answers means something else.
/// </summary>
internal static class CopiedOrMarked
{
    private static readonly string[] AboutOutputs = [Questions.Distillation, Questions.Canaries, Questions.Variants, Questions.GhostPairs];

    /// <summary>The table; none where neither weights were tested nor outputs and weights belong together.</summary>
    /// <param name="evidence">The case.</param>
    public static IEnumerable<Block> Blocks(Case evidence)
    {
        Finding[] weights = [.. evidence.Verdict.Findings.Where(finding => finding.Question == Questions.Weights)];
        if (weights.Length == 0)
            yield break;
        Finding[] outputs = [.. evidence.Verdict.Findings.Where(finding => AboutOutputs.Contains(finding.Question))];
        bool copied = weights.Any(finding => finding.Outcome == Outcome.Support);
        bool marked = outputs.Any(finding => finding.Outcome == Outcome.Support);
        yield return new Table(
            "Weights and outputs read together",
            [new("Weights copied"), new("Outputs marked"), new("What it means")],
            [
                ["yes", "yes", "The suspect was derived from the owner's weights. The mark may have come with them; it does not show training on outputs as well."],
                ["yes", "no", "The suspect was derived from the owner's weights, from a time before the mark or by training that removed it."],
                ["no", "yes", "The suspect was not derived from these weights and depends on the owner's outputs: it was trained on them, or it passes them on."],
                ["no", "no", "Neither was shown. A copy with its units put in another order, or outputs that were rewritten, would look the same."],
            ]);
        yield return new Paragraph(outputs.Length == 0
            ? $"In this case: weights {Word(copied)}; outputs were not tested."
            : $"In this case: weights {Word(copied)}; outputs {(marked ? "marked" : "not shown to be marked")}.");
    }

    private static string Word(bool copied) => copied ? "copied" : "not shown to be copied";
}
