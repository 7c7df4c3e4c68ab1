using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Forensics.Fingerprints.Equality;
using Watermark.Randomness;

namespace Watermark.Forensics.Tests.Fingerprints.Equality;

public sealed class EqualityTestTests
{
    private static readonly EqualityDesign Small = new() { Prompts = Transcripts.Prompts(1), Reference = "ours", Length = 4 };

    // One prompt, X = abcd, abce, abcd and Y = abxy, zbxy, abxz: within X 5/6, within Y 2/3, across 5/12; 2 of 20 splits reach 2/3.
    [Fact]
    public void The_small_example_gives_one_tenth()
    {
        Finding finding = new EqualityTest(Small).Run(Transcripts.Of("x", [["abxy", "zbxy", "abxz"]]), [Transcripts.Of("ours", [["abcd", "abce", "abcd"]])], new FingerprintOptions());

        Assert.Equal(2.0 / 3, finding.Effect.Estimate, 9);
        Assert.Equal(Math.Log(0.1), finding.LogP, 9);
        Assert.Equal(Questions.Equality, finding.Question);
        Assert.Equal(1, finding.Counts.Scored);
        Assert.Null(finding.Fault());
    }

    [Fact]
    public void The_parts_of_the_example_are_those_of_the_kernel()
    {
        PairedReplies replies = PairedReplies.Of(Small, Transcripts.Of("ours", [["abcd", "abce", "abcd"]]), Transcripts.Of("x", [["abxy", "zbxy", "abxz"]]));
        int[] table = replies.Prompts[0].Agreements();
        double Mean(IEnumerable<(int I, int J)> pairs) => pairs.Average(pair => table[(pair.I * 6) + pair.J] / 4.0);

        Assert.Equal(0.833333333333, Mean([(0, 1), (0, 2), (1, 2)]), 9);
        Assert.Equal(0.666666666667, Mean([(3, 4), (3, 5), (4, 5)]), 9);
        Assert.Equal(0.416666666667, Mean(from i in Enumerable.Range(0, 3) from j in Enumerable.Range(3, 3) select (i, j)), 9);
        var statistic = new MmdStatistic(replies);
        Assert.Equal(20, statistic.Labellings);
        Assert.Equal(2, statistic.All().Count(total => total >= statistic.Observed));
    }

    // Two prompts with sides of other sizes: the statistic and every labelling by the definition, in floating point.
    [Fact]
    public void Totals_follow_the_definition()
    {
        var random = new SeededRandomBits(5);
        string Word() => string.Concat(Enumerable.Range(0, 1 + (int)random.NextBelow(6)).Select(_ => (char)('a' + (int)random.NextBelow(3))));
        EqualityDesign design = Small with { Prompts = Transcripts.Prompts(2), Length = 5 };
        string[][] x = [[Word(), Word()], [Word(), Word(), Word()]];
        string[][] y = [[Word(), Word(), Word()], [Word(), Word()]];
        var statistic = new MmdStatistic(PairedReplies.Of(design, Transcripts.Of("ours", x), Transcripts.Of("y", y)));

        Assert.Equal(Definition(x, y, 5), statistic.ToSquaredDiscrepancy((double)statistic.Observed), 9);
        Assert.Equal(100, statistic.Labellings);
        double[] all = [.. statistic.All().Select(total => statistic.ToSquaredDiscrepancy((double)total)).Order()];
        double[] expected = [.. Splits(x[0], y[0]).SelectMany(_ => Splits(x[1], y[1]), (a, b) => Definition([a.X, b.X], [a.Y, b.Y], 5)).Order()];
        Assert.Equal(expected.Length, all.Length);
        for (int i = 0; i < all.Length; i++)
            Assert.Equal(expected[i], all[i], 9);
        double[] drawn = [.. statistic.Draw(4_000, 1, null, default).Select(total => statistic.ToSquaredDiscrepancy((double)total))];
        Assert.All(drawn, value => Assert.Contains(expected, other => Math.Abs(other - value) < 1e-9));

        // The mean over all labellings is 0; that of 4,000 draws lies within 5 standard errors of it (false alarm below 1e-6).
        Assert.Equal(0, all.Average(), 9);
        Assert.InRange(drawn.Average(), -5 * Deviation(all) / Math.Sqrt(4_000), 5 * Deviation(all) / Math.Sqrt(4_000));
    }

