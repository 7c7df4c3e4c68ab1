using FsCheck.Xunit;
using Watermark.Scoring;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Statistics;
using Watermark.TestKit;

namespace Watermark.Tests.Scoring;

public sealed class WatermarkDetectorTests
{
    [Fact]
    public void Marked_text_is_found_and_plain_text_is_not()
    {
        using KeyedScheme scheme = Scheme(1);
        var detector = new WatermarkDetector(scheme);

        DetectionResult marked = detector.Detect(MarkedText.Draw(scheme, 600, 0.5, new SeededRandomBits(1)));
        DetectionResult plain = detector.Detect(MarkedText.DrawPlain(600, new SeededRandomBits(2)));

        Assert.Equal(598, marked.Scored);
        Assert.True(marked.LogP < -60, $"ln p = {marked.LogP}");
        Assert.True(marked.LogE > 50, $"ln e = {marked.LogE}");
        Assert.InRange(marked.GreenFraction!.Value, 0.4, 0.6);

        // An unrelated text falls below 1e-5 once in 100,000 keys.
        Assert.True(plain.LogP > Math.Log(1e-5), $"ln p = {plain.LogP}");
    }

    [Fact]
    public void A_text_too_short_to_score_is_a_result_and_no_fault()
    {
        using KeyedScheme scheme = Scheme(1);

        DetectionResult result = new WatermarkDetector(scheme).Detect([1, 2]);

        Assert.Equal(2, result.Tokens);
        Assert.Equal(0, result.Scored);
        Assert.Equal(0, result.LogP);
        Assert.Equal(0, result.LogE);
        Assert.True(double.IsNaN(result.Z));
        Assert.Null(result.GreenFractionInterval);
    }

    [Property(MaxTest = 50)]
    public void A_document_scores_as_a_table_of_it_does(ulong seed, bool contexts, bool padded)
    {
        using KeyedScheme scheme = Scheme(seed);
        var selection = new NGramSelection
        {
            Distinct = contexts ? DistinctRule.Contexts : DistinctRule.NGrams,
            Scope = DistinctScope.Document,
            Padding = padded ? -1 : null,
        };
        foreach (NGrams.Corpora.Document document in NGrams.Corpora.Draw(seed, 4))
        {
            var builder = new SampleBuilder(new SampleSchema { ContextWidth = 2, Selection = selection });
            builder.AddDocument(document.Tokens, document.Prompts);

            KeyTotal alone = new WatermarkDetector(scheme, selection).Score(document.Tokens, document.Prompts);

            SampleScore sample = Scorer.Score(builder.Build(), scheme);
            Assert.Equal(new KeyTotal(sample.Rows, sample.Total), alone);
        }
    }

    [Property(MaxTest = 50)]
    public void Scores_stand_at_their_tokens(ulong seed, bool padded)
    {
        using KeyedScheme scheme = Scheme(seed);
        int[] ids = MarkedText.DrawPlain(30, new SeededRandomBits(seed), 6);
        var detector = new WatermarkDetector(scheme, NGramSelection.Default with { Padding = padded ? 9 : null });
        var positions = new long?[ids.Length];

        DetectionResult result = detector.Detect(ids, null, positions);

        Assert.Equal(result.Scored, positions.Count(score => score is not null));
        Assert.Equal(result.Green, positions.Sum(score => score ?? 0));
        int[] text = padded ? [9, 9, .. ids] : ids;
        for (int i = 0; i < ids.Length; i++)
        {
            int at = padded ? i + 2 : i;
            if (positions[i] is { } score)
                Assert.Equal(scheme.Score(text.AsSpan(at - 2, 2), text[at]), score);
        }
    }

