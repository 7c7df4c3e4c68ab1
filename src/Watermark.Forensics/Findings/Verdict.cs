using Watermark.Statistics;

namespace Watermark.Forensics.Findings;

/// <summary>The run of the program that made a verdict. No number depends on it.</summary>
/// <param name="Tool">The program.</param>
/// <param name="Version">Its version.</param>
/// <param name="Created">When, UTC; null where the caller gave no time.</param>
/// <param name="CommandLine">The command line without secrets; null where there was none.</param>
public sealed record ToolRun(string Tool, string Version, DateTimeOffset? Created = null, string? CommandLine = null);

/// <summary>
/// Several findings and what they say together; all tests that could have been reported are counted. The propositions of a
/// verdict are H1: at least one of the findings' H1 is true; H0: none of them is.
/// </summary>
/// <remarks>
/// Findings that are blocked, have an approximate null or can only add to others count like missing ones: p = 1, e = 0. The outcome "no support"
/// needs no correction for the number of tests: if one suspect has the effect of interest, all suspects together are
/// acquitted no more often than that one.
/// </remarks>
public sealed record Verdict
{
    private static readonly string[] Independent = [Questions.Distillation, Questions.Canaries, Questions.Variants];

    private Verdict(IReadOnlyList<Finding> findings, Plan? plan, TestCount tests, ToolRun? run, CombinationRule combination)
    {
        Combination = combination;
        Findings = findings;
        Plan = plan;
        Tests = tests;
        Run = run;
        AdjustedLogP = Adjust(findings, tests.M);
        CombinedLogP = combination == CombinationRule.Fisher ? FisherLogP(findings, tests.M) : AdjustedLogP.Where(value => !double.IsNaN(value)).DefaultIfEmpty(double.NaN).Min();
        CombinedLogE = combination == CombinationRule.Fisher ? CalibratedE.Of(CombinedLogP) : MeanE(findings, tests.M);
    }

    /// <summary>The findings, in the order given; their diagnostics include the differences from the plan.</summary>
    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>The plan; null where none was fixed before the data.</summary>
    public Plan? Plan { get; }

    /// <summary>The tests counted: those planned or those made, whichever are more.</summary>
    public TestCount Tests { get; }

    /// <summary>The run that made the verdict; null where the caller did not give it.</summary>
    public ToolRun? Run { get; }

    /// <summary>How the findings are combined: as the plan says, else as the caller chose, else by the mean of e-values.</summary>
    public CombinationRule Combination { get; }

    /// <summary>
    /// ln of each finding's p-value, adjusted by Holm's method over all tests counted; NaN for a finding
    /// that takes no part.
    /// </summary>
    public IReadOnlyList<double> AdjustedLogP { get; }

    /// <summary>ln of the smallest adjusted p-value, or of Fisher's; NaN where no finding takes part.</summary>
    public double CombinedLogP { get; }

    /// <summary>
    /// ln of the mean of the e-values over all tests counted, or of the e-value of Fisher's p-value; NaN where no finding
    /// takes part.
    /// </summary>
    public double CombinedLogE { get; }

    /// <summary>The diagnostics of the verdict as a whole.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; private init; } = [];

    /// <summary>What the findings say together.</summary>
    public Outcome Outcome
    {
        get
        {
            if (!double.IsNaN(SupportLogE))
                return Outcome.Support;
            return Findings.All(finding => finding.Outcome == Outcome.NoSupport) ? Outcome.NoSupport : Outcome.Inconclusive;
        }
    }

    /// <summary>Where the outcome is support, the word of the verbal scale, else "none".</summary>
    public string Strength => double.IsNaN(SupportLogE) ? Finding.NoStrength : VerbalScale.Word(SupportLogE);

    /// <summary>The answer in words.</summary>
    public string Sentence => VerdictSentence.Write(this);

    /// <summary>
    /// ln of the e-value on which support is based, divided by the number of tests; NaN where there is no support.
    /// </summary>
    private double SupportLogE
    {
        get
        {
            if (Combination == CombinationRule.MeanE)
                return CombinedLogE >= Math.Log(Findings.Max(finding => finding.Rule.SupportThreshold)) ? CombinedLogE : BestSupport(double.PositiveInfinity);
            double logAlpha = Math.Log(Plan?.Alpha ?? Plan.DefaultAlpha);
            if (Combination == CombinationRule.Fisher)
                return CombinedLogP <= logAlpha && CombinedLogE >= Math.Log(Findings.Max(finding => finding.Rule.SupportThreshold)) ? CombinedLogE : double.NaN;
            return BestSupport(logAlpha);
        }
    }

    /// <summary>
    /// The tests that a verdict will count. Findings are made with this number, since it enters their thresholds and power.
    /// </summary>
    /// <param name="plan">The plan, or null.</param>
    /// <param name="looked">The tests that the caller asked for.</param>
    public static TestCount TestsOf(Plan? plan, TestCount looked)
    {
        ArgumentNullException.ThrowIfNull(looked);
        return plan is null ? looked : TestCount.Larger(plan.Tests, looked);
    }

