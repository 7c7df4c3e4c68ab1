using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Scoring;
using Watermark.Tests.Schemes;
using Xunit.Abstractions;

namespace Watermark.Tests.Scoring;

/// <summary>
/// Clean models that edit a marked prompt, which is recorded, and clean models that repeat one template: counted by coin,
/// the theoretical null holds for every scheme. Counted by n-gram it does not (<c>coins.md</c> has both).
/// </summary>
public sealed class HostileSuspectTests(ITestOutputHelper output)
{
    private const int Vocabulary = 1000;
    private const int Prompts = 6;
    private const int PromptTokens = 150;
    private static readonly int Keys = int.Parse(Environment.GetEnvironmentVariable("WATERMARK_HOSTILE_KEYS") ?? "400", System.Globalization.CultureInfo.InvariantCulture);
    private static readonly float[][] LogProbabilities = Bigrams();

    [Theory]
    [InlineData("""{"name":"green-list","contextWidth":1}""")]
    [InlineData("""{"name":"kgw","seeding":"lefthash","vocabularySize":1000,"delta":3}""")]
    [InlineData("""{"name":"kgw","seeding":"selfhash","vocabularySize":1000,"delta":3}""")]
    [InlineData("""{"name":"kgw","seeding":"minhash","vocabularySize":1000,"delta":3}""")]
    [InlineData("""{"name":"kgw","seeding":"skipgram","vocabularySize":1000,"delta":3}""")]
    [InlineData("""{"name":"kgw","seeding":"ff-additive_prf-2-False","vocabularySize":1000,"delta":3}""")]
    [InlineData("""{"name":"kgw","seeding":"ff-minfunc_prf-3-False","vocabularySize":1000,"delta":3}""")]
    [InlineData("""{"name":"hf-kgw","seeding":"selfhash","contextWidth":3,"vocabularySize":1000,"delta":3}""")]
    [InlineData("""{"name":"markllm-kgw","contextWidth":2,"gamma":"1/4","vocabularySize":1000,"delta":3}""")]
    [InlineData("""{"name":"maryland","contextWidth":2,"vocabularySize":1000,"delta":3}""")]
    [InlineData("""{"name":"vllm-sbw","seeding":"selfhash","contextWidth":4,"gamma":"1/4","delta":3}""")]
    [InlineData("""{"name":"vllm-sbw","seeding":"lefthash","contextWidth":2,"gamma":"1/4","delta":3}""")]
    [InlineData("""{"name":"vllm-sbw","seeding":"lefthash-detector","contextWidth":2,"gamma":"1/4","delta":3}""")]
    public void A_clean_model_that_edits_or_repeats_is_not_accused(string json)
    {
        WatermarkScheme scheme = SchemeJson.Scheme(json);
        string[] edits = ["replaced", "swapped", "dropped", "half quoted", "templated"];
        var zByCoin = new double[edits.Length, Keys];
        var zByNGram = new double[edits.Length, Keys];
        var low = new int[edits.Length];
        Parallel.For(0, Keys, new ParallelOptions { MaxDegreeOfParallelism = 2 }, index =>
        {
            var random = new SeededRandomBits(7, (ulong)index);
            using WatermarkSecret secret = scheme.DrawSecret(random);
            using KeyedScheme keyed = scheme.WithKey(secret);
            int[][] prompts = [.. Enumerable.Range(0, Prompts).Select(_ => Write((ILogitWatermark)keyed, scheme.ContextWidth, PromptTokens, random))];
            for (int edit = 0; edit < edits.Length; edit++)
            {
                Sample byCoin = Collect(scheme, DistinctRule.Coins, prompts, edits[edit], new SeededRandomBits(11, (ulong)index));
                SampleScore score = Scorer.Score(byCoin, keyed);
                TotalTest test = score.TheoryNull(scheme).Test(score.Total);
                zByCoin[edit, index] = test.Z;
                if (test.LogP <= Math.Log(0.01))
                    Interlocked.Increment(ref low[edit]);
                SampleScore published = Scorer.Score(Collect(scheme, DistinctRule.NGrams, prompts, edits[edit], new SeededRandomBits(11, (ulong)index)), keyed);
                zByNGram[edit, index] = published.TheoryNull(scheme).Test(published.Total).Z;
            }
        });

        for (int edit = 0; edit < edits.Length; edit++)
        {
            (double mean, double deviation) = Moments(zByCoin, edit);
            (double publishedMean, double publishedDeviation) = Moments(zByNGram, edit);
            output.WriteLine(FormattableString.Invariant(
                $"{json} {edits[edit]}: by n-gram {publishedMean:F2} ± {publishedDeviation:F2}; by coin {mean:F2} ± {deviation:F2}, p <= 1% in {100.0 * low[edit] / Keys:F2}%"));
        }

        for (int edit = 0; edit < edits.Length; edit++)
        {
            (double mean, double deviation) = Moments(zByCoin, edit);

            // Where the prompt decided every coin of the reply nothing is left to score, and nothing is said.
            if (double.IsNaN(mean))
                continue;

            // Of 400 keys the mean has a standard error of 0.05 and the spread of 0.035; a share of 1% exceeds 3% (12 of 400)
            // with probability 3e-4. Four standard errors: one pinned run fails by chance once in 10,000.
            Assert.True(mean < 0.2, $"{edits[edit]}: mean z {mean}");
            Assert.InRange(deviation, 0.85, 1.14);
            Assert.True(low[edit] <= 0.03 * Keys, $"{edits[edit]}: p <= 1% in {low[edit]} of {Keys}");
        }
    }

