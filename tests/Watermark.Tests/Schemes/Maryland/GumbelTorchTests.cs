using System.Text.Json;
using Watermark.Scoring;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Maryland;
using Watermark.TestKit;

namespace Watermark.Tests.Schemes.Maryland;

public sealed class GumbelTorchTests
{
    private const double Unit = 1.0 / (1L << 32);

    [Fact]
    public void Every_golden_text_of_radioactive_watermark_has_its_scores()
    {
        int cases = 0;
        foreach (JsonElement item in Golden.Load("gumbel-torch").GetProperty("cases").EnumerateArray())
        {
            Assert.Equal("v2", item.GetProperty("scoring").GetString());
            Assert.Equal((int)MarylandSeed.Salt, item.GetProperty("salt_key").GetInt32());
            using KeyedScheme keyed = Key(item.GetProperty("ngram").GetInt32(), item.GetProperty("vocab").GetInt32(), item.GetProperty("seed").GetInt64());
            NGramSelection selection = keyed.Scheme.PublishedSelection;
            Assert.Equal(item.GetProperty("first_scored_position").GetInt32(), selection.FirstPosition);
            int[] tokens = item.GetProperty("tokens").Ints();
            var positions = new long?[tokens.Length];
            DetectionResult result = new WatermarkDetector(keyed, selection).Detect(tokens, positions: positions);

            Assert.Equal(item.GetProperty("scored_mask").Ints(), positions[selection.FirstPosition..].Select(score => score is null ? 0 : 1));
            double[] expected = [.. item.GetProperty("scores").EnumerateArray().Select(score => score.GetDouble())];
            double[] scores = [.. positions.Where(score => score is not null).Select(score => score!.Value * Unit)];
            Assert.Equal(expected.Length, scores.Length);
            // The published scores are float32 logarithms.
            for (int i = 0; i < scores.Length; i++)
                Assert.Equal(expected[i], scores[i], 1e-6 * Math.Max(1, expected[i]));
            Assert.Equal(item.GetProperty("sum").GetDouble(), result.Score, 1e-5);
            Assert.Equal(item.GetProperty("p_value").GetDouble(), Math.Exp(result.LogP), 1e-6);
            cases++;
        }

        Assert.Equal(6, cases);
    }

    [Fact]
    public void Scores_are_the_logarithm_rounded_down_and_never_above_it()
    {
        // Every numerator near the ends, and a stride through all 2^24.
        for (uint k = 0; k < 1 << 24; k += k < 3000 || k > (1 << 24) - 3000 ? 1u : 1009u)
        {
            double exact = -Math.Log(((1 << 24) - k) / (double)(1 << 24)) / Unit;
            long score = TorchUniformScores.OfComplement(k | 0xAB000000);
            Assert.InRange(score, (long)Math.Floor(exact - 1e-3) - 1, (long)Math.Floor(exact + 1e-3));
            if (k > 0)
                Assert.Equal(-Math.Log(k / (double)(1 << 24)), TorchUniformScores.Of(k) * Math.Pow(2, -58), 1e-13);
        }

        Assert.Equal(0, TorchUniformScores.OfComplement(0));
        Assert.Equal(-1, TorchUniformScores.Of(0));
    }

    [Fact]
    public void The_token_of_the_greatest_power_is_chosen_as_published()
    {
        var random = new SeededRandomBits(9);
        using KeyedScheme keyed = Key(2, 1000, 12345);
        var watermark = (ISamplingWatermark)keyed;
        for (int round = 0; round < 200; round++)
        {
            int[] context = [(int)random.NextBelow(1000), (int)random.NextBelow(1000)];
            int[] candidates = [.. Enumerable.Range(0, 1000).OrderBy(_ => random.NextUInt64()).Take(50)];
            float[] probabilities = [.. candidates.Select(_ => (float)random.NextDouble())];
            float total = probabilities.Sum();
            for (int i = 0; i < 50; i++)
                probabilities[i] /= total;

            // rand(V) from the published seed, r^(1/p), and the argmax.
            using var generator = new MersenneTwister(MarylandSeed.Of(context, 12345));
            var numerators = new uint[1000];
            TorchRandom.Uniforms(generator, numerators);
            double[] powers = [.. candidates.Select((token, i) => Math.Pow(numerators[token] / (double)(1 << 24), 1 / (double)probabilities[i]))];
            Assert.Equal(Array.IndexOf(powers, powers.Max()), watermark.ChooseCandidate(context, candidates, probabilities, 0));
        }
    }

    [Fact]
    public void Ids_outside_the_vocabulary_score_nothing_and_are_no_candidates()
    {
        using KeyedScheme keyed = Key(1, 1000, 5);
        Assert.Equal(0, keyed.Score([3], 1000));
        Assert.Equal(0, keyed.Score([3], -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ((ISamplingWatermark)keyed).ChooseCandidate([3], [1000], [1f], 0));
        Assert.Throws<ArgumentException>(() => ((ISamplingWatermark)keyed).ChooseCandidate([3, 4], [1], [1f], 0));
    }

    private static KeyedScheme Key(int contextWidth, int vocabularySize, long seed)
    {
        var scheme = new GumbelTorchScheme { ContextWidth = contextWidth, VocabularySize = vocabularySize };
        using IntegerSecret secret = IntegerSecret.Create(scheme.SecretShape, [seed]);
        return scheme.WithKey(secret);
    }
}
