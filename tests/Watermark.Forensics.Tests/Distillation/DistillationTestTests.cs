using Watermark.Forensics.Distillation;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
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
        Corpus suspect = Text(scheme, documents: 60, tokens: 500, greenFraction: 0.32, seed: 1);
        Corpus innocent = Text(scheme, documents: 60, tokens: 500, greenFraction: null, seed: 2);

        DistillationVerdict guilty = new DistillationTest(scheme, Options).Run(suspect, innocent);
        DistillationVerdict cleared = new DistillationTest(scheme, Options).Run(innocent);

        Assert.Equal(VerdictOutcome.Support, guilty.Outcome);
        Assert.Equal("extremely strong", guilty.Strength);
        Assert.False(guilty.DecidedByRandomKeys);
        Assert.Equal(1, guilty.RandomKeys!.Rank);
        Assert.True(guilty.RandomKeys.AgreesWithTheory);
        Assert.Empty(guilty.Warnings);
        Assert.Equal(guilty.Suspect.Result.LogE, guilty.LogLikelihoodRatio);
        Assert.InRange(guilty.Suspect.Result.GreenFraction!.Value, 0.31, 0.33);
        Assert.InRange(guilty.Suspect.DocumentInterval!.Value.Low, 0.30, 0.32);
        Assert.Equal(VerdictOutcome.NoSupport, cleared.Outcome);
        Assert.True(cleared.SmallestDetectableEffect < 0.0217, $"{cleared.SmallestDetectableEffect}");
        Assert.Contains("would have been found", cleared.Sentence, StringComparison.Ordinal);
        Assert.Contains("not innocence", cleared.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_sentence_names_both_propositions_and_claims_no_certainty()
    {
        using KeyedScheme scheme = Scheme(1);
        var test = new DistillationTest(scheme, Options);
        Corpus strong = Text(scheme, 20, 500, 0.5, 1);
        DistillationVerdict[] verdicts =
        [
            test.Run(strong),
            test.Run(Text(scheme, 60, 500, null, 2)),
            test.Run(Text(scheme, 1, 100, null, 3)),
            test.Run(Text(scheme, 1, 120, 0.45, 4)),
            test.Run(strong, control: strong),
            test.Run(new Corpus(NGramTable.Empty(Schema()))),
        ];

        foreach (DistillationVerdict verdict in verdicts)
        {
            Assert.Contains("(H1)", verdict.Sentence, StringComparison.Ordinal);
            Assert.Contains("(H0)", verdict.Sentence, StringComparison.Ordinal);
            Assert.Contains(scheme.KeyId, verdict.Sentence, StringComparison.Ordinal);
            foreach (string forbidden in new[] { "certain", "proves", "proof", "match", "guilt", "theft", "stole", "probability that the suspect" })
                Assert.DoesNotContain(forbidden, verdict.Sentence, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void Too_little_text_is_inconclusive_and_says_how_much_is_needed()
    {
        using KeyedScheme scheme = Scheme(2);

        DistillationVerdict verdict = new DistillationTest(scheme, Options).Run(Text(scheme, 2, 300, null, 5));

        Assert.Equal(VerdictOutcome.Inconclusive, verdict.Outcome);
        Assert.InRange(verdict.TokensNeeded, 14_000, 16_000);
        Assert.Contains("scored tokens are needed", verdict.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_at_all_is_inconclusive()
    {
        using KeyedScheme scheme = Scheme(2);

        DistillationVerdict verdict = new DistillationTest(scheme, Options).Run(new Corpus(NGramTable.Empty(Schema())));

        Assert.Equal(VerdictOutcome.Inconclusive, verdict.Outcome);
        Assert.Null(verdict.RandomKeys);
        Assert.True(double.IsNaN(verdict.SmallestDetectableEffect));
        Assert.Equal(0, verdict.LogLikelihoodRatio);
    }

    [Fact]
    public void A_control_that_shows_the_signal_spoils_the_verdict()
    {
        using KeyedScheme scheme = Scheme(3);
        Corpus suspect = Text(scheme, 20, 500, 0.4, 1);

        DistillationVerdict verdict = new DistillationTest(scheme, Options).Run(suspect, Text(scheme, 20, 500, 0.35, 2));

        Assert.Equal(VerdictOutcome.Inconclusive, verdict.Outcome);
        Assert.Contains("control shows the signal too", verdict.Sentence, StringComparison.Ordinal);
        Assert.Contains(verdict.Warnings, warning => warning.StartsWith("The control shows the signal too", StringComparison.Ordinal));
    }

    [Fact]
    public void Repeated_text_is_decided_by_random_keys()
    {
        using KeyedScheme scheme = Scheme(4);
        NGramTableSchema schema = Schema() with { Selection = NGramSelection.Default with { Distinct = DistinctRule.None } };
        Corpus repeated = Text(scheme, 30, 400, null, 6, schema, vocabulary: 12);

        DistillationVerdict verdict = new DistillationTest(scheme, Options).Run(repeated);
        DistillationVerdict blind = new DistillationTest(scheme, Options with { RandomKeys = 0 }).Run(repeated);

        Assert.True(verdict.DecidedByRandomKeys);
        Assert.Equal(verdict.RandomKeys!.LogE, verdict.LogLikelihoodRatio);
        Assert.False(verdict.RandomKeys.AgreesWithTheory);
        Assert.NotEqual(VerdictOutcome.Support, verdict.Outcome);
        Assert.Contains(verdict.Warnings, warning => warning.StartsWith("Repetitions were counted", StringComparison.Ordinal));
        Assert.Equal(VerdictOutcome.Inconclusive, blind.Outcome);
        Assert.Contains("without random keys", blind.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_weak_key_and_prompts_left_in_are_warned_of()
    {
        using KeyedScheme scheme = Scheme(5);
        NGramTableSchema schema = Schema() with { Selection = NGramSelection.Default with { ExcludePromptContexts = false } };

        DistillationVerdict verdict = new DistillationTest(scheme, Options).Run(Text(scheme, 2, 100, null, 1, schema), keyWeakness: "The key is known to all.");

        Assert.Equal(3, verdict.Warnings.Count);
        Assert.Equal("The key is known to all.", verdict.Warnings[0]);
        Assert.Contains(verdict.Warnings, warning => warning.StartsWith("Contexts of the prompts were not left out", StringComparison.Ordinal));
        Assert.Contains(verdict.Warnings, warning => warning.StartsWith("No control corpus", StringComparison.Ordinal));
    }

    [Fact]
    public void The_number_of_threads_leaves_no_trace()
    {
        using KeyedScheme scheme = Scheme(6);
        Corpus corpus = Text(scheme, 20, 300, 0.3, 1);

        DistillationVerdict one = new DistillationTest(scheme, Options with { DegreeOfParallelism = 1 }).Run(corpus);
        DistillationVerdict three = new DistillationTest(scheme, Options with { DegreeOfParallelism = 3 }).Run(corpus);

        Assert.Equal(one.Suspect, three.Suspect);
        Assert.Equal(one.RandomKeys! with { Histogram = null! }, three.RandomKeys! with { Histogram = null! });
        Assert.Equal(one.RandomKeys.Histogram.Counts, three.RandomKeys.Histogram.Counts);
        Assert.Equal(one.Sentence, three.Sentence);
    }

    [Fact]
    public void The_interval_over_replies_lies_around_the_green_fraction_and_grows_where_replies_differ()
    {
        using KeyedScheme scheme = Scheme(9);
        var alike = new NGramTableBuilder(Schema(), trackDocuments: true);
        var different = new NGramTableBuilder(Schema(), trackDocuments: true);
        var random = new SeededRandomBits(3);
        for (int i = 0; i < 100; i++)
        {
            alike.AddDocument(MarkedText.Draw(scheme, 202, 0.30, random));
            different.AddDocument(MarkedText.Draw(scheme, 202, i % 2 == 0 ? 0.10 : 0.50, random));
        }

        (NGramTable alikeTable, ulong[] alikeOwners) = alike.BuildWithDocuments();
        (NGramTable differentTable, ulong[] differentOwners) = different.BuildWithDocuments();
        CorpusFinding first = new DistillationTest(scheme, Options).Run(new Corpus(alikeTable, alikeOwners)).Suspect;
        CorpusFinding second = new DistillationTest(scheme, Options).Run(new Corpus(differentTable, differentOwners)).Suspect;

        foreach (CorpusFinding finding in new[] { first, second })
        {
            Assert.True(finding.DocumentInterval!.Value.Low < finding.Result.GreenFraction);
            Assert.True(finding.DocumentInterval.Value.High > finding.Result.GreenFraction);
        }

        // Spread of replies 0.2/√100 = 0.02 against √(0.3·0.7/20,000) = 0.0032 of single tokens.
        double width = second.DocumentInterval!.Value.High - second.DocumentInterval.Value.Low;
        Assert.InRange(width, 0.06, 0.10);
        Assert.InRange(first.DocumentInterval!.Value.High - first.DocumentInterval.Value.Low, 0.009, 0.018);
    }

    [Fact]
    public void A_sample_says_that_it_is_one()
    {
        using KeyedScheme scheme = Scheme(7);
        Corpus corpus = Text(scheme, 40, 500, 0.45, 1, Schema() with { RowLimit = 4000 });

        DistillationVerdict verdict = new DistillationTest(scheme, Options).Run(corpus);

        Assert.True(verdict.Suspect.IsSample);
        Assert.Equal(4000, verdict.Suspect.Result.Scored);
        Assert.InRange(verdict.Suspect.DistinctRows, 18_000, 22_000);
        Assert.Equal(VerdictOutcome.Support, verdict.Outcome);
    }

    [Fact]
    public void Gumbel_marks_are_judged_by_their_own_null()
    {
        var gumbel = new GumbelScheme { ContextWidth = 2 };
        using WatermarkSecret secret = gumbel.DrawSecret(new SeededRandomBits(8));
        using KeyedScheme scheme = gumbel.WithKey(secret);
        Corpus plain = Text(scheme, 60, 500, null, 1);

        DistillationVerdict verdict = new DistillationTest(scheme, Options).Run(plain);

        Assert.Equal(VerdictOutcome.NoSupport, verdict.Outcome);
        Assert.Null(verdict.Suspect.Result.Green);
        Assert.Null(verdict.Suspect.DocumentInterval);
        Assert.InRange(verdict.RandomKeys!.StandardDeviation / verdict.RandomKeys.ExpectedStandardDeviation, 0.8, 1.2);
        Assert.Contains("mean score", verdict.Sentence, StringComparison.Ordinal);
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

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        ArgumentOutOfRangeException exception = Assert.Throws<ArgumentOutOfRangeException>(() => (Options with { Alpha = 1 }).Validate());
        Assert.Equal("Alpha", exception.ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => (Options with { RandomKeys = -1 }).Validate());
        Assert.Throws<ArgumentOutOfRangeException>(() => (Options with { SupportThreshold = 1 }).Validate());
        Assert.Throws<ArgumentOutOfRangeException>(() => (Options with { EffectOfInterest = double.NaN }).Validate());
    }

    private static KeyedScheme Scheme(ulong seed)
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(seed, 13));
        return new GreenListScheme().WithKey(key);
    }

    private static NGramTableSchema Schema() => new() { ContextWidth = 2 };

    private static Corpus Text(
        KeyedScheme scheme, int documents, int tokens, double? greenFraction, ulong seed, NGramTableSchema? schema = null, int vocabulary = 50_000)
    {
        var builder = new NGramTableBuilder(schema ?? Schema(), trackDocuments: true);
        var random = new SeededRandomBits(seed, 5);
        for (int i = 0; i < documents; i++)
        {
            int[] ids = greenFraction is { } fraction
                ? MarkedText.Draw(scheme, tokens, fraction, random, vocabulary)
                : MarkedText.DrawPlain(tokens, random, vocabulary);
            builder.AddDocument(ids);
        }

        (NGramTable table, ulong[] owners) = builder.BuildWithDocuments();
        return new Corpus(table, owners);
    }
}