    [Theory]
    [InlineData("""{"name":"green-list","contextWidth":0}""")]
    [InlineData("""{"name":"green-list","contextWidth":2}""")]
    [InlineData("""{"name":"green-list","contextWidth":4}""")]
    [InlineData("""{"name":"gumbel","contextWidth":2}""")]
    [InlineData("""{"name":"kgw","seeding":"ff-position_prf-3-False","vocabularySize":1000}""")]
    [InlineData("""{"name":"kgw","seeding":"ff-multiplicative_prf-2-False","vocabularySize":1000}""")]
    [InlineData("""{"name":"kgw","seeding":"ff-anchored_minhash_prf-3-False","vocabularySize":1000}""")]
    [InlineData("""{"name":"kgw","seeding":"ff-anchored_minhash_prf-3-True","vocabularySize":1000}""")]
    [InlineData("""{"name":"kgw","seeding":"ff-anchored_skipgram_prf-3-False","vocabularySize":1000}""")]
    [InlineData("""{"name":"kgw","seeding":"ff-minskipgram_prf-3-False","vocabularySize":1000}""")]
    [InlineData("""{"name":"kgw","seeding":"ff-simple_skip_prf-3-False","vocabularySize":1000}""")]
    [InlineData("""{"name":"kgw","seeding":"ff-noncomm_prf-3-False","vocabularySize":1000}""")]
    [InlineData("""{"name":"hf-kgw","seeding":"lefthash","vocabularySize":1000}""")]
    [InlineData("""{"name":"markllm-kgw","vocabularySize":1000}""")]
    [InlineData("""{"name":"maryland","contextWidth":1,"vocabularySize":1000}""")]
    [InlineData("""{"name":"gumbel-torch","contextWidth":2,"vocabularySize":1000}""")]
    [InlineData("""{"name":"synthid"}""")]
    [InlineData("""{"name":"synthid","scoring":"weighted-mean"}""")]
    [InlineData("""{"name":"synthid-hf"}""")]
    [InlineData("""{"name":"textseal","mode":"green-list"}""")]
    [InlineData("""{"name":"textseal","mode":"gumbel"}""")]
    [InlineData("""{"name":"vllm-gumbel"}""")]
    [InlineData("""{"name":"vllm-dual-gumbel"}""")]
    public void Templated_text_is_calibrated_under_every_scheme(string json)
    {
        WatermarkScheme scheme = SchemeJson.Scheme(json);
        Sample text = Collect(scheme, DistinctRule.Coins, [], "templated", new SeededRandomBits(11));
        TotalTest[] tests = [.. Scorer.ScoreRandomKeys(text, scheme, Keys, 5, 2).Select(score => score.TheoryNull(scheme).Test(score.Total))];

        double mean = tests.Average(test => test.Z);
        double deviation = Math.Sqrt(tests.Sum(test => (test.Z - mean) * (test.Z - mean)) / (tests.Length - 1));
        int low = tests.Count(test => test.LogP <= Math.Log(0.01));
        output.WriteLine(FormattableString.Invariant($"{json} by coin: {mean:F2} ± {deviation:F2}, p <= 1% in {100.0 * low / Keys:F2}%"));

        // As above: four standard errors of 400 keys.
        Assert.InRange(mean, -0.2, 0.2);
        Assert.InRange(deviation, 0.85, 1.15);
        Assert.True(low <= 0.03 * Keys, $"p <= 1% in {low} of {Keys}");
    }

