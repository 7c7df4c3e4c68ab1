using System.Text.Json;
using FsCheck.Xunit;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.TestKit;

namespace Watermark.Tests.Schemes.Native;

public sealed class GumbelTests
{
    private static readonly JsonElement Vectors = Golden.Load("native-prf");

    [Fact]
    public void Scores_of_golden_lanes_are_minus_the_logarithm_of_one_minus_the_uniform()
    {
        using WatermarkKey key = WatermarkKey.FromBytes(Convert.FromHexString(Vectors.GetProperty("secret").GetString()!));
        JsonElement item = Vectors.GetProperty("cases").EnumerateArray().Single(item => item.GetProperty("info").GetString()!.Contains("gumbel", StringComparison.Ordinal));
        int[] context = item.GetProperty("context").Ints();
        using KeyedScheme scheme = new GumbelScheme { ContextWidth = context.Length }.WithKey(key);
        foreach (JsonElement row in item.GetProperty("rows").EnumerateArray())
        {
            double uniform = (row.GetProperty("lane").GetUInt32() + 0.5) / 4294967296.0;
            double expected = -Math.Log(1 - uniform) * 4294967296.0;
            Assert.InRange(scheme.Score(context, row.GetProperty("token").GetInt32()), expected - 0.6, expected + 0.6);
        }
    }

    [Property(MaxTest = 100)]
    public bool Rows_sums_and_paths_agree(ulong seed)
    {
        var random = new SeededRandomBits(seed);
        using WatermarkKey key = WatermarkKey.Draw(random);
        int width = (int)random.NextBelow(9);
        int count = (int)random.NextBelow(2_000);
        var data = new int[(width + 1) * count];
        for (int i = 0; i < data.Length; i++)
            data[i] = (int)random.NextBelow(200_000);
        var rows = new NGramRows(data, count, width, count);
        var expected = new long[count];
        using (KeyedGumbel keyed = new GumbelScheme { ContextWidth = width }.WithKey(key, AesPath.Platform))
            keyed.ScoreRows(rows, expected);
        bool equal = true;
        foreach (AesPath path in AesPaths.Supported)
        {
            using KeyedGumbel keyed = new GumbelScheme { ContextWidth = width }.WithKey(key, path);
            var scores = new long[count];
            keyed.ScoreRows(rows, scores);
            equal &= scores.AsSpan().SequenceEqual(expected) && keyed.SumScores(rows) == expected.Sum();
        }

        return equal;
    }

    [Property(MaxTest = 200)]
    public bool The_choice_is_the_published_argmax_in_any_order(ulong seed)
    {
        var random = new SeededRandomBits(seed);
        using WatermarkKey key = WatermarkKey.Draw(random);
        using KeyedGumbel keyed = new GumbelScheme { ContextWidth = 1 }.WithKey(key, AesPaths.Best);
        int count = 1 + (int)random.NextBelow(2_000);
        int[] candidates = [.. Enumerable.Range(0, count).Select(i => 3 * i)];
        float[] probabilities = [.. candidates.Select(_ => random.NextBelow(4) == 0 ? 0f : (float)random.NextDouble() / count)];
        probabilities[count / 2] = 0.5f;
        int chosen = candidates[keyed.ChooseCandidate([9], candidates, probabilities, 0)];

        // The definition, by the library's logarithm: −ln U from the score −ln(1 − U).
        int best = -1;
        double most = double.NegativeInfinity;
        for (int i = 0; i < count; i++)
        {
            double uniform = 1 - Math.Exp(-keyed.Score([9], candidates[i]) / 4294967296.0);
            double value = Math.Log(uniform) / probabilities[i];
            if (probabilities[i] > 0 && value > most)
                (best, most) = (candidates[i], value);
        }

        int[] reversed = [.. candidates.Reverse()];
        float[] reversedProbabilities = [.. probabilities.Reverse()];
        return chosen == best && chosen == reversed[keyed.ChooseCandidate([9], reversed, reversedProbabilities, 0.7)];
    }

    [Fact]
    public void A_token_of_probability_zero_is_never_chosen()
    {
        for (ulong seed = 0; seed < 300; seed++)
        {
            using var key = WatermarkKey.Draw(new SeededRandomBits(seed));
            using KeyedGumbel keyed = new GumbelScheme { ContextWidth = 0 }.WithKey(key, AesPaths.Best);
            Assert.Equal(1, keyed.ChooseCandidate([], [5, 6, 7], [0f, 1e-30f, 0f], 0));
        }
    }

    [Fact]
    public void Nothing_to_choose_from_is_refused()
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(1));
        using KeyedGumbel keyed = new GumbelScheme { ContextWidth = 0 }.WithKey(key, AesPaths.Best);
        Assert.Throws<ArgumentException>(() => keyed.ChooseCandidate([], [5, 6], [0f, 0f], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => keyed.ChooseCandidate([], [], [], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => keyed.ChooseCandidate([], [1], [], 0));
    }

    // Chi-square with 5 degrees of freedom; the bound 35.9 is passed with probability 10^-6 under the claim.
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(5)]
    public void Over_random_keys_the_choice_has_the_models_distribution(int width)
    {
        const int Keys = 20_000;
        float[] probabilities = [0.4f, 0.25f, 0.2f, 0.1f, 0.04f, 0.01f];
        int[] candidates = [17, 3, 90_000, 4, 5, 128_255];
        var counts = new int[probabilities.Length];
        var random = new SeededRandomBits(seed: 77, stream: (ulong)width);
        int[] context = [.. Enumerable.Range(40, width)];
        for (int i = 0; i < Keys; i++)
        {
            using WatermarkKey key = WatermarkKey.Draw(random);
            using KeyedScheme keyed = new GumbelScheme { ContextWidth = width }.WithKey(key);
            counts[((ISamplingWatermark)keyed).ChooseCandidate(context, candidates, probabilities, 0)]++;
        }

        Assert.InRange(ChiSquare.Of(counts, [.. probabilities.Select(p => (double)p)]), 0, 35.9);
    }
}
