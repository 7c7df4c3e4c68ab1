using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Reporting.Documents;
using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Sections;

/// <summary>The two propositions, and how the numbers about them are to be read.</summary>
internal static class PropositionsSection
{
    private const int Most = 6;

    /// <summary>The section.</summary>
    /// <param name="evidence">The case.</param>
    public static Section Create(Case evidence) => new("propositions", "Propositions, and how to read the numbers", [.. Blocks(evidence)]);

    private static IEnumerable<Block> Blocks(Case evidence)
    {
        yield return new Paragraph(evidence.Question, "Question.");
        (string Alternative, string Null, string Titles)[] pairs =
        [
            .. evidence.Verdict.Findings.GroupBy(finding => (finding.Alternative, finding.Null))
                .Select(group => (group.Key.Alternative, group.Key.Null, string.Join("; ", group.Take(Most).Select(finding => PlainCharacters.Name(finding.Title))) + (group.Count() > Most ? $"; and {Numbers.Count(group.Count() - Most)} more" : string.Empty))),
        ];
        yield return new Table(
            "The propositions of the findings",
            [new("Findings"), new("H1"), new("H0")],
            [.. pairs.Take(2 * Most).Select(pair => (IReadOnlyList<string>)[pair.Titles, PlainCharacters.Of(pair.Alternative), PlainCharacters.Of(pair.Null)])]);
        if (pairs.Length > 2 * Most)
            yield return new Paragraph($"{Numbers.Count(pairs.Length - (2 * Most))} more findings have propositions of the same form, each about its own key; verdict.json holds them.");
        yield return new Paragraph("H1 speaks about what a test measured, not about people. It does not say that anybody did wrong, nor who, nor how: these are questions for other evidence and for the court.");
        yield return new Paragraph("The likelihood ratio says how many times more probable the findings are if H1 is true than if H0 is. It is not how probable H1 is: that also depends on everything else that the court knows. The ratio here is an e-value, which by Markov's inequality exceeds 1,000 in at most one of 1,000 tests if H0 is true.");
        yield return new Paragraph("A p-value is the probability of findings at least this extreme if H0 is true and all assumptions hold. It is neither the probability of H0 nor the error rate of the procedure, which must be measured; the measured bound therefore stands beside every p-value of this report.");
        yield return new Table(
            "The verbal scale (ENFSI guideline for evaluative reporting; Marquis et al., Science & Justice 2016)",
            [new("Likelihood ratio"), new("Support for H1")],
            [["below 2", "none"], ["2 to 10", "weak (never reported as support here)"], ["10 to 100", "moderate"], ["100 to 1,000", "moderately strong"], ["1,000 to 10,000", "strong"], ["10,000 to 1,000,000", "very strong"], ["above 1,000,000", "extremely strong; there is no higher word"]]);
        yield return new Paragraph($"In this case support needs a ratio of {Numbers.Of(evidence.Verdict.Findings.Max(finding => finding.Rule.SupportThreshold))} after division by the number of tests.");
    }
}