    /// <summary>Combines findings.</summary>
    /// <param name="findings">The findings, at least one, made with the tests of <see cref="TestsOf"/>.</param>
    /// <param name="plan">The plan, or null where none was fixed.</param>
    /// <param name="looked">The tests that the caller asked for.</param>
    /// <param name="run">The run of the program, or null.</param>
    /// <param name="combination">How the findings are combined where there is no plan; ignored where there is one.</param>
    /// <exception cref="ArgumentException">
    /// There is no finding, one contradicts itself or was made for another number of tests, the plan is not valid, or Fisher's
    /// method does not hold for the findings.
    /// </exception>
    public static Verdict From(IReadOnlyList<Finding> findings, Plan? plan, TestCount looked, ToolRun? run = null, CombinationRule combination = CombinationRule.MeanE)
    {
        ArgumentNullException.ThrowIfNull(findings);
        plan?.Validate();
        TestCount tests = TestsOf(plan, looked);
        if (findings.Count == 0)
            throw new ArgumentException("A verdict needs at least one finding.", nameof(findings));
        if (tests.M < findings.Count)
            throw new ArgumentException($"There are {findings.Count} findings, and the tests counted are {tests.M}.", nameof(looked));
        foreach (Finding finding in findings)
        {
            if (finding.Fault() is { } fault)
                throw new ArgumentException($"The finding '{finding.Title}': {fault}", nameof(findings));
            if (finding.Tests != tests)
                throw new ArgumentException($"The finding '{finding.Title}' counts {Words.Tests(finding.Tests.M)}, and the verdict {Words.Tests(tests.M)}; both must be what TestsOf gives.", nameof(findings));
        }

        Finding[] judged = plan is null ? [.. findings] : [.. findings.Select(finding => finding.With(PlanDeviations.Of(plan, finding)))];
        CombinationRule rule = plan?.Combination ?? combination;
        if (rule == CombinationRule.Fisher && FisherFault(judged) is { } dependence)
            throw new ArgumentException(dependence, nameof(findings));
        return new Verdict(judged, plan, tests, run, rule) { Diagnostics = [.. Notes(judged, plan, looked, tests.M)] };
    }

    private static IEnumerable<Diagnostic> Notes(Finding[] findings, Plan? plan, TestCount looked, long tests)
    {
        if (plan is null)
            yield return Diagnostic.Note(DiagnosticCodes.NoPlan, "No plan was fixed before the data were seen: M counts the tests that the command line asked for.");
        else
        {
            foreach (Diagnostic deviation in PlanDeviations.Of(plan, looked).Concat(PlanDeviations.Of(plan, findings)))
                yield return deviation;
        }

        if (tests > findings.Length)
        {
            yield return Diagnostic.Note(
                DiagnosticCodes.FindingsMissing, $"{Words.Tests(tests)} are counted and {findings.Length} shown; the others count as p = 1 and e = 0.");
        }
    }

    private static bool TakesPart(Finding finding) => !finding.IsBlocked && !finding.IsApproximate && !finding.IsSupportingOnly;

    private static double[] Adjust(IReadOnlyList<Finding> findings, long tests)
    {
        double[] logP = [.. findings.Select(finding => TakesPart(finding) && finding.LogP <= 0 ? finding.LogP : 0)];
        double[] adjusted = Multiplicity.Holm(logP, tests);
        for (int i = 0; i < adjusted.Length; i++)
        {
            if (!TakesPart(findings[i]) || double.IsNaN(findings[i].LogP))
                adjusted[i] = double.NaN;
        }

        return adjusted;
    }

    private static double MeanE(IReadOnlyList<Finding> findings, long tests)
    {
        double[] logE = [.. findings.Where(finding => TakesPart(finding) && !double.IsNaN(finding.LogE)).Select(finding => finding.LogE)];
        return logE.Length == 0 ? double.NaN : Multiplicity.LogMeanE(logE, tests);
    }

    /// <summary>Fisher's p-value over M tests; those that take no part, and those not shown, count as p = 1.</summary>
    private static double FisherLogP(IReadOnlyList<Finding> findings, long tests)
    {
        double[] logP = [.. findings.Select(finding => TakesPart(finding) && finding.LogP <= 0 ? finding.LogP : 0)];
        return findings.Any(TakesPart) ? Multiplicity.Fisher([.. logP, .. Enumerable.Repeat(0.0, (int)(tests - findings.Count))]) : double.NaN;
    }

    /// <summary>Why the p-values of findings need not be independent under H0; null where they are.</summary>
    private static string? FisherFault(Finding[] findings)
    {
        if (findings.FirstOrDefault(finding => !Independent.Contains(finding.Question)) is { } other)
            return $"Fisher's method holds for {string.Join(", ", Independent)} only, each under its own subkey; the finding '{other.Title}' answers '{other.Question}'.";
        if (findings.GroupBy(finding => finding.Question, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            return $"Fisher's method needs independent tests, and {twice.Count()} findings answer '{twice.Key}' under the same subkey.";
        return findings[0].Tests.M <= 1000 ? null : "Fisher's method is for a few tests; at most 1,000 were expected.";
    }

    private double BestSupport(double logAlpha)
    {
        double best = double.NaN;
        for (int i = 0; i < Findings.Count; i++)
        {
            if (Findings[i].Outcome == Outcome.Support && (double.IsPositiveInfinity(logAlpha) || AdjustedLogP[i] <= logAlpha))
                best = double.IsNaN(best) ? Findings[i].AdjustedLogE : Math.Max(best, Findings[i].AdjustedLogE);
        }

        return best;
    }
}
