using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Kgw;
using Watermark.Schemes.Native;
using Watermark.TestKit;

namespace Watermark.Forensics.Tests.Distillation;

public sealed class DistillationTestTests
{
    private static readonly DistillationTestOptions Options = new() { RandomKeys = 200, DegreeOfParallelism = 2 };

    [Fact]
    public void A_student_of_marked_text_is_supported_and_another_is_not()
    {
        using KeyedScheme scheme = Scheme(1);
        Sample suspect = Text(scheme, documents: 60, tokens: 700, greenFraction: 0.32, seed: 1);
        Sample innocent = Text(scheme, documents: 60, tokens: 700, greenFraction: null, seed: 2);

        Finding guilty = Run(scheme, suspect, Options, innocent);
        Finding cleared = Run(scheme, innocent, Options);

        Assert.Equal(Outcome.Support, guilty.Outcome);
        Assert.Equal("extremely strong", guilty.Strength);
        Assert.Equal("binomial", guilty.NullName);
        Assert.Equal("green-list/coins 2", guilty.Statistic);
        Assert.Equal(1, guilty.Panel!.Rank);
        Assert.True(guilty.Panel.Agrees);
        Assert.Equal(1, guilty.AdequateControls);
        Assert.InRange(guilty.Effect.Estimate, 0.31, 0.33);
        Assert.InRange(guilty.Effect.ReplyInterval!.Value.Low, 0.30, 0.32);
        Assert.Equal(Outcome.NoSupport, cleared.Outcome);
        Assert.True(cleared.Power.LogEAgainstInterest >= Math.Log(20));
        Assert.Contains("not innocence", cleared.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_sentence_names_both_propositions_and_claims_no_certainty()
    {
        using KeyedScheme scheme = Scheme(1);
        Sample strong = Text(scheme, 40, 500, 0.5, 1);
        Finding[] findings =
        [
            Run(scheme, strong, Options),
            Run(scheme, Text(scheme, 60, 500, null, 2), Options),
            Run(scheme, Text(scheme, 1, 100, null, 3), Options),
            Run(scheme, Text(scheme, 1, 120, 0.45, 4), Options),
            Run(scheme, strong, Options, Text(scheme, 40, 500, 0.4, 5)),
            Run(scheme, Sample.Empty(Schema()), Options),
        ];

        foreach (Finding finding in findings)
        {
            Assert.Contains("(H1)", finding.Sentence, StringComparison.Ordinal);
            Assert.Contains("(H0)", finding.Sentence, StringComparison.Ordinal);
            Assert.Contains(scheme.KeyId, finding.Sentence, StringComparison.Ordinal);
            Assert.Null(finding.Fault());
            foreach (string forbidden in new[] { "certain", "proves", "proof", "match", "guilt", "theft", "stole", "probability that the suspect" })
                Assert.DoesNotContain(forbidden, finding.Sentence, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void Too_little_text_is_inconclusive_and_says_how_much_is_needed()
    {
        using KeyedScheme scheme = Scheme(2);

        Finding finding = Run(scheme, Text(scheme, 2, 300, null, 5), Options);

        // Effect 0.00866 at gamma 1/4: (√(2 ln 1000) + 1.28)²·0.1875/0.00866² = 62,000 for one alternative, a fifth more for a grid.
        Assert.Equal(Outcome.Inconclusive, finding.Outcome);
        Assert.InRange(finding.Power.RowsNeeded!.Value, 62_000, 85_000);
        Assert.Contains("rows are needed", finding.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_at_all_is_blocked_and_says_why()
    {
        using KeyedScheme scheme = Scheme(2);

        Finding finding = Run(scheme, Sample.Empty(Schema()), Options);

        Assert.Equal(Outcome.Inconclusive, finding.Outcome);
        Assert.Null(finding.Panel);
        Assert.Contains(finding.Diagnostics, diagnostic => diagnostic is { Code: DiagnosticCodes.NothingScored, Severity: DiagnosticSeverity.Blocking });
        Assert.Equal(0, finding.LogE);
    }

    [Fact]
    public void A_control_that_shows_the_signal_spoils_the_finding()
    {
        using KeyedScheme scheme = Scheme(3);

        Finding finding = Run(scheme, Text(scheme, 20, 500, 0.4, 1), Options, Text(scheme, 20, 500, 0.35, 2));

        Assert.Equal(Outcome.Inconclusive, finding.Outcome);
        Assert.Contains(finding.Diagnostics, diagnostic => diagnostic is { Code: DiagnosticCodes.ControlShowsSignal, Severity: DiagnosticSeverity.Blocking });
    }

    [Fact]
    public void A_control_of_nothing_or_of_the_suspect_is_no_control()
    {
        using KeyedScheme scheme = Scheme(3);
        Sample suspect = Text(scheme, 20, 500, 0.4, 1);

        Finding nothing = Run(scheme, suspect, Options, Sample.Empty(Schema()));
        Finding little = Run(scheme, suspect, Options, Text(scheme, 1, 60, null, 9));
        Finding itself = Run(scheme, suspect, Options, suspect);

        Assert.Equal(0, nothing.AdequateControls);
        Assert.Contains(nothing.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.ControlMissing);
        Assert.Contains(little.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.ControlUnderpowered);
        Assert.Contains(itself.Diagnostics, diagnostic => diagnostic is { Code: DiagnosticCodes.ControlIsSuspect, Severity: DiagnosticSeverity.Blocking });
        Assert.Equal(Outcome.Inconclusive, itself.Outcome);
    }

    [Fact]
    public void Samples_collected_in_another_way_are_not_compared()
    {
        using KeyedScheme scheme = Scheme(3);
        Sample suspect = Text(scheme, 2, 100, null, 1);
        SampleSchema contexts = Schema() with { Selection = NGramSelection.Default with { Distinct = DistinctRule.Contexts } };

        ArgumentException exception = Assert.Throws<ArgumentException>(() => Run(scheme, suspect, Options, Text(scheme, 2, 100, null, 2, contexts)));

        Assert.Contains("the selection rule is distinct contexts", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Repeated_text_is_decided_by_random_keys_and_so_is_its_control()
    {
        using KeyedScheme scheme = Scheme(4);
        SampleSchema schema = Schema() with { Selection = NGramSelection.Default with { Distinct = DistinctRule.None } };
        Sample repeated = Text(scheme, 30, 400, null, 6, schema, vocabulary: 12);
        Sample other = Text(scheme, 30, 400, null, 7, schema, vocabulary: 12);

        Finding finding = Run(scheme, repeated, Options, other);
        Finding blind = Run(scheme, repeated, Options with { RandomKeys = 0 });

        Assert.Equal("random-keys", finding.NullName);
        Assert.Equal("random-keys", finding.Controls[0].NullName);
        Assert.False(finding.Panel!.Agrees);
        Assert.Null(finding.Effect.Interval);
        Assert.NotEqual(Outcome.Support, finding.Outcome);
        Assert.Contains(finding.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.RepeatsCounted);

        // 200 random keys cannot give a ratio above 201: power says so, and quotes no formula that does not decide.
        Assert.True(double.IsNaN(finding.Power.SmallestEffect));
        Assert.Null(finding.Power.RowsNeeded);
        Assert.Equal(Outcome.Inconclusive, blind.Outcome);
        Assert.Contains(blind.Diagnostics, diagnostic => diagnostic is { Code: DiagnosticCodes.NoValidNull, Severity: DiagnosticSeverity.Blocking });
    }

    [Fact]
    public void A_scheme_of_shared_coins_is_judged_by_its_exact_null()
    {
        var kgw = new KgwScheme { Seeding = "selfhash", VocabularySize = 1000 };
        using WatermarkSecret secret = kgw.DrawSecret(new SeededRandomBits(1));
        using KeyedScheme scheme = kgw.WithKey(secret);
        SampleSchema schema = Schema() with { ContextWidth = kgw.ContextWidth };
        Sample plain = Text(scheme, 40, 200, null, 1, schema, vocabulary: 60);

        Finding finding = Run(scheme, plain, Options with { RandomKeys = 60 });
        Finding published = Run(scheme, Text(scheme, 40, 200, null, 1, schema with { Selection = NGramSelection.Default with { Distinct = DistinctRule.NGrams } }, vocabulary: 60), Options with { RandomKeys = 60 });

        Assert.Equal("binomial", finding.NullName);
        Assert.True(finding.Panel!.Agrees);
        Assert.True(finding.Counts.Scored < finding.Counts.Rows);
        Assert.Equal("random-keys", published.NullName);
        Assert.False(published.Panel!.Agrees);
    }

    [Fact]
    public void What_speaks_against_key_and_sample_stands_in_the_finding()
    {
        using KeyedScheme scheme = Scheme(5);
        SampleSchema schema = Schema() with { Selection = NGramSelection.Default with { ExcludePromptContexts = false } };
        var test = new DistillationTest(
            scheme, KeyIdentity.Of(scheme, 2), Options, [Diagnostic.Warning(DiagnosticCodes.KeyWeak, "The key is known to all.")]);

        Finding finding = test.Run(new TitledSample("suspect", Text(scheme, 2, 100, null, 1, schema)));
        Finding waived = finding.Waive(DiagnosticCodes.PromptsScored, "--prompts-unmarked", "The prompts hold no marked text.");

        Assert.Equal("The key is known to all.", finding.Diagnostics.Single(diagnostic => diagnostic.Code == DiagnosticCodes.KeyWeak).Message);
        Assert.Contains(finding.Diagnostics, diagnostic => diagnostic is { Code: DiagnosticCodes.PromptsScored, Severity: DiagnosticSeverity.Blocking });
        Assert.DoesNotContain(finding.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.PromptsMissing);
        Assert.Contains(finding.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.ControlMissing);
        Assert.False(waived.IsBlocked);
        Assert.Equal(["--prompts-unmarked"], waived.Waivers);
    }

    [Fact]
    public void The_number_of_threads_leaves_no_trace()
    {
        using KeyedScheme scheme = Scheme(6);
        Sample sample = Text(scheme, 20, 300, 0.3, 1);

        Finding one = Run(scheme, sample, Options with { DegreeOfParallelism = 1 });
        Finding three = Run(scheme, sample, Options with { DegreeOfParallelism = 3 });

        Assert.Equal((one.LogP, one.LogE, one.Effect, one.Power), (three.LogP, three.LogE, three.Effect, three.Power));
        Assert.Equal(one.Panel! with { Histogram = null }, three.Panel! with { Histogram = null });
        Assert.Equal(one.Panel!.Histogram!.Counts, three.Panel!.Histogram!.Counts);
        Assert.Equal(one.Sentence, three.Sentence);
    }

    [Fact]
    public void The_interval_over_replies_lies_around_the_green_fraction_and_grows_where_replies_differ()
    {
        using KeyedScheme scheme = Scheme(9);
        var alike = new SampleBuilder(Schema());
        var different = new SampleBuilder(Schema());
        var few = new SampleBuilder(Schema());
        var random = new SeededRandomBits(3);
        for (int i = 0; i < 100; i++)
        {
            alike.AddDocument(MarkedText.Draw(scheme, 202, 0.30, random), hasPrompt: true);
            different.AddDocument(MarkedText.Draw(scheme, 202, i % 2 == 0 ? 0.10 : 0.50, random), hasPrompt: true);
            if (i < 29)
                few.AddDocument(MarkedText.Draw(scheme, 202, 0.30, random), hasPrompt: true);
        }

        EffectEstimate first = Run(scheme, alike.Build(), Options).Effect;
        EffectEstimate second = Run(scheme, different.Build(), Options).Effect;

        foreach (EffectEstimate effect in new[] { first, second })
        {
            Assert.True(effect.ReplyInterval!.Value.Low < effect.Estimate);
            Assert.True(effect.ReplyInterval.Value.High > effect.Estimate);
        }

        // Spread of replies 0.2/√100 = 0.02 against √(0.3·0.7/20,000) = 0.0032 of single tokens.
        Assert.InRange(second.ReplyInterval!.Value.High - second.ReplyInterval.Value.Low, 0.06, 0.10);
        Assert.InRange(first.ReplyInterval!.Value.High - first.ReplyInterval.Value.Low, 0.009, 0.018);
        Assert.Null(Run(scheme, few.Build(), Options).Effect.ReplyInterval);
    }

    [Fact]
    public void A_limited_sample_says_so_and_claims_one_look_only()
    {
        using KeyedScheme scheme = Scheme(7);

        Finding finding = Run(scheme, Text(scheme, 40, 500, 0.45, 1, Schema() with { RowLimit = 4000 }), Options);
        Finding whole = Run(scheme, Text(scheme, 4, 500, 0.45, 1), Options);

        Assert.Contains(finding.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.RowsSampled);
        Assert.Equal(4000, finding.Counts.Scored);
        Assert.Equal(4000, finding.Counts.Rows);
        Assert.InRange(finding.Counts.Others.Single(count => count.Name == "distinctRowsEstimate").Value, 18_000, 22_000);
        Assert.Equal(Outcome.Support, finding.Outcome);
        Assert.Contains(finding.Assumptions, assumption => assumption.Contains("this one look", StringComparison.Ordinal));
        Assert.Contains(whole.Assumptions, assumption => assumption.Contains("however often one looks", StringComparison.Ordinal));
    }

    [Fact]
    public void Gumbel_marks_are_judged_by_their_own_null()
    {
        var gumbel = new GumbelScheme { ContextWidth = 2 };
        using WatermarkSecret secret = gumbel.DrawSecret(new SeededRandomBits(8));
        using KeyedScheme scheme = gumbel.WithKey(secret);

        Finding finding = Run(scheme, Text(scheme, 90, 700, null, 1), Options);

        Assert.Equal("gamma", finding.NullName);
        Assert.Equal(Outcome.NoSupport, finding.Outcome);
        Assert.Null(finding.Effect.ReplyInterval);
        Assert.InRange(finding.Panel!.StandardDeviation / finding.Panel.TheoryStandardDeviation, 0.8, 1.2);
        Assert.Contains("mean score", finding.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_comparison_on_text_not_known_to_be_unmarked_supports_nothing()
    {
        using KeyedScheme scheme = Scheme(11);
        Sample text = Text(scheme, 20, 500, 0.6, 1);
        Finding Compare(TextOrigin origin)
        {
            var builder = new SampleBuilder(Schema() with { Kind = SampleKind.Comparison, Origin = origin });
            builder.AddRows(text.Rows, text.Tokens);
            Sample sample = builder.Build();
            return Run(scheme, sample.WithWeights([.. Enumerable.Range(0, sample.RowCount).Select(row => (sbyte)((row % 7) + 1))]), Options);
        }

        Finding unmarked = Compare(TextOrigin.Unmarked);
        Finding marked = Compare(TextOrigin.Marked);

        Assert.Equal("weighted-coins", unmarked.NullName);
        Assert.Equal(Outcome.Support, unmarked.Outcome);
        Assert.Equal("green-list/weighted-coins 2", unmarked.Statistic);
        Assert.Equal(unmarked.LogP, marked.LogP);
        Assert.True(marked.IsApproximate);
        Assert.Equal((Outcome.Inconclusive, "none"), (marked.Outcome, marked.Strength));
        Assert.Equal(Outcome.Inconclusive, Compare(TextOrigin.Unknown).Outcome);
    }

    [Fact]
    public void Tests_that_could_have_been_reported_raise_the_threshold()
    {
        using KeyedScheme scheme = Scheme(12);
        Sample sample = Text(scheme, 3, 400, 0.325, 1);
        Finding alone = Run(scheme, sample, Options);
        var many = new TestCount { Keys = 100, Suspects = 1000 };

        Finding among = Run(scheme, sample, Options with { Tests = many });

        Assert.Equal(alone.LogE, among.LogE);
        Assert.Equal(alone.LogThreshold + Math.Log(100_000), among.LogThreshold, 12);
        Assert.True(among.Power.SmallestEffect > alone.Power.SmallestEffect);
        Assert.Equal(Outcome.Support, alone.Outcome);
        Assert.Equal(Outcome.Inconclusive, among.Outcome);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        ArgumentOutOfRangeException exception = Assert.Throws<ArgumentOutOfRangeException>(() => (Options with { Power = 1 }).Validate());
        Assert.Equal("Power", exception.ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => (Options with { RandomKeys = -1 }).Validate());
        Assert.Throws<ArgumentException>(() => (Options with { Rule = new DecisionRule { SupportThreshold = 1 } }).Validate());
        Assert.Throws<ArgumentException>(() => (Options with { Rule = new DecisionRule { EffectOfInterest = double.NaN } }).Validate());
    }

    private static Finding Run(KeyedScheme scheme, Sample suspect, DistillationTestOptions options, params Sample[] controls) =>
        new DistillationTest(scheme, KeyIdentity.Of(scheme, 2), options)
            .Run(new TitledSample("suspect", suspect), [.. controls.Select((control, i) => new TitledSample($"control {i + 1}", control))]);

    private static KeyedScheme Scheme(ulong seed)
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(seed, 13));
        return new GreenListScheme().WithKey(key);
    }

    private static SampleSchema Schema() => new() { ContextWidth = 2 };

    private static Sample Text(
        KeyedScheme scheme, int documents, int tokens, double? greenFraction, ulong seed, SampleSchema? schema = null, int vocabulary = 50_000)
    {
        var builder = new SampleBuilder(schema ?? Schema());
        var random = new SeededRandomBits(seed, 5);
        for (int i = 0; i < documents; i++)
        {
            int[] ids = greenFraction is { } fraction
                ? MarkedText.Draw(scheme, tokens, fraction, random, vocabulary)
                : MarkedText.DrawPlain(tokens, random, vocabulary);
            builder.AddDocument(ids, hasPrompt: true);
        }

        return builder.Build();
    }
}
