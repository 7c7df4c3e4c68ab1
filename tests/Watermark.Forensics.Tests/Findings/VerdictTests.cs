using FsCheck.Xunit;
using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Tests.Findings;

public sealed class VerdictTests
{
    private static readonly TestCount Three = new() { Suspects = 3 };

    [Fact]
    public void Holm_and_the_mean_of_e_values_are_as_worked_by_hand()
    {
        var five = new TestCount { Suspects = 5 };
        Finding[] findings =
        [
            Examples.Finding(Math.Log(8), logP: Math.Log(0.02), tests: five, title: "a"),
            Examples.Finding(Math.Log(40), logP: Math.Log(0.005), tests: five, title: "b"),
            Examples.Finding(Math.Log(2), logP: Math.Log(0.021), tests: five, title: "c"),
        ];

        Verdict verdict = Verdict.From(findings, null, five);

        // Sorted .005·5, .02·4, .021·3 (raised to .08); two tests are missing. Mean (8 + 40 + 2 + 0 + 0)/5.
        Assert.Equal([0.08, 0.025, 0.08], verdict.AdjustedLogP.Select(logP => Math.Round(Math.Exp(logP), 12)));
        Assert.Equal(0.025, Math.Exp(verdict.CombinedLogP), 12);
        Assert.Equal(10, Math.Exp(verdict.CombinedLogE), 12);
        Assert.Equal([DiagnosticCodes.NoPlan, DiagnosticCodes.FindingsMissing], verdict.Diagnostics.Select(diagnostic => diagnostic.Code));
        Assert.All(verdict.Diagnostics, diagnostic => Assert.Equal(DiagnosticSeverity.Note, diagnostic.Severity));
    }

    [Fact]
    public void Fisher_joins_tests_under_separate_subkeys()
    {
        Finding[] findings = Methods();

        Verdict verdict = Verdict.From(findings, null, Three, combination: CombinationRule.Fisher);

        // P(χ²(6) >= 41.89964) = 1.92460e-7; e = ½·p^(−½) = 1,139.7.
        Assert.Equal(1.92460e-7, Math.Exp(verdict.CombinedLogP), 11);
        Assert.Equal(0.5 / Math.Sqrt(Math.Exp(verdict.CombinedLogP)), Math.Exp(verdict.CombinedLogE), 6);
        Assert.Equal(Outcome.Support, verdict.Outcome);
        Assert.Contains("by Fisher's method over 3 tests", verdict.Sentence, StringComparison.Ordinal);
        Verdict mean = Verdict.From(findings, null, Three);
        Assert.Equal(27.7906, Math.Exp(mean.CombinedLogE), 3);
        Assert.Equal(4426.97, Math.Exp(findings.Sum(finding => finding.LogE)), 1);
        Assert.Equal(Outcome.Inconclusive, mean.Outcome);
        Assert.Equal(Outcome.Inconclusive, Verdict.From(findings, null, Three, combination: CombinationRule.Holm).Outcome);

        // Blocked or not shown, a test counts as p = 1.
        Finding[] blocked = [findings[0], findings[1], findings[2].With([Diagnostic.Blocking(DiagnosticCodes.PromptsMissing, "No prompts.")])];
        double without = Verdict.From(blocked, null, Three, combination: CombinationRule.Fisher).CombinedLogP;
        Assert.Equal(without, Verdict.From(findings[..2], null, Three, combination: CombinationRule.Fisher).CombinedLogP, 12);
        Assert.Equal(Watermark.Statistics.Multiplicity.Fisher([findings[0].LogP, findings[1].LogP, 0]), without, 12);
    }

    [Fact]
    public void Fisher_is_refused_for_tests_that_depend_on_each_other()
    {
        Finding[] findings = Methods();

        Assert.Contains("provenance", Assert.Throws<ArgumentException>(() => Fisher(findings[0], findings[1], findings[2] with { Question = Questions.Provenance })).Message, StringComparison.Ordinal);
        Assert.Contains("same subkey", Assert.Throws<ArgumentException>(() => Fisher(findings[0], findings[1], findings[1] with { Title = "other" })).Message, StringComparison.Ordinal);

        static Verdict Fisher(params Finding[] findings) => Verdict.From(findings, null, Three, combination: CombinationRule.Fisher);
    }

