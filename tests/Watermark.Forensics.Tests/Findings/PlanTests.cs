using Watermark.Forensics.Findings;
using Watermark.Statistics;

namespace Watermark.Forensics.Tests.Findings;

public sealed class PlanTests
{
    [Fact]
    public void A_run_as_planned_adds_nothing()
    {
        Verdict verdict = Verdict.From([Planned()], Examples.Plan(), TestCount.One);

        Assert.Empty(verdict.Diagnostics);
        Assert.Empty(verdict.Findings[0].Diagnostics);
        Assert.Equal(Outcome.Support, verdict.Outcome);
    }

    [Fact]
    public void A_commitment_names_the_key_as_well_as_its_id()
    {
        Finding finding = Planned() with { Key = Planned().Key! with { Commitment = "sha256:77" } };

        Assert.Equal(Outcome.Support, Verdict.From([finding], Examples.Plan() with { Keys = ["sha256:77"] }, TestCount.One).Outcome);
    }

    public static TheoryData<string, Func<Plan, Plan>> Blocking => new()
    {
        { "The key 42626650d46095de is not in the plan.", plan => plan with { Keys = ["other"] } },
        { "The statistic is green-list/coins 2, and the plan fixed other.", plan => plan with { Statistic = "other" } },
        { "The prior of the e-value is log-grid 1, and the plan fixed other.", plan => plan with { Prior = "other" } },
        { "The support threshold is 1000, and the plan fixed 10000.", plan => plan with { Rule = plan.Rule with { SupportThreshold = 10_000 } } },
        { "The acquittal threshold is 20, and the plan fixed 100.", plan => plan with { Rule = plan.Rule with { AcquittalThreshold = 100 } } },
        { "The effect of interest is 0.02, and the plan fixed 0.01.", plan => plan with { Rule = plan.Rule with { EffectOfInterest = 0.01 } } },
        { "The selection is ngrams, and the plan fixed contexts.", plan => plan with { Selection = "contexts" } },
        { "The context width is 2, and the plan fixed 4.", plan => plan with { ContextWidth = 4 } },
        { "Gamma is 1/4, and the plan fixed 1/2.", plan => plan with { Gamma = Fraction.Half } },
        { "The plan requires 2 controls that could have shown an effect like the suspect's; of the 1 given, 1 could.", plan => plan with { ControlsRequired = 2 } },
        { "The rows have no weights, and the plan fixed weights.", plan => plan with { Weighted = true } },
        { $"The suspect {Planned().Title} is not in the plan.", plan => plan with { Subjects = [Suspect("other"), Control(Planned().Controls[0].Title)], Tests = plan.Tests with { Suspects = 1 } } },
        { "The plan names the control second, and it was not tested.", plan => plan with { Subjects = [Suspect(Planned().Title), Control(Planned().Controls[0].Title), Control("second")] } },
        { "The text to exclude is not what the plan fixed: 0 files were used, and the plan names 1; 0 of them are the same.", plan => plan with { Exclusions = [new string('a', 64)] } },
    };

    [Fact]
    public void A_planned_suspect_without_a_finding_and_a_control_that_is_not_planned_are_warnings()
    {
        Plan plan = Examples.Plan() with { Subjects = [Suspect(Planned().Title), Suspect("absent")], Tests = TestCount.One with { Suspects = 2 } };
        Verdict verdict = Verdict.From([Planned() with { Tests = plan.Tests, Power = Planned().Power with { LogThreshold = Math.Log(1000) + Math.Log(2) } }], plan, TestCount.One);

        Assert.Contains(verdict.Diagnostics, diagnostic => diagnostic is { Code: DiagnosticCodes.PlanDeviation, Severity: DiagnosticSeverity.Warning } && diagnostic.Message.Contains("absent", StringComparison.Ordinal));
        Assert.Contains(verdict.Findings[0].Diagnostics, diagnostic => diagnostic is { Code: DiagnosticCodes.PlanDeviation, Severity: DiagnosticSeverity.Warning } && diagnostic.Message.Contains("not in the plan", StringComparison.Ordinal));
        Assert.Equal(Outcome.Support, verdict.Outcome);
    }

    [Theory]
    [InlineData("a name with spaces")]
    [InlineData("../up")]
    [InlineData("-x")]
    [InlineData("")]
    public void Names_of_subjects_can_name_files(string name) => Assert.NotNull(Suspect(name).Fault());

    private static PlannedSubject Suspect(string name) => new(name, SubjectRole.Suspect);

    private static PlannedSubject Control(string name) => new(name, SubjectRole.Control);

    [Theory]
    [MemberData(nameof(Blocking))]
    public void What_could_make_a_conclusion_easier_blocks(string message, Func<Plan, Plan> change)
    {
        Verdict verdict = Verdict.From([Planned()], change(Examples.Plan()), TestCount.One);

        Diagnostic diagnostic = Assert.Single(verdict.Findings[0].Diagnostics);
        Assert.Equal(DiagnosticSeverity.Blocking, diagnostic.Severity);
        Assert.Equal(message, diagnostic.Message);
        Assert.Equal(Outcome.Inconclusive, verdict.Outcome);
    }

