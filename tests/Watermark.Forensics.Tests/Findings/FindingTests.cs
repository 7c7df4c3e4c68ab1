using FsCheck.Xunit;
using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Tests.Findings;

public sealed class FindingTests
{
    internal static readonly string[] Forbidden = ["certain", "proves", "proof", "match", "guilt", "theft", "stole", "probability that the suspect"];

    [Theory]
    [InlineData(7.0, double.NaN, Outcome.Support, "strong")]
    [InlineData(6.91, 5.0, Outcome.Support, "strong")]
    [InlineData(6.90, double.NaN, Outcome.Inconclusive, "none")]
    [InlineData(400.0, double.NaN, Outcome.Support, "extremely strong")]
    [InlineData(0.69, 3.0, Outcome.NoSupport, "none")]
    [InlineData(0.70, 3.0, Outcome.Inconclusive, "none")]
    [InlineData(-2.0, 2.99, Outcome.Inconclusive, "none")]
    [InlineData(-2.0, double.NaN, Outcome.Inconclusive, "none")]
    [InlineData(double.NaN, 9.0, Outcome.Inconclusive, "none")]
    public void The_outcome_follows_from_the_e_values(double logE, double logEAgainst, Outcome outcome, string strength)
    {
        Finding finding = Examples.Finding(logE, logEAgainst);

        Assert.Equal(outcome, finding.Outcome);
        Assert.Equal(strength, finding.Strength);
    }

