using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Reporting.Documents;
using Watermark.Reporting.Figures;
using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Sections;

/// <summary>The figures of a finding's details, and its sensitivity, where the test was asked for them.</summary>
internal static class DetailParts
{
    private static readonly string[] Parts = ["progress", "documents", "powerCurve", "weights", "sensitivity"];

    /// <summary>All of them, in their order.</summary>
    /// <param name="evidence">The case.</param>
    /// <param name="finding">The finding.</param>
    public static IEnumerable<Block> All(Case evidence, Finding finding)
    {
        if (finding.Details is not { } details)
        {
            yield return new Paragraph("How the evidence grew, the spread over replies, and the sensitivity were not computed for this finding.");
            yield break;
        }

        yield return new Subheading("How the evidence grew", 2);
        yield return new FigureBlock(ProgressFigure.Create(
            [.. (details.Progress ?? []).Select(point => (point.Replies, point.Scored, point.LogE))], finding.LogThreshold, finding.Tests.M, details.Progress is null ? Why(details, "progress") : null));
        yield return new Subheading("Spread over the replies", 2);
        yield return new FigureBlock(Documents(details, finding));
        if (details.Weights is { } weights)
        {
            yield return new Subheading("Weights", 2);
            yield return new FigureBlock(WeightsFigure.Create(new Bins(weights.Low, weights.BinWidth, [.. weights.Counts.Select(count => (double)count)])));
        }

        yield return new Subheading("Power", 2);
        yield return new FigureBlock(PowerFigure.Create(
            [.. (details.PowerCurve ?? []).Select(point => (point.Effect, point.RowsNeeded, point.Probability))],
            finding.Power.Power,
            finding.Power.EffectOfInterest,
            finding.IsBlocked ? double.NaN : finding.Effect.Excess,
            finding.Effect.Unit,
            details.PowerCurve is null ? Why(details, "powerCurve") : null));
        foreach (Block block in Sensitivity(evidence, finding, details))
            yield return block;
    }

    private static Figure Documents(FindingDetails details, Finding finding)
    {
        if (details.Documents is not { } documents)
            return Figure.Missing("The spread over the replies", Why(details, "documents"));
        var bins = new Bins(0, 1.0 / documents.Counts.Count, [.. documents.Counts.Select(count => (double)count)]);
        return DocumentsFigure.Create(bins, [.. documents.Low.Zip(documents.High)], finding.Effect.NullValue, finding.Effect.Unit);
    }

    private static IEnumerable<Block> Sensitivity(Case evidence, Finding finding, FindingDetails details)
    {
        yield return new Subheading("Sensitivity", 2);
        if (details.Sensitivity.Count == 0)
        {
            yield return new Paragraph(Why(details, "sensitivity"));
            yield break;
        }

        yield return new Paragraph("What the numbers would be had one choice been another. None of these rows decides anything, and picking the best of them would be a search for a result.");
        yield return new Table(
            "The finding with one choice changed",
            [
                new("What was changed"), new("Scored", ColumnKind.Number), new(char.ToUpperInvariant(finding.Effect.Unit[0]) + finding.Effect.Unit[1..], ColumnKind.Number), new("p-value", ColumnKind.Number),
                new(ErrorRate.Column, ColumnKind.Number), new("e-value", ColumnKind.Number), new("By the same rule"),
            ],
            [
                .. details.Sensitivity.Select(row => (IReadOnlyList<string>)
                [
                    PlainCharacters.Of(row.Change), Numbers.Count(row.Scored), Numbers.Of(row.Effect), Numbers.FromLn(row.LogP), ErrorRate.Of(evidence), Numbers.FromLn(row.LogE), Result(finding, row),
                ]),
            ]);
        foreach (NamedValue missing in details.Missing.Where(one => !Parts.Contains(one.Name)))
            yield return new Paragraph(PlainCharacters.Of(missing.Value), "Not computed.");
    }

    /// <summary>What the finding's rule says about the numbers of the row alone.</summary>
    private static string Result(Finding finding, SensitivityRow row)
    {
        if (!row.IsValidTest)
            return "no valid test";
        if (row.LogE >= finding.LogThreshold)
            return "support";
        return row.LogE < Math.Log(2) && row.LogEAgainstInterest >= Math.Log(finding.Rule.AcquittalThreshold) ? "no support" : "inconclusive";
    }

    private static string Why(FindingDetails details, string part) => details.Missing.FirstOrDefault(one => one.Name == part) is { } missing ? PlainCharacters.Of(missing.Value) : "This was not computed.";
}