    public static TheoryData<string, Func<Plan, Plan>> Warnings => new()
    {
        { "The support threshold is 1000, and the plan fixed 100.", plan => plan with { Rule = plan.Rule with { SupportThreshold = 100 } } },
        { "The effect of interest is 0.02, and the plan fixed 0.03.", plan => plan with { Rule = plan.Rule with { EffectOfInterest = 0.03 } } },
        { "1,000 random keys were drawn, and the plan fixed 200.", plan => plan with { RandomKeys = 200 } },
        { "The seed is 0, and the plan fixed 7.", plan => plan with { Seed = 7 } },
    };

    [Theory]
    [MemberData(nameof(Warnings))]
    public void What_can_only_make_it_harder_is_a_warning(string message, Func<Plan, Plan> change)
    {
        Verdict verdict = Verdict.From([Planned()], change(Examples.Plan()), TestCount.One);

        Diagnostic diagnostic = Assert.Single(verdict.Findings[0].Diagnostics);
        Assert.Equal(DiagnosticSeverity.Warning, diagnostic.Severity);
        Assert.Equal(message, diagnostic.Message);
        Assert.Equal(Outcome.Support, verdict.Outcome);
    }

    [Fact]
    public void Where_random_keys_decide_another_seed_blocks_and_their_own_prior_does_not()
    {
        Finding finding = Planned() with { NullName = Measurement.RandomKeysNull };

        Verdict seed = Verdict.From([finding], Examples.Plan() with { Seed = 7 }, TestCount.One);
        Verdict prior = Verdict.From([finding with { Prior = "standardised-tilts 1" }], Examples.Plan(), TestCount.One);

        Assert.Equal(DiagnosticSeverity.Blocking, Assert.Single(seed.Findings[0].Diagnostics).Severity);
        Assert.Equal(DiagnosticSeverity.Warning, Assert.Single(prior.Findings[0].Diagnostics).Severity);
    }

    [Fact]
    public void More_tests_than_planned_raise_M_and_are_said()
    {
        Plan plan = Examples.Plan() with { Tests = new TestCount { Keys = 3, Suspects = 2 } };
        var looked = new TestCount { Keys = 1, Suspects = 4 };
        TestCount tests = Verdict.TestsOf(plan, looked);

        Verdict verdict = Verdict.From([Planned(tests)], plan, looked);

        Assert.Equal(12, verdict.Tests.M);
        Assert.Equal([DiagnosticCodes.PlanDeviation, DiagnosticCodes.FindingsMissing], verdict.Diagnostics.Select(diagnostic => diagnostic.Code));
        Assert.Equal("4 suspects were looked at, and the plan fixed 2; M counts the larger number.", verdict.Diagnostics[0].Message);
    }

    [Fact]
    public void A_stated_number_of_tests_takes_the_place_of_the_product()
    {
        Plan plan = Examples.Plan() with { Tests = new TestCount { Stated = 5 } };

        Assert.Equal(5, Verdict.TestsOf(plan, new TestCount { Suspects = 4 }).M);
        Assert.Equal(6, Verdict.TestsOf(plan, new TestCount { Suspects = 6 }).M);
        TestCount six = Verdict.TestsOf(plan, new TestCount { Suspects = 6 });
        Assert.Contains("6 tests were counted, and the plan fixed 5", Verdict.From([Planned(six)], plan, six).Diagnostics[0].Message, StringComparison.Ordinal);
        Assert.Equal(long.MaxValue, new TestCount { Keys = long.MaxValue, Epochs = 9 }.M);
    }

    public static TheoryData<string, Func<Plan, Plan>> Faults => new()
    {
        { "keys", plan => plan with { Keys = [] } },
        { "keys", plan => plan with { Keys = ["a", "a"] } },
        { "multiplicity.keys", plan => plan with { Keys = ["a", "b"] } },
        { "multiplicity.suspects", plan => plan with { Tests = new TestCount { Suspects = 0 } } },
        { "multiplicity.stated", plan => plan with { Tests = new TestCount { Stated = 0 } } },
        { "statistic", plan => plan with { Statistic = " " } },
        { "prior", plan => plan with { Prior = "" } },
        { "alpha", plan => plan with { Alpha = 1 } },
        { "supportThreshold", plan => plan with { Rule = new DecisionRule { SupportThreshold = 5 } } },
        { "acquittalThreshold", plan => plan with { Rule = new DecisionRule { AcquittalThreshold = 1 } } },
        { "effectOfInterest", plan => plan with { Rule = new DecisionRule { EffectOfInterest = double.NaN } } },
        { "randomKeys", plan => plan with { RandomKeys = -1 } },
        { "controlsRequired", plan => plan with { ControlsRequired = -1 } },
        { "selection", plan => plan with { Selection = "" } },
        { "contextWidth", plan => plan with { ContextWidth = 65 } },
        { "gamma", plan => plan with { Gamma = new Fraction(3, 2) } },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_plan_out_of_range_is_refused_by_field(string field, Func<Plan, Plan> change)
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => change(Examples.Plan()).Validate());

        Assert.Contains($"'{field}'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("expected", exception.Message.Replace("must list", "expected", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static Finding Planned(TestCount? tests = null) => Examples.Finding(20, logP: -20, tests: tests).WithControls([Examples.Control()]);
}