    // By hand: f(abce) = 3/4 − 2/4, f(zbxy) = 1/4 − 3/4.
    [Fact]
    public void The_first_bet_of_the_small_example_gains_three_quarters()
    {
        PairedReplies replies = PairedReplies.Of(Small, Transcripts.Of("ours", [["abcd", "abce"]]), Transcripts.Of("x", [["abxy", "zbxy"]]));

        Assert.Equal(0.75, EqualityBets.Gain(replies.Prompts[0].Agreements(), replies.Prompts[0], 1, 4), 12);
        Assert.Equal((1.09375 + 1.1875 + 1.375) / 3, Math.Exp(EqualityBets.Run(replies).LogWealth), 9);
        Assert.Equal([(3 + 3 - 1 - 2) / 4.0], EqualityBets.Contrasts(replies));
    }

    // 500 pairs of the same model: at level 0.05 at most 25 expected; 47 or more have probability below 1e-4 if the size is 0.05.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_same_model_is_seldom_told_apart(bool anytime)
    {
        EqualityDesign design = Small with { Prompts = Transcripts.Prompts(3), Length = 6, RepliesPerPrompt = 5, Permutations = 199, Anytime = anytime };
        int rejected = 0;
        double wealth = 0;
        for (int run = 0; run < 500; run++)
        {
            Finding finding = new EqualityTest(design).Run(Model("x", 3, 5, 0.5, (ulong)run, 1), [Model("ours", 3, 5, 0.5, (ulong)run, 2)], new FingerprintOptions { Seed = (ulong)run });
            rejected += finding.LogP <= Math.Log(0.05) ? 1 : 0;
            wealth += Math.Exp(finding.LogE) / 500;
        }

        Assert.True(rejected < 47, $"{rejected} of 500.");

        // The e-value has mean 1 if the models are the same; these runs have fixed seeds.
        Assert.InRange(wealth, 0.3, 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Another_model_is_told_apart(bool anytime)
    {
        EqualityDesign design = Small with { Prompts = Transcripts.Prompts(25), Length = 30, Anytime = anytime };
        Finding finding = new EqualityTest(design).Run(Model("x", 25, 10, 0.9, 1, 1), [Model("ours", 25, 10, 0.5, 1, 2)], new FingerprintOptions());

        Assert.Equal(Outcome.Support, finding.Outcome);
        Assert.Contains("says nothing about training", finding.Sentence, StringComparison.Ordinal);
        Assert.True(anytime || finding.Power.SmallestEffect < finding.Effect.Estimate);
    }

    // The reference is asked as a planned control is, and was compared, so its absence among the controls is no deviation.
    [Fact]
    public void A_planned_reference_counts_as_tested()
    {
        EqualityDesign design = Small with { Prompts = Transcripts.Prompts(25), Length = 30 };
        var options = new FingerprintOptions { Rule = new DecisionRule { EffectOfInterest = 0.2 } };
        Finding finding = new EqualityTest(design).Run(Model("x", 25, 10, 0.9, 1, 1), [Model("ours", 25, 10, 0.5, 1, 2)], options);
        var plan = new Plan
        {
            Keys = [Plan.NoKey],
            Statistic = design.Statistic,
            Prior = design.Prior,
            Rule = options.Rule,
            RandomKeys = 0,
            ControlsRequired = 0,
            Subjects = [new PlannedSubject("x", SubjectRole.Suspect), new PlannedSubject("ours", SubjectRole.Control)],
        };

        Assert.Equal(Outcome.Support, Verdict.From([finding], plan, TestCount.One, null).Findings[0].Outcome);
        Finding other = Verdict.From([finding], plan with { Subjects = [.. plan.Subjects, new PlannedSubject("third", SubjectRole.Control)] }, TestCount.One, null).Findings[0];
        Assert.Contains(other.Diagnostics, diagnostic => diagnostic is { Code: DiagnosticCodes.PlanDeviation, Severity: DiagnosticSeverity.Blocking } && diagnostic.Message.Contains("third", StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_model_is_cleared_only_where_a_positive_control_was_told_apart()
    {
        EqualityDesign design = Small with { Prompts = Transcripts.Prompts(60), Length = 30, PositiveControl = "hot" };
        var options = new FingerprintOptions { Rule = new DecisionRule { EffectOfInterest = 0.6 } };
        Transcript suspect = Model("x", 60, 10, 0.5, 1, 1);
        Transcript ours = Model("ours", 60, 10, 0.5, 1, 2);

        Finding cleared = new EqualityTest(design).Run(suspect, [ours, Model("hot", 60, 10, 0.8, 1, 3)], options);
        Finding blind = new EqualityTest(design).Run(suspect, [ours, Model("hot", 60, 10, 0.5, 1, 3)], options);
        Finding without = new EqualityTest(design with { PositiveControl = null }).Run(suspect, [ours], options);

        Assert.Equal(Outcome.NoSupport, cleared.Outcome);
        Assert.Equal(Outcome.Inconclusive, blind.Outcome);
        Assert.Contains(blind.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.ControlUnderpowered);
        Assert.Equal(Outcome.Inconclusive, without.Outcome);
        Assert.Contains(without.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.ControlMissing);
    }

    // The same model behind a cache gives ten copies of one reply: no independent samples, so nothing is said.
    [Fact]
    public void A_cache_is_no_other_model()
    {
        EqualityDesign design = Small with { Prompts = Transcripts.Prompts(25), Length = 30 };
        string[][] once = [.. Enumerable.Range(0, 25).Select(p => Enumerable.Repeat(Reply(new SeededRandomBits(9, (ulong)p), 0.5), 10).ToArray())];
        Finding finding = new EqualityTest(design).Run(Transcripts.Of("x", once), [Model("ours", 25, 10, 0.5, 1, 2)], new FingerprintOptions());

        Assert.True(finding.LogE > Math.Log(1000));
        Assert.Equal(Outcome.Inconclusive, finding.Outcome);
        Assert.Contains(finding.Diagnostics, diagnostic => diagnostic is { Code: DiagnosticCodes.RepeatedReplies, Severity: DiagnosticSeverity.Blocking });

        Finding same = new EqualityTest(design).Run(Transcripts.Of("x", once), [Transcripts.Of("ours", once)], new FingerprintOptions());
        Assert.Equal(0, same.LogP);
        Assert.Contains(same.Diagnostics, diagnostic => diagnostic is { Code: DiagnosticCodes.RepeatedReplies, Severity: DiagnosticSeverity.Warning });
    }

    [Fact]
    public void Spaces_and_line_ends_make_no_difference()
    {
        EqualityDesign design = Small with { Length = 6 };
        Finding finding = new EqualityTest(design).Run(
            Transcripts.Of("x", [[" caf\u00e9\n1", "b\nc ", "d"]]), [Transcripts.Of("ours", [["caf\u00e9\r\n1", "b\r\nc", "  d\n"]])], new FingerprintOptions());

        PairedReplies replies = PairedReplies.Of(design, Transcripts.Of("ours", [["caf\u00e9\r\n1", "d"]]), Transcripts.Of("x", [[" caf\u00e9\n1", "d\n"]]));
        Assert.Equal(replies.Prompts[0].First[0], replies.Prompts[0].Second[0]);
        Assert.Equal(['c', 'a', 'f', 'é', '\n', '1'], replies.Prompts[0].First[0].Select(point => (char)point));
        Assert.Equal([.. "d".Select(c => (int)c), -1, -1, -1, -1, -1], replies.Prompts[0].First[1]);
        Assert.True(finding.LogP > Math.Log(0.5));
    }

    [Fact]
    public void Prompts_with_one_reply_are_dropped()
    {
        EqualityDesign design = Small with { Prompts = Transcripts.Prompts(2), PositiveControl = null };
        Finding some = new EqualityTest(design).Run(Transcripts.Of("x", [["a", "b"], ["c"]]), [Transcripts.Of("ours", [["a", "c"], ["c", "d"]])], new FingerprintOptions());
        Finding none = new EqualityTest(design).Run(Transcripts.Of("x", [["a"]]), [Transcripts.Of("ours", [["a", "c"]])], new FingerprintOptions());

        Assert.Equal(1, some.Counts.Scored);
        Assert.Contains(some.Counts.Others, count => count is { Name: "promptsDropped", Value: 1 });
        Assert.Equal(Outcome.Inconclusive, none.Outcome);
        Assert.Contains(none.Diagnostics, diagnostic => diagnostic is { Code: DiagnosticCodes.NothingScored, Severity: DiagnosticSeverity.Blocking });
    }

    [Fact]
    public void Replies_beyond_the_design_do_not_count()
    {
        EqualityDesign design = Small with { RepliesPerPrompt = 2 };
        Finding finding = new EqualityTest(design).Run(Transcripts.Of("x", [["a", "b", "a", "b"]]), [Transcripts.Of("ours", [["a", "c"]])], new FingerprintOptions());

        Assert.Contains(finding.Counts.Others, count => count is { Name: "repliesCompared", Value: 2 });
        Assert.Equal(4, finding.Counts.Documents);
    }

    [Fact]
    public void Replies_of_other_models_than_the_design_names_are_refused()
    {
        var test = new EqualityTest(Small);
        Transcript x = Transcripts.Of("x", [["a", "b"]]);
        Transcript ours = Transcripts.Of("ours", [["a", "b"]]);

        Assert.Throws<InputFormatException>(() => test.Run(x, [], new FingerprintOptions()));
        Assert.Throws<InputFormatException>(() => test.Run(x, [ours, Transcripts.Of("theirs", [["a", "b"]])], new FingerprintOptions()));
        Assert.Throws<InputFormatException>(() => test.Run(ours, [ours], new FingerprintOptions()));
        Finding shared = test.Run(x, [ours with { Inputs = x.Inputs }], new FingerprintOptions());
        Assert.Contains(shared.Diagnostics, diagnostic => diagnostic is { Code: DiagnosticCodes.ControlIsSuspect, Severity: DiagnosticSeverity.Blocking });
    }

    private static Transcript Model(string title, int prompts, int replies, double share, ulong seed, ulong stream) => Transcripts.Of(
        title, Enumerable.Range(0, prompts).Select(p => Enumerable.Range(0, replies).Select(i => Reply(new SeededRandomBits(seed, (stream << 40) + ((ulong)p << 20) + (ulong)i), share)).ToArray()));

    /// <summary>Thirty letters; the first of the alphabet with the given probability, one of five others else.</summary>
    private static string Reply(SeededRandomBits random, double share) =>
        string.Concat(Enumerable.Range(0, 30).Select(_ => random.NextDouble() < share ? 'a' : (char)('b' + (int)random.NextBelow(5))));

    private static double Definition(string[][] x, string[][] y, int length)
    {
        static double Kernel(string a, string b, int length) => Enumerable.Range(0, length).Count(t => (t < a.Length ? a[t] : -1) == (t < b.Length ? b[t] : -1)) / (double)length;
        IEnumerable<double> Within(string[][] side) => side.SelectMany(texts => texts.SelectMany((a, i) => texts.Where((_, j) => j != i).Select(b => Kernel(a, b, length))));
        IEnumerable<double> across = x.Zip(y).SelectMany(pair => pair.First.SelectMany(a => pair.Second.Select(b => Kernel(a, b, length))));
        return Within(x).Average() + Within(y).Average() - (2 * across.Average());
    }

    private static IEnumerable<(string[] X, string[] Y)> Splits(string[] x, string[] y)
    {
        string[] all = [.. x, .. y];
        for (int mask = 0; mask < 1 << all.Length; mask++)
        {
            if (int.PopCount(mask) == x.Length)
                yield return ([.. all.Where((_, i) => ((mask >> i) & 1) == 1)], [.. all.Where((_, i) => ((mask >> i) & 1) == 0)]);
        }
    }

    private static double Deviation(double[] values) => Math.Sqrt(values.Average(value => value * value) - (values.Average() * values.Average()));
}