    [Fact]
    public void What_only_adds_to_others_supports_nothing_alone()
    {
        Finding finding = Examples.Finding(500, logP: -400, title: "near").With([Diagnostic.Warning(DiagnosticCodes.SupportingOnly, "Controls were chosen.")]);

        Assert.Equal(Outcome.Inconclusive, finding.Outcome);
        Assert.Contains("supports nothing alone", finding.Sentence, StringComparison.Ordinal);
        Assert.Equal(Outcome.Inconclusive, Verdict.From([finding], null, TestCount.One).Outcome);
        Assert.True(double.IsNaN(Verdict.From([finding], null, TestCount.One).CombinedLogE));
    }

    [Fact]
    public void A_finding_counted_among_more_tests_needs_more()
    {
        Finding finding = Examples.Finding(8, logP: -12);

        Finding counted = finding.CountedAmong(Three);

        Assert.Null(counted.Fault());
        Assert.Equal(finding.LogThreshold + Math.Log(3), counted.LogThreshold, 12);
        Assert.True(double.IsNaN(counted.Power.SmallestEffect));
        Assert.Same(finding, finding.CountedAmong(TestCount.One));
    }

    private static Finding[] Methods() =>
    [
        Method(6.464835e-5, Questions.Canaries), Method(0.01425278, Questions.Variants), Method(8.652680e-4, Questions.Distillation),
    ];

    private static Finding Method(double p, string question) =>
        Examples.Finding(CalibratedE.Of(Math.Log(p)), logP: Math.Log(p), tests: Three, title: question) with { Question = question };

    [Fact]
    public void One_finding_speaks_for_itself()
    {
        Finding finding = Examples.Finding(8);

        Verdict verdict = Verdict.From([finding], null, TestCount.One);

        Assert.Equal(finding.Sentence, verdict.Sentence);
        Assert.Equal(finding.Outcome, verdict.Outcome);
        Assert.Equal(finding.Strength, verdict.Strength);
        Assert.Equal(finding.LogE, verdict.CombinedLogE, 12);
    }