    [Theory]
    [InlineData("""{"name":"kgw","seeding":"minhash","vocabularySize":1000}""")]
    [InlineData("""{"name":"vllm-sbw","seeding":"selfhash","contextWidth":4,"gamma":"1/4"}""")]
    [InlineData("""{"name":"vllm-sbw","seeding":"lefthash","contextWidth":2,"gamma":"1/4"}""")]
    public void Weighted_rows_that_share_coins_have_their_null_too(string json)
    {
        WatermarkScheme scheme = SchemeJson.Scheme(json);
        Sample text = Collect(scheme, DistinctRule.Coins, [], "templated", new SeededRandomBits(11));
        Sample weighted = text.WithWeights([.. Enumerable.Range(0, text.RowCount).Select(row => (sbyte)((row * 31 % 21) - 8))]);
        SampleScore[] scores = Scorer.ScoreRandomKeys(weighted, scheme, Keys, 5, 2);
        TotalTest[] tests = [.. scores.Select(score => score.TheoryNull(scheme).Test(score.Total))];

        double mean = tests.Average(test => test.Z);
        double deviation = Math.Sqrt(tests.Sum(test => (test.Z - mean) * (test.Z - mean)) / (tests.Length - 1));
        int low = tests.Count(test => test.LogP <= Math.Log(0.01));
        output.WriteLine(FormattableString.Invariant($"{json} weighted: {mean:F2} ± {deviation:F2}, p <= 1% in {100.0 * low / Keys:F2}%"));

        // As above: four standard errors of 400 keys.
        Assert.InRange(mean, -0.2, 0.2);
        Assert.InRange(deviation, 0.85, 1.15);
        Assert.True(low <= 0.03 * Keys, $"p <= 1% in {low} of {Keys}");
    }

    private static Sample Collect(WatermarkScheme scheme, DistinctRule rule, int[][] prompts, string edit, SeededRandomBits random)
    {
        var builder = new SampleBuilder(new SampleSchema
        {
            ContextWidth = scheme.ContextWidth,
            Selection = NGramSelection.Default with { Distinct = rule, Padding = scheme.Padding },
        });
        if (edit == "templated")
        {
            // Text of a clean model that knows nothing of the key: the first stream is the same for all keys.
            var texts = new SeededRandomBits(13);
            int[] template = Write(null, 0, 120, texts);
            for (int reply = 0; reply < 25; reply++)
            {
                int[] text = [.. template];
                for (int i = 0; i < 12; i++)
                    text[(int)texts.NextBelow((ulong)text.Length)] = (int)texts.NextBelow(Vocabulary);
                builder.AddDocument(text);
            }

            return builder.Build();
        }

        foreach (int[] prompt in prompts)
            builder.AddDocument(Edit(prompt, edit, random), [prompt]);
        return builder.Build();
    }

    private static int[] Edit(int[] prompt, string edit, SeededRandomBits random)
    {
        int[] text = [.. prompt];
        switch (edit)
        {
            case "replaced":
                for (int i = 0; i < text.Length; i += 3)
                    text[i] = (int)random.NextBelow(Vocabulary);
                return text;
            case "swapped":
                for (int i = 0; i + 1 < text.Length; i += 4)
                    (text[i], text[i + 1]) = (text[i + 1], text[i]);
                return text;
            case "dropped":
                return [.. text.Where((_, i) => i % 5 != 0)];
            default:
                return [.. Write(null, 0, 75, random), .. text[75..]];
        }
    }

    /// <summary>Writes from the bigram model, marked where there is a mark.</summary>
    private static int[] Write(ILogitWatermark? mark, int contextWidth, int length, SeededRandomBits random)
    {
        var text = new List<int>();
        var logits = new float[Vocabulary];
        for (int i = 0; i < length + contextWidth; i++)
        {
            LogProbabilities[i == 0 ? 0 : text[^1] % LogProbabilities.Length].CopyTo(logits, 0);
            if (mark is not null && i >= contextWidth)
                mark.BiasLogits([.. text.TakeLast(contextWidth)], logits);
            double sum = 0;
            for (int v = 0; v < logits.Length; v++)
                sum += logits[v] = MathF.Exp(logits[v]);
            double at = random.NextDouble() * sum;
            int token = 0;
            while (token < logits.Length - 1 && (at -= logits[token]) > 0)
                token++;
            text.Add(token);
        }

        return [.. text.Skip(contextWidth)];
    }

    /// <summary>Forty rows of Zipf's law over shuffled vocabularies.</summary>
    private static float[][] Bigrams()
    {
        var random = new SeededRandomBits(3);
        return [.. Enumerable.Range(0, 40).Select(_ =>
        {
            int[] order = [.. Enumerable.Range(0, Vocabulary)];
            for (int i = order.Length - 1; i > 0; i--)
            {
                int other = (int)random.NextBelow((ulong)i + 1);
                (order[i], order[other]) = (order[other], order[i]);
            }

            return Array.ConvertAll(order, rank => (float)(-1.05 * Math.Log(rank + 1)));
        })];
    }

    private static (double Mean, double Deviation) Moments(double[,] values, int row)
    {
        double[] known = [.. Enumerable.Range(0, Keys).Select(i => values[row, i]).Where(double.IsFinite)];
        if (known.Length < Keys / 2)
            return (double.NaN, double.NaN);
        double mean = known.Average();
        return (mean, Math.Sqrt(known.Sum(z => (z - mean) * (z - mean)) / (known.Length - 1)));
    }
}