    [Fact]
    public void The_number_of_tests_divides_the_e_value()
    {
        var six = new TestCount { Keys = 2, Suspects = 3 };

        Assert.Equal(Outcome.Inconclusive, Examples.Finding(Math.Log(5999), tests: six).Outcome);
        Finding supported = Examples.Finding(Math.Log(6001), tests: six);
        Assert.Equal(Outcome.Support, supported.Outcome);
        Assert.Equal("strong", supported.Strength);
        Assert.Equal(Math.Log(1000.1667), supported.AdjustedLogE, 6);
        Assert.Contains("divided by the 6 tests that could have been reported, about 10^3 times", supported.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_blocked_finding_is_inconclusive_and_says_why()
    {
        Finding blocked = Examples.Finding(400).With([Diagnostic.Blocking(DiagnosticCodes.PromptsMissing, "80 % of the replies came without a prompt.")]);

        Assert.Equal(Outcome.Inconclusive, blocked.Outcome);
        Assert.Equal("none", blocked.Strength);
        Assert.Contains("80 % of the replies came without a prompt.", blocked.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void An_approximate_finding_is_never_above_weak()
    {
        Finding finding = Examples.Finding(400, 400).With([Diagnostic.Warning(DiagnosticCodes.ApproximateNull, "The weights come from marked text.")]);

        Assert.Equal(Outcome.Inconclusive, finding.Outcome);
        Assert.Contains("weak support for H1 at most", finding.Sentence, StringComparison.Ordinal);
        Assert.Equal(Outcome.Inconclusive, (finding with { LogE = -3 }).Outcome);
    }

    [Fact]
    public void Nothing_scored_says_nothing()
    {
        Finding finding = Examples.Finding(400, scored: 0);

        Assert.Equal(Outcome.Inconclusive, finding.Outcome);
        Assert.Contains("nothing was scored", finding.Sentence, StringComparison.Ordinal);
    }

    [Property(MaxTest = 500)]
    public bool Outcome_and_strength_never_contradict_each_other(double logE, double against, byte severity, bool approximate, bool unscored, byte keys)
    {
        var tests = new TestCount { Keys = keys + 1 };
        Finding finding = Examples.Finding(logE, against, tests: tests, scored: unscored ? 0 : 20_000).With([new Diagnostic("any", (DiagnosticSeverity)(severity % 3), "Any.")]);
        if (approximate)
            finding = finding.With([Diagnostic.Warning(DiagnosticCodes.ApproximateNull, "Approximate.")]);
        bool supports = finding.Outcome == Outcome.Support;
        return (finding.Strength != "none") == supports
            && (!finding.IsBlocked || finding.Outcome == Outcome.Inconclusive)
            && (!approximate || !supports)
            && (!supports || (finding.AdjustedLogE >= Math.Log(999.999) && finding.Strength is "moderately strong" or "strong" or "very strong" or "extremely strong"))
            && (finding.Outcome != Outcome.NoSupport || (finding.LogE < Math.Log(2) && against >= Math.Log(20)))
            && (supports == finding.Sentence.Contains($"{finding.Strength} support for H1.", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_sentence_names_both_propositions_and_claims_no_certainty()
    {
        Diagnostic approximate = Diagnostic.Warning(DiagnosticCodes.ApproximateNull, "Approximate.");
        var many = new TestCount { Keys = 1000 };
        Finding[] findings =
        [
            Examples.Finding(7), Examples.Finding(500), Examples.Finding(20, tests: many), Examples.Finding(-40, 60), Examples.Finding(0, 3.1),
            Examples.Finding(3), Examples.Finding(3, tests: many), Examples.Finding(8, tests: many), Examples.Finding(-1), Examples.Finding(0, scored: 0),
            Examples.Finding(3) with { Power = Examples.Finding(3).Power with { RowsNeeded = null } },
            Examples.Finding(9).With([approximate]), Examples.Finding(-9).With([approximate]),
            Examples.Finding(9).WithControls([Examples.Control(-20)]), Examples.Finding(9).WithControls([Examples.Control(digest: 'a')]),
        ];

        foreach (Finding finding in findings)
        {
            Assert.Contains("(H1)", finding.Sentence, StringComparison.Ordinal);
            Assert.Contains("(H0)", finding.Sentence, StringComparison.Ordinal);
            Assert.Contains(Examples.KeyId, finding.Sentence, StringComparison.Ordinal);
            foreach (string forbidden in Forbidden)
                Assert.DoesNotContain(forbidden, finding.Sentence, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData(8.0, double.NaN, "The findings are about 10^3 times more probable if the outputs of suspect depend on key 42626650d46095de (H1) than if they do not (H0): strong support for H1. H1 does not say how the key's text reached the suspect.")]
    [InlineData(-2.0, 4.0, "The findings do not support that the outputs of suspect depend on key 42626650d46095de (H1) over that they do not (H0): the likelihood ratio is 0.135. They weigh 54.6 to 1 against an excess of 0.00866 or more in the green fraction. This is not innocence: paraphrasing can remove an inherited mark.")]
    [InlineData(4.0, double.NaN, "Inconclusive: the findings are about 54.6 times more probable if the outputs of suspect depend on key 42626650d46095de (H1) than if they do not (H0), less than the 1,000 times set for support. About 17,000 rows are needed to find an excess of 0.00866 in the green fraction with probability 0.9; 20,000 were scored.")]
    [InlineData(-2.0, 1.0, "Inconclusive: these findings do not tell whether the outputs of suspect depend on key 42626650d46095de (H1) or they do not (H0). About 17,000 rows are needed to find an excess of 0.00866 in the green fraction with probability 0.9; 20,000 were scored.")]
    public void The_answer_is_plain(double logE, double against, string sentence) => Assert.Equal(sentence, Examples.Finding(logE, against).Sentence);

    [Fact]
    public void A_waiver_turns_what_blocks_into_a_warning_and_stands_among_the_assumptions()
    {
        Finding blocked = Examples.Finding(9).With([Diagnostic.Blocking(DiagnosticCodes.PromptsMissing, "No prompts.")]);
        Finding waived = blocked.Waive(DiagnosticCodes.PromptsMissing, "--without-prompts", "No prompt holds marked text.");

        Assert.Equal(Outcome.Support, waived.Outcome);
        Assert.Equal(["--without-prompts"], waived.Waivers);
        Assert.Equal(["No prompt holds marked text. (Waived by --without-prompts.)"], waived.Assumptions);
        Assert.Equal(DiagnosticSeverity.Warning, Assert.Single(waived.Diagnostics).Severity);
        Finding other = blocked.Waive(DiagnosticCodes.ControlIsSuspect, "--x", "X.");
        Assert.True(other.IsBlocked);
        Assert.Equal(["--x"], other.Waive(DiagnosticCodes.ControlIsSuspect, "--x", "X.").Waivers);
    }

    [Fact]
    public void Contradictions_are_named()
    {
        Assert.Null(Examples.Finding(7).Fault());
        Assert.Contains("'logP' is 0.5", (Examples.Finding(7) with { LogP = 0.5 }).Fault(), StringComparison.Ordinal);
        Assert.Contains("'logE'", Examples.Finding(double.PositiveInfinity).Fault(), StringComparison.Ordinal);
        Assert.Contains("'power.logThreshold' is 6.9", (Examples.Finding(7) with { Tests = new TestCount { Keys = 2 } }).Fault(), StringComparison.Ordinal);
        Assert.Contains("'supportThreshold' is 9", (Examples.Finding(7) with { Rule = new DecisionRule { SupportThreshold = 9 } }).Fault(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0, "no")]
    [InlineData(1.0, "weak")]
    [InlineData(4.0, "moderate")]
    [InlineData(6.5, "moderately strong")]
    [InlineData(9.0, "strong")]
    [InlineData(12.0, "very strong")]
    [InlineData(400.0, "extremely strong")]
    [InlineData(double.NaN, "no")]
    public void The_verbal_scale_has_its_published_bands(double logRatio, string word) => Assert.Equal(word, VerbalScale.Word(logRatio));
}
