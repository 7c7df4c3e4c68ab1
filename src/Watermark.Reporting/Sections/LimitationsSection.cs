using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Reporting.Documents;

namespace Watermark.Reporting.Sections;

/// <summary>What the test cannot say.</summary>
internal static class LimitationsSection
{
    /// <summary>The section.</summary>
    /// <param name="evidence">The case.</param>
    public static Section Create(Case evidence) => new("limitations", "Limitations", [new Bullets([.. Items(evidence)])]);

    private static IEnumerable<string> Items(Case evidence)
    {
        Verdict verdict = evidence.Verdict;
        foreach (string limitation in Wordings.Of(verdict).SelectMany(wording => wording.Limitations).Distinct(StringComparer.Ordinal))
            yield return limitation;
        yield return "The numbers hold for the replies that were collected, from the endpoint as it was then. They say nothing about other versions of the model.";
        if (evidence.Validation is null)
            yield return "The error rate of the whole procedure was not measured. Mistakes that no p-value counts (wrong files, wrong tokenizer, faults of the program) are limited only by the checks that this report lists.";
        else
            yield return "The measured error rate holds for text like that on which it was measured; few corpora under many keys are not many models.";
        if (verdict.Findings.Any(finding => finding.Counts.Others.Any(count => count.Name == "unread" && count.Value > 0)))
            yield return "A part of the files could not be read; the findings say how much.";
        if (verdict.Findings.Any(finding => finding.IsApproximate))
            yield return "The distribution behind at least one finding holds only approximately, so that finding is inconclusive.";
        if (CaseStates.PlanOf(evidence) is null)
            yield return "No plan was fixed before, so nobody can tell which other tests were made and not shown.";
    }
}

/// <summary>What else could make the findings what they are.</summary>
internal static class AlternativesSection
{
    /// <summary>The section.</summary>
    /// <param name="evidence">The case.</param>
    public static Section Create(Case evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return new("alternatives", "Alternative explanations",
        [
            new Paragraph("H1 can be true for reasons other than the one that the owner suspects. This test cannot tell these apart; other evidence must."),
            new Table("What else makes H1 true", [new("Explanation"), new("What would speak for or against it")],
            [
                .. Wordings.Of(evidence.Verdict).SelectMany(wording => wording.Alternatives).Distinct().Select(one => (IReadOnlyList<string>)[one.Explanation, one.Evidence]),
            ]),
            .. Wordings.Of(evidence.Verdict).Select(wording => wording.AlternativeOfNoSupport).Distinct(StringComparer.Ordinal).Select(text => new Paragraph(text, "Without support.")),
        ]);
    }
}
