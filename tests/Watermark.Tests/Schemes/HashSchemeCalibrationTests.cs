using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.SynthId;
using Watermark.Statistics;

namespace Watermark.Tests.Schemes;

/// <summary>
/// The nulls under random secrets: one unmarked text with repeating phrases, each n-gram once, thousands of keys. What
/// the hashes do to long texts is measured in weak-hashes.md.
/// </summary>
public sealed class HashSchemeCalibrationTests
{
    // At 1%: 20,000 keys leave 0.6% … 1.4% with probability below 1e-7 if the null is exact, 4,000 keys with 1%; the text is
    // short enough (300 tokens) that no hash is weak on it. Discrete totals may reject a little less.
    [Theory]
    [InlineData("""{"name":"synthid"}""", 20_000, 0.006, 0.014)]
    [InlineData("""{"name":"synthid-hf"}""", 20_000, 0.006, 0.014)]
    [InlineData("""{"name":"textseal","contextWidth":3}""", 20_000, 0.006, 0.014)]
    [InlineData("""{"name":"textseal","contextWidth":3,"mode":"green-list","gamma":"1/4"}""", 20_000, 0.005, 0.014)]
    [InlineData("""{"name":"vllm-gumbel"}""", 20_000, 0.006, 0.014)]
    [InlineData("""{"name":"vllm-dual-gumbel"}""", 4_000, 0.004, 0.016)]
    [InlineData("""{"name":"vllm-sbw","seeding":"lefthash-detector"}""", 20_000, 0.005, 0.015)]
    public void One_key_in_a_hundred_rejects_at_one_percent(string json, int keys, double least, double most) =>
        Check(SchemeJson.Scheme(json), tokens: 300, keys, least, most, widest: keys >= 20_000 ? 0.1 : 0.15);

    [Fact]
    public void One_key_in_a_hundred_rejects_a_weighted_tournament_at_one_percent() =>
        Check(new SynthIdScheme { Scoring = SynthIdScoring.WeightedMean, Depth = 4 }, tokens: 60, keys: 4_000, 0.004, 0.016, widest: 0.15);

    [Fact]
    public void VLlm_selfhash_shares_coins_between_n_grams_and_rejects_too_often()
    {
        // Its seed is the least of h products, so n-grams with the same token and the same winning context token are the
        // same coin: the binomial is too narrow. This pins the size of the defect that weak-hashes.md states.
        WatermarkScheme scheme = SchemeJson.Scheme("""{"name":"vllm-sbw"}""");
        (double rejected, double variance) = Measure(scheme, tokens: 300, keys: 4_000);
        Assert.InRange(rejected, 0.02, 0.08);
        Assert.InRange(variance, 1.3, 2.5);
    }

    private static void Check(WatermarkScheme scheme, int tokens, int keys, double least, double most, double widest)
    {
        (double rejected, double variance) = Measure(scheme, tokens, keys);
        Assert.InRange(rejected, least, most);
        Assert.InRange(variance, 1 - widest, 1 + widest);
    }

    /// <summary>The share of keys with p at most 1%, and the variance of z about 0.</summary>
    private static (double Rejected, double Variance) Measure(WatermarkScheme scheme, int tokens, int keys)
    {
        int[] data = MarkedText.DistinctRows(tokens, scheme.ContextWidth, seed: 81, out int count);
        var rows = new NGramRows(data, count, scheme.ContextWidth, count);
        var random = new SeededRandomBits(82);
        int rejections = 0;
        double squares = 0;
        for (int key = 0; key < keys; key++)
        {
            using WatermarkSecret secret = scheme.DrawSecret(random);
            using KeyedScheme keyed = scheme.WithKey(secret);
            ScoreTest test = keyed.Scheme.Null.Test(count, keyed.SumScores(rows));
            rejections += test.LogP <= Math.Log(0.01) ? 1 : 0;
            squares += test.Z * test.Z;
        }

        return (rejections / (double)keys, squares / keys);
    }
}