    [Fact]
    public void Findings_that_are_blocked_or_approximate_take_no_part()
    {
        Finding blocked = Examples.Finding(500, logP: -400, tests: Three, title: "blocked").With([Diagnostic.Blocking(DiagnosticCodes.PromptsMissing, "No prompts.")]);
        Finding approximate = Examples.Finding(500, logP: -400, tests: Three, title: "rough").With([Diagnostic.Warning(DiagnosticCodes.ApproximateNull, "Rough.")]);
        Finding weak = Examples.Finding(1, logP: -2, tests: Three, title: "weak");

        Verdict verdict = Verdict.From([blocked, approximate, weak], null, Three);

        Assert.Equal(Outcome.Inconclusive, verdict.Outcome);
        Assert.Equal(1 - Math.Log(3), verdict.CombinedLogE, 12);
        Assert.Equal([double.NaN, double.NaN, -2 + Math.Log(3)], verdict.AdjustedLogP);
        Verdict nothing = Verdict.From([blocked, approximate], null, Three);
        Assert.True(double.IsNaN(nothing.CombinedLogE) && double.IsNaN(nothing.CombinedLogP));
        Assert.Contains("do not tell whether", nothing.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_findings_may_support_together_what_neither_does_alone()
    {
        var two = new TestCount { Suspects = 2 };
        Finding[] findings = [Examples.Finding(Math.Log(1500), tests: two, title: "a"), Examples.Finding(Math.Log(1400), tests: two, title: "b")];

        Verdict verdict = Verdict.From(findings, null, two);

        Assert.All(verdict.Findings, finding => Assert.Equal(Outcome.Inconclusive, finding.Outcome));
        Assert.Equal(Outcome.Support, verdict.Outcome);
        Assert.Equal("strong", verdict.Strength);
        Assert.Equal(
            "Of 2 findings, support for H1: none; no support: none; inconclusive: 2 (a; b). Together, by the mean over the 2 tests that could have been reported, they are about 10^3 times as probable if at least one of these H1 holds (H1) as if none does (H0): strong support for H1.",
            verdict.Sentence);
    }

    [Fact]
    public void All_acquitted_is_no_support_and_one_undecided_is_inconclusive()
    {
        Finding clear = Examples.Finding(-2, 4, tests: Three);

        Assert.Equal(Outcome.NoSupport, Verdict.From([clear, clear], null, Three).Outcome);
        Assert.Equal(Outcome.Inconclusive, Verdict.From([clear, Examples.Finding(-2, 1, tests: Three)], null, Three).Outcome);
    }

    [Fact]
    public void Holm_asks_for_the_p_value_too()
    {
        Plan plan = Examples.Plan() with { Combination = CombinationRule.Holm, ControlsRequired = 0, Alpha = 1e-6 };
        Finding finding = Examples.Finding(20, logP: -13);

        Verdict refused = Verdict.From([finding], plan, TestCount.One);

        Assert.Equal(Outcome.Inconclusive, refused.Outcome);
        Assert.Contains("after Holm over the 1 test that could have been reported, and at most 1e-6 is asked for: inconclusive.", refused.Sentence, StringComparison.Ordinal);
        Assert.Equal(Outcome.Support, Verdict.From([finding with { LogP = -14 }], plan, TestCount.One).Outcome);
    }

    [Fact]
    public void Every_sentence_names_both_propositions_and_claims_no_certainty()
    {
        Finding[] findings = [Examples.Finding(20, logP: -20, tests: Three), Examples.Finding(-3, 5, tests: Three), Examples.Finding(0, tests: Three), Examples.Finding(4, tests: Three)];
        Plan holm = Examples.Plan() with { Combination = CombinationRule.Holm, ControlsRequired = 0 };
        foreach (Finding first in findings)
        {
            foreach (Finding second in findings)
            {
                foreach (Plan? plan in new[] { null, holm, holm with { Keys = ["other"] } })
                {
                    string sentence = Verdict.From([first, second], plan, Three).Sentence;
                    Assert.Contains("(H1)", sentence, StringComparison.Ordinal);
                    Assert.Contains("(H0)", sentence, StringComparison.Ordinal);
                    foreach (string forbidden in FindingTests.Forbidden)
                        Assert.DoesNotContain(forbidden, sentence, StringComparison.OrdinalIgnoreCase);
                }
            }
        }
    }

    [Property(MaxTest = 300)]
    public bool Support_of_a_finding_and_of_the_verdict_agree(double first, double second, double against, bool block)
    {
        if (!double.IsFinite(first) || !double.IsFinite(second) || double.IsInfinity(against))
            return true;
        var tests = new TestCount { Suspects = 2 };
        Finding one = Examples.Finding(first, against, tests: tests);
        if (block)
            one = one.With([Diagnostic.Blocking("any", "Any.")]);
        Verdict verdict = Verdict.From([one, Examples.Finding(second, against, tests: tests)], null, tests);
        bool any = verdict.Findings.Any(finding => finding.Outcome == Outcome.Support);
        return (!any || verdict.Outcome == Outcome.Support)
            && (verdict.Outcome == Outcome.Support) == (verdict.Strength != "none")
            && (verdict.Outcome != Outcome.NoSupport || verdict.Findings.All(finding => finding.Outcome == Outcome.NoSupport));
    }

    [Fact]
    public void Findings_that_count_other_tests_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Verdict.From([], null, TestCount.One));
        Assert.Throws<ArgumentException>(() => Verdict.From([Examples.Finding(1)], null, Three));
        Assert.Throws<ArgumentException>(() => Verdict.From([Examples.Finding(1), Examples.Finding(1)], null, TestCount.One));
        Assert.Throws<ArgumentException>(() => Verdict.From([Examples.Finding(1) with { LogP = 1 }], null, TestCount.One));
    }
}
