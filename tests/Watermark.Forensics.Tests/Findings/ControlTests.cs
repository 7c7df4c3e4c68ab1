using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Tests.Findings;

public sealed class ControlTests
{
    [Fact]
    public void A_clean_control_with_enough_text_says_nothing()
    {
        Finding finding = Examples.Finding(9).WithControls([Examples.Control()]);

        Assert.Empty(finding.Diagnostics);
        Assert.Equal(1, finding.AdequateControls);
        Assert.Equal(Outcome.Support, finding.Outcome);
    }

    [Fact]
    public void A_control_that_shows_the_signal_blocks()
    {
        Finding finding = Examples.Finding(9).WithControls([Examples.Control(logP: -7)]);

        Assert.Equal(DiagnosticCodes.ControlShowsSignal, Assert.Single(finding.Diagnostics).Code);
        Assert.Equal(Outcome.Inconclusive, finding.Outcome);
    }

    [Fact]
    public void Under_random_keys_a_control_above_all_of_them_shows_the_signal()
    {
        PanelSummary panel = Examples.Finding(9).Panel! with { Count = 200 };
        ControlFinding top = Examples.Control(logP: -Math.Log(201)) with { NullName = Measurement.RandomKeysNull, Panel = panel };

        Assert.True(top.ShowsSignal);
        Assert.False((top with { Panel = panel with { Rank = 2 } }).ShowsSignal);
        Assert.False((top with { NullName = "binomial" }).ShowsSignal);
    }

    [Fact]
    public void The_suspect_is_no_control_of_itself()
    {
        Finding finding = Examples.Finding(9).WithControls([Examples.Control(digest: 'a')]);

        Assert.Equal([DiagnosticCodes.ControlIsSuspect, DiagnosticCodes.ControlMissing], finding.Diagnostics.Select(diagnostic => diagnostic.Code));
        Assert.Equal(Outcome.Inconclusive, finding.Outcome);
    }

    [Theory]
    [InlineData(0.02, 40_000L)]
    [InlineData(double.NaN, 40_000L)]
    [InlineData(0.001, 0L)]
    public void A_control_that_could_not_show_the_effect_is_missing(double smallestEffect, long scored)
    {
        Finding finding = Examples.Finding(9).WithControls([Examples.Control(smallestEffect: smallestEffect, scored: scored)]);

        Assert.Equal([DiagnosticCodes.ControlUnderpowered, DiagnosticCodes.ControlMissing], finding.Diagnostics.Select(diagnostic => diagnostic.Code));
        Assert.Equal(0, finding.AdequateControls);
        Assert.Equal(Outcome.Support, finding.Outcome);
    }

    [Fact]
    public void Without_controls_the_finding_says_so() =>
        Assert.Equal(DiagnosticCodes.ControlMissing, Assert.Single(Examples.Finding(9).WithControls([]).Diagnostics).Code);

    [Fact]
    public void A_small_effect_asks_more_of_the_control_only_where_it_accuses()
    {
        Finding strong = Examples.Finding(9) with { Effect = new EffectEstimate(0.252, 0.25, "green fraction") };

        Assert.Equal(0, strong.WithControls([Examples.Control(smallestEffect: 0.005)]).AdequateControls);
        Assert.Equal(1, (strong with { LogE = 2 }).WithControls([Examples.Control(smallestEffect: 0.005)]).AdequateControls);
    }
}
