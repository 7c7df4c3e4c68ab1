using Watermark.Scoring;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Kgw;
using Watermark.Schemes.Native;
using Watermark.Statistics;

namespace Watermark.Tests.Scoring;

public sealed class WeightedSampleTests
{
    [Fact]
    public void Equal_weights_give_the_binomial_p_value()
    {
        Sample table = RandomTable(3000, 1);
        using KeyedScheme scheme = Scheme(1);
        SampleScore plain = Scorer.Score(table, scheme);
        double expected = plain.TheoryNull(scheme.Scheme).Test(plain.Total).LogP;
        foreach (sbyte weight in new sbyte[] { 1, 7 })
        {
            SampleScore score = Scorer.Score(Weighted(table, _ => weight), scheme);
            Assert.Equal(plain.Rows, score.Rows);
            Assert.Equal(weight * plain.Total, score.Total);
            Assert.Equal(expected, score.TheoryNull(scheme.Scheme).Test(score.Total).LogP, 9);
        }
    }

    [Fact]
    public void The_total_is_the_weighted_sum_of_single_scores_and_weight_zero_leaves_rows_out()
    {
        Sample table = RandomTable(40_000, 2);
        using KeyedScheme scheme = Scheme(2);
        long green = 0;
        var counts = new long[5];
        for (int row = 0; row < table.RowCount; row++)
        {
            int weight = (row * 7 % 5) - 2;
            counts[weight + 2]++;
            green += weight * scheme.Score([table.Rows.Column(0)[row]], table.Rows.Tokens[row]);
        }

        SampleScore score = Scorer.Score(Weighted(table, row => (sbyte)((row * 7 % 5) - 2)), scheme, threads: 2);
        TotalNull theory = score.TheoryNull(scheme.Scheme);

        Assert.Equal(table.RowCount - counts[2], score.Rows);
        Assert.Equal(0.25 * ((2 * counts[4]) + counts[3] - counts[1] - (2 * counts[0])), theory.Mean);
        Assert.Equal(Math.Sqrt(0.1875 * ((4 * counts[4]) + counts[3] + counts[1] + (4 * counts[0]))), theory.StandardDeviation, 10);
        Assert.Equal(green, score.Total);
        WeightClass[] classes = [.. new[] { -2, -1, 1, 2 }.Select(weight => new WeightClass(weight, counts[weight + 2]))];
        Assert.Equal(classes, score.Weights);
    }

    [Fact]
    public void Rows_of_one_coin_add_their_weights()
    {
        var kgw = new KgwScheme { Seeding = "ff-additive_prf-2-False", VocabularySize = 50 };
        using WatermarkSecret secret = kgw.DrawSecret(new SeededRandomBits(4));
        using KeyedScheme scheme = kgw.WithKey(secret);
        var builder = new SampleBuilder(new SampleSchema { ContextWidth = 2 });
        builder.AddDocument([3, 7, 11]);
        builder.AddDocument([7, 3, 11]);
        builder.AddDocument([5, 5, 12]);
        Sample sample = builder.Build().WithWeights([5, -3, 4]);

        // 3 7|11 and 7 3|11 share a sum and so a coin, whose weight is 5 + 4; 5 5|12 has the same seed and another token.
        SampleScore score = Scorer.Score(sample, scheme);

        Assert.Equal([new WeightClass(-3, 1), new WeightClass(9, 1)], score.Weights);
        Assert.Equal((9 * scheme.Score([3, 7], 11)) - (3 * scheme.Score([5, 5], 12)), (long)score.Total);
        Assert.Equal(1, score.RepeatedRows);
    }

    [Fact]
    public void P_values_under_random_keys_are_uniform()
    {
        // 400 keys, ten bins: chi-square with 9 degrees of freedom exceeds 33.7 with probability 1e-4; the seed is fixed.
        Sample table = Weighted(RandomTable(2000, 3), row => (sbyte)((row % 17) - 8));
        var bins = new int[10];
        foreach (SampleScore score in Scorer.ScoreRandomKeys(table, new GreenListScheme { ContextWidth = 1 }, 400, 100, 2))
            bins[Math.Min(9, (int)(10 * Math.Exp(score.TheoryNull(new GreenListScheme()).Test(score.Total).LogP)))]++;

        Assert.True(bins.Sum(count => (count - 40.0) * (count - 40.0) / 40) < 33.7, string.Join(' ', bins));
    }

    [Fact]
    public void Other_scores_and_widths_are_refused()
    {
        Sample table = Weighted(RandomTable(6, 5), _ => 1);
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(1));
        using KeyedScheme gumbel = new GumbelScheme { ContextWidth = 1 }.WithKey(key);
        using KeyedScheme wide = new GreenListScheme { ContextWidth = 2 }.WithKey(key);
        Assert.Throws<ArgumentException>(() => Scorer.Score(table, gumbel));
        Assert.Throws<ArgumentException>(() => Scorer.Score(table, wide));
    }

    private static Sample Weighted(Sample table, Func<int, sbyte> weight) =>
        table.WithWeights([.. Enumerable.Range(0, table.RowCount).Select(weight)]);

    private static Sample RandomTable(int rows, ulong seed)
    {
        var random = new SeededRandomBits(seed);
        var builder = new SampleBuilder(new SampleSchema { ContextWidth = 1 });
        var ids = new int[rows + 1];
        for (int i = 0; i < ids.Length; i++)
            ids[i] = (int)random.NextBelow(1_000_000);
        builder.AddDocument(ids);
        return builder.Build();
    }

    private static KeyedScheme Scheme(ulong seed)
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(seed));
        return new GreenListScheme { ContextWidth = 1 }.WithKey(key);
    }
}
