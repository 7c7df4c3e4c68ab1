using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Reporting.Documents;
using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Sections;

/// <summary>
/// The findings: all of them in a table; each in full where they are few, else the strongest in full and the others in the
/// table alone.
/// </summary>
internal static class FindingsSection
{
    /// <summary>Up to this number, every finding is written in full.</summary>
    public const int MostInFull = 12;

    /// <summary>Above that number, so many are written in full.</summary>
    public const int InFullOfMany = 6;

    private const int MostRanked = 15;

    /// <summary>The section.</summary>
    /// <param name="evidence">The case.</param>
    public static Section Create(Case evidence) => new("findings", "Findings", [.. Blocks(evidence)]);

    private static IEnumerable<Block> Blocks(Case evidence)
    {
        IReadOnlyList<RankedFinding> ranked = ReportBuilder.Ranked(evidence.Verdict);
        yield return new Paragraph(evidence.Verdict.Sentence, "Answer.");
        if (ranked.Count > 1)
        {
            yield return new FigureBlock(FindingFigures.Ranking(evidence.Verdict, MostRanked));
            yield return Overview(evidence, ranked);
        }

        RankedFinding[] full = ranked.Count <= MostInFull ? [.. ranked] : [.. ranked.Take(InFullOfMany)];
        if (full.Length < ranked.Count)
            yield return new Paragraph($"The {full.Length} strongest findings follow in full. The other {Numbers.Count(ranked.Count - full.Length)} stand in the table, and with all their numbers in verdict.json.");
        foreach (RankedFinding one in full)
        {
            yield return new Subheading($"Finding {Numbers.Count(one.Index + 1L)}: {PlainCharacters.Name(one.Finding.Title)}");
            if (ranked.Count > 1)
                yield return new Paragraph(one.Finding.Sentence, "Answer.");
            foreach (Block block in FindingSections.For(one.Finding.Question).Write(evidence, one))
                yield return block;
        }
    }

    private static Table Overview(Case evidence, IReadOnlyList<RankedFinding> ranked) => new(
        "All findings, from the strongest to the weakest",
        [
            new("Finding"), new("Outcome"), new("Effect", ColumnKind.Number), new("Scored", ColumnKind.Number), new("Likelihood ratio", ColumnKind.Number), new("Divided by tests", ColumnKind.Number),
            new("p after Holm", ColumnKind.Number), new(ErrorRate.Column, ColumnKind.Number),
        ],
        [
            .. ranked.Select(one => (IReadOnlyList<string>)
            [
                $"{Numbers.Count(one.Index + 1L)}. {PlainCharacters.Name(one.Finding.Title)}", Word(one.Finding), Numbers.Of(one.Finding.Effect.Estimate), Numbers.Count(one.Finding.Counts.Scored),
                Numbers.FromLn(one.Finding.LogE), Numbers.FromLn(one.Finding.AdjustedLogE), Numbers.FromLn(one.AdjustedLogP), ErrorRate.Of(evidence),
            ]),
        ]);

    private static string Word(Finding finding) => finding.Outcome switch
    {
        Outcome.Support => $"{finding.Strength} support",
        Outcome.NoSupport => "no support",
        _ => finding.IsBlocked ? "inconclusive, blocked" : "inconclusive",
    };
}
