using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Reporting.Documents;
using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Sections;

/// <summary>How many tests were counted, and what the findings say together.</summary>
internal static class CombinationSection
{
    /// <summary>The section.</summary>
    /// <param name="evidence">The case.</param>
    public static Section Create(Case evidence) => new("combination", "Number of tests and combination", [.. Blocks(evidence)]);

    private static IEnumerable<Block> Blocks(Case evidence)
    {
        Verdict verdict = evidence.Verdict;
        TestCount tests = verdict.Tests;
        yield return new Paragraph("The best of many tests looks better than it is. Every test that could have been reported is counted, also those that found nothing; each e-value is divided by that number M, which is the same as adding ln M to the threshold.");
        yield return new Table(
            "Tests counted",
            [new("Factor"), new("Number", ColumnKind.Number)],
            [
                ["Keys", Numbers.Count(tests.Keys)], ["Epochs of each key", Numbers.Count(tests.Epochs)], ["Accounts of each key", Numbers.Count(tests.Accounts)], ["Suspects", Numbers.Count(tests.Suspects)],
                ["Other choices", Numbers.Count(tests.Variants)], ["Stated instead of the product", tests.Stated is { } stated ? Numbers.Count(stated) : Numbers.None], ["M", Numbers.Count(tests.M)],
            ]);
        yield return new Table(
            "All findings together",
            [new("Quantity"), new("Value", ColumnKind.Number), new("How it is made")],
            [
                .. verdict.Combination == CombinationRule.Fisher ? Fisher(evidence) : AnyDependence(evidence),
                ["Rule that decides", Rule(verdict.Combination), verdict.Plan is null ? "no plan fixed it" : "as the plan fixed it"],
            ]);
        foreach (Block block in CopiedOrMarked.Blocks(evidence))
            yield return block;
        if (verdict.Diagnostics.Count > 0)
            yield return new Bullets([.. verdict.Diagnostics.Select(diagnostic => diagnostic.Message)]);
    }

    private static IReadOnlyList<string>[] AnyDependence(Case evidence) =>
    [
        ["Mean e-value over all M tests", Numbers.FromLn(evidence.Verdict.CombinedLogE), $"ln e = {Numbers.Ln(evidence.Verdict.CombinedLogE)}; holds under any dependence between the tests. Tests not shown, blocked, approximate or supporting only count as 0"],
        ["Smallest p-value after Holm", Numbers.FromLn(evidence.Verdict.CombinedLogP), $"ln p = {Numbers.Ln(evidence.Verdict.CombinedLogP)}; holds under any dependence. Measured bound of the procedure: {ErrorRate.Of(evidence)}"],
    ];

    private static IReadOnlyList<string>[] Fisher(Case evidence) =>
    [
        ["p-value by Fisher's method", Numbers.FromLn(evidence.Verdict.CombinedLogP), $"ln p = {Numbers.Ln(evidence.Verdict.CombinedLogP)}; holds because each test has a secret key of its own. Measured bound of the procedure: {ErrorRate.Of(evidence)}"],
        ["Its e-value", Numbers.FromLn(evidence.Verdict.CombinedLogE), $"ln e = {Numbers.Ln(evidence.Verdict.CombinedLogE)}, from p by ½·p^(−½)"],
    ];

    private static string Rule(CombinationRule rule) => rule switch
    {
        CombinationRule.Holm => "Holm",
        CombinationRule.Fisher => "Fisher",
        _ => "mean e-value, or one finding that supports H1 alone",
    };
}

/// <summary>The measured error rates of the procedure.</summary>
internal static class ErrorRatesSection
{
    /// <summary>The section.</summary>
    /// <param name="evidence">The case.</param>
    public static Section Create(Case evidence) => new("error-rates", "Measured error rates of the procedure", [.. Blocks(evidence)]);

    private static IEnumerable<Block> Blocks(Case evidence)
    {
        yield return new Paragraph("A p-value holds if the model behind it and the procedure are right. Whether they are is measured by running the whole procedure, from reading the files to the outcome, on text known to be independent of the key.");
        if (evidence.Validation is not { } validation)
        {
            yield return new Warning("The error rates of the procedure were not measured for this case. 'watermark validate' measures them.");
            yield break;
        }

        yield return new Paragraph(validation.Sentence);
        yield return new Table(
            "Runs on text independent of the key",
            [new("Quantity"), new("Value", ColumnKind.Number)],
            [["Runs", Numbers.Count(validation.Runs)], ["Ended in support (false positives)", Numbers.Count(validation.FalsePositives)], ["95 % upper bound of the false-positive rate", Numbers.Percent(validation.UpperBound)]]);
        if (validation.Fault is { } fault)
            yield return new Warning(fault);
        if (validation.Runs < 300)
            yield return new Warning("Fewer than 300 runs were made; even without a false positive the bound stays above 1 %.");
    }
}