    [Fact]
    public void Threads_may_share_a_detector()
    {
        using KeyedScheme scheme = Scheme(3);
        var detector = new WatermarkDetector(scheme);
        NGrams.Corpora.Document[] documents = NGrams.Corpora.Draw(5, 400);
        KeyTotal[] alone = [.. documents.Select(document => new WatermarkDetector(scheme).Score(document.Tokens, document.Prompts))];
        var shared = new KeyTotal[documents.Length];

        Parallel.For(0, documents.Length, i => shared[i] = detector.Score(documents[i].Tokens, documents[i].Prompts));

        Assert.Equal(alone, shared);
    }

    [Fact]
    public void Room_for_another_number_of_scores_is_refused()
    {
        using KeyedScheme scheme = Scheme(3);

        Assert.Throws<ArgumentException>(() => new WatermarkDetector(scheme).Detect([1, 2, 3], null, new long?[2]));
    }

    [Fact]
    public void The_planned_number_of_tokens_finds_the_planned_effect_as_often_as_promised()
    {
        // Green fraction 0.30 at gamma 1/4: the plan says how many tokens reach p = 1e-6 with probability 0.9.
        const int Runs = 1500;
        double alpha = Math.Log(1e-6);
        int tokens = (int)BinomialPower.TokensNeeded(Fraction.Quarter, 0.30, alpha, 0.9)!.Value;
        Assert.InRange(tokens, 2_850, 2_950);
        int found = 0;
        Parallel.For(0, Runs, run =>
        {
            using KeyedScheme scheme = Scheme((ulong)run + 1000);
            var detector = new WatermarkDetector(scheme);
            DetectionResult result = detector.Detect(MarkedText.Draw(scheme, tokens + 2, 0.30, new SeededRandomBits((ulong)run)));
            if (result.LogP <= alpha)
                Interlocked.Increment(ref found);
        });

        // Binomial(1500, 0.9) has standard deviation 11.6; beyond ±5 of them once in 2 million.
        Assert.InRange(found, (0.9 * Runs) - 58, (0.9 * Runs) + 58);
    }

    [Fact]
    public void A_model_that_copies_marked_prompts_is_not_accused()
    {
        // 5% of each reply are runs of ten tokens copied from a prompt whose text is 60% green.
        const int Keys = 1000;
        int cleared = 0;
        int accusedWithoutRule = 0;
        Parallel.For(0, Keys, index =>
        {
            using KeyedScheme scheme = Scheme((ulong)index + 50_000);
            var random = new SeededRandomBits((ulong)index, 3);
            var schema = new SampleSchema { ContextWidth = 2 };
            var builder = new SampleBuilder(schema);
            var careless = new SampleBuilder(schema with { Selection = NGramSelection.Default with { ExcludePromptContexts = false } });
            for (int reply = 0; reply < 10; reply++)
            {
                int[] prompt = MarkedText.Draw(scheme, 60, 0.6, random);
                int[] text = MarkedText.DrawPlain(600, random);
                for (int run = 0; run < 3; run++)
                    prompt.AsSpan((int)random.NextBelow(50), 10).CopyTo(text.AsSpan((200 * run) + 50));
                builder.AddDocument(text, [prompt]);
                careless.AddDocument(text, [prompt]);
            }

            if (LogP(scheme, builder.Build()) >= Math.Log(0.01))
                Interlocked.Increment(ref cleared);
            if (LogP(scheme, careless.Build()) < Math.Log(0.01))
                Interlocked.Increment(ref accusedWithoutRule);
        });

        // 990 expected; below 980 with probability 0.002 over the choice of keys, which the seeds fix.
        Assert.InRange(cleared, 980, Keys);
        Assert.True(accusedWithoutRule > 300, $"Without the rule only {accusedWithoutRule} of {Keys} would be accused: the test has no teeth.");
    }

    private static double LogP(KeyedScheme scheme, Sample sample)
    {
        SampleScore score = Scorer.Score(sample, scheme);
        return score.TheoryNull(scheme.Scheme).Test(score.Total).LogP;
    }

    private static KeyedScheme Scheme(ulong seed)
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(seed, 11));
        return new GreenListScheme().WithKey(key);
    }
}
