using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Reporting.Documents;
using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Sections;

/// <summary>Puts the parts of a report together, in the order in which an expert is examined on them.</summary>
internal static class ReportBuilder
{
    private static readonly Func<Case, Section>[] Sections =
    [
        InstructionsSection.Create,
        PropositionsSection.Create,
        FindingsSection.Create,
        CombinationSection.Create,
        ErrorRatesSection.Create,
        PlanSection.Create,
        CommitmentSection.Create,
        CollectionSection.Create,
        LimitationsSection.Create,
        AlternativesSection.Create,
        RepeatSection.Create,
        ExhibitsSection.Create,
        CertificatesSection.Create,
    ];

    /// <summary>The report on a case.</summary>
    /// <param name="evidence">The case.</param>
    public static ReportDocument Build(Case evidence) =>
        new(evidence.Title, [.. Lines(evidence)], SummaryPage.Create(evidence), [.. Sections.Select(create => create(evidence))]);

    private static IEnumerable<string> Lines(Case evidence)
    {
        if (evidence.Verdict.Run is { } run)
            yield return $"computed by {PlainCharacters.Name(run.Tool)} {PlainCharacters.Name(run.Version)}{(run.Created is { } time ? $" on {Numbers.Time(time)}" : string.Empty)}";
        if (evidence.Verdict.Findings[0].ToolVersion is { Length: > 0 } version && evidence.Verdict.Run is null)
            yield return $"computed by watermark {PlainCharacters.Name(version)}";
        yield return evidence.StatementSha256 is { } digest ? $"statement {Numbers.Short(digest)}" : "no statement";
        yield return evidence.SignerKeyId is { } signer ? $"signed by key {Numbers.Short(signer)}" : "not signed";
    }

    /// <summary>The findings from the strongest to the weakest: support, then inconclusive, then no support, each by ratio.</summary>
    /// <param name="verdict">The verdict.</param>
    public static IReadOnlyList<RankedFinding> Ranked(Verdict verdict) =>
    [
        .. verdict.Findings.Select((finding, index) => new RankedFinding(finding, index, verdict.AdjustedLogP[index]))
            .OrderBy(one => one.Finding.IsBlocked)
            .ThenByDescending(one => one.Finding.Outcome == Outcome.Support)
            .ThenByDescending(one => double.IsNaN(one.Finding.LogE) ? double.NegativeInfinity : one.Finding.LogE)
            .ThenBy(one => one.Index),
    ];
}

/// <summary>A finding with its place in the verdict.</summary>
/// <param name="Finding">The finding.</param>
/// <param name="Index">Its index in the verdict.</param>
/// <param name="AdjustedLogP">ln of its p-value after Holm's method; NaN where it takes no part.</param>
internal sealed record RankedFinding(Finding Finding, int Index, double AdjustedLogP);
