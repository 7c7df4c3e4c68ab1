using Watermark.Detection;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Statistics;

namespace Watermark.Tests.Detection;

public sealed class WeightedScoringTests
{
    [Fact]
    public void Equal_weights_give_the_binomial_p_value()
    {
        NGramTable table = RandomTable(3000, 1);
        using KeyedScheme scheme = Scheme(1);
        DetectionEvidence evidence = TableScoring.Score(scheme, table);
        double expected = scheme.Scheme.Null.Test(evidence.Scored, evidence.Total).LogP;
        foreach (sbyte weight in new sbyte[] { 1, 7 })
        {
            WeightedResult result = WeightedScoring.Test(scheme, Weights(table, _ => weight));
            Assert.Equal(evidence.Scored, result.Rows);
            Assert.Equal(weight * (long)evidence.Total, result.Total);
            Assert.Equal(expected, result.Tail.LogP, 9);
        }
    }

    [Fact]
    public void The_total_is_the_weighted_sum_of_single_scores_and_weight_zero_leaves_rows_out()
    {
        NGramTable table = RandomTable(40_000, 2);
        using KeyedScheme scheme = Scheme(2);
        RowWeights weights = Weights(table, row => (sbyte)((row * 7 % 5) - 2));
        long green = 0;
        var counts = new long[5];
        for (int row = 0; row < table.RowCount; row++)
        {
            int weight = (row * 7 % 5) - 2;
            counts[weight + 2]++;
            green += weight * scheme.Score([table.Rows.Column(0)[row]], table.Rows.Tokens[row]);
        }

        WeightedResult result = WeightedScoring.Test(scheme, weights);
        Assert.Equal(table.RowCount - counts[2], result.Rows);
        Assert.Equal(0.25 * ((2 * counts[4]) + counts[3] - counts[1] - (2 * counts[0])), result.Mean);
        Assert.Equal(Math.Sqrt(0.1875 * ((4 * counts[4]) + counts[3] + counts[1] + (4 * counts[0]))), result.StandardDeviation, 10);
        Assert.Equal((green - result.Mean) / result.StandardDeviation, result.Z, 12);
        Assert.Equal(green, result.Total);
        WeightClass[] classes = [.. new[] { -2, -1, 1, 2 }.Select(weight => new WeightClass(weight, counts[weight + 2]))];
        Assert.Equal(WeightedBernoulliTail.LogUpperTail(classes, green, Fraction.Quarter), result.Tail);
    }

    [Fact]
    public void P_values_under_random_keys_are_uniform()
    {
        // 400 keys, ten bins: chi-square with 9 degrees of freedom exceeds 33.7 with probability 1e-4; the seed is fixed.
        NGramTable table = RandomTable(2000, 3);
        RowWeights weights = Weights(table, row => (sbyte)(row % 17 - 8));
        var bins = new int[10];
        for (ulong key = 0; key < 400; key++)
        {
            using KeyedScheme scheme = Scheme(100 + key);
            bins[Math.Min(9, (int)(10 * Math.Exp(WeightedScoring.Test(scheme, weights).Tail.LogP)))]++;
        }

        Assert.True(bins.Sum(count => (count - 40.0) * (count - 40.0) / 40) < 33.7, string.Join(' ', bins));
    }

    [Fact]
    public void Numbers_are_rounded_to_steps_of_the_one_furthest_from_zero()
    {
        NGramTable table = RandomTable(6, 4);
        double[] numbers = [4, 0.19, 0.21, -3, 2, 3.9];
        Assert.Equal([10, 0, 1, -8, 5, 10], RowWeights.Quantize(table, numbers, 10).Values.ToArray());
        Assert.Equal(new sbyte[6], RowWeights.Quantize(table, new double[6], 10).Values.ToArray());
        Assert.Throws<ArgumentException>(() => RowWeights.Quantize(table, [1, 2, 3, 4, 5, double.NaN], 10));
        Assert.Throws<ArgumentException>(() => RowWeights.Create(table, new sbyte[5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => RowWeights.Quantize(table, numbers, 128));
    }

    [Fact]
    public void Other_scores_widths_and_tables_with_multiplicity_are_refused()
    {
        NGramTable table = RandomTable(6, 5);
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(1));
        using KeyedScheme gumbel = new GumbelScheme { ContextWidth = 1 }.WithKey(key);
        using KeyedScheme wide = new GreenListScheme { ContextWidth = 2 }.WithKey(key);
        RowWeights weights = Weights(table, _ => 1);
        Assert.Throws<ArgumentException>(() => WeightedScoring.Test(gumbel, weights));
        Assert.Throws<ArgumentException>(() => WeightedScoring.Test(wide, weights));
        var builder = new NGramTableBuilder(new NGramTableSchema { ContextWidth = 1, Selection = new NGramSelection { Distinct = DistinctRule.None } });
        builder.AddDocument([1, 2, 1, 2]);
        NGramTable repeated = builder.Build();
        Assert.Throws<ArgumentException>(() => RowWeights.Create(repeated, new sbyte[repeated.RowCount]));
    }

    private static RowWeights Weights(NGramTable table, Func<int, sbyte> weight) =>
        RowWeights.Create(table, [.. Enumerable.Range(0, table.RowCount).Select(weight)]);

    private static NGramTable RandomTable(int rows, ulong seed)
    {
        var random = new SeededRandomBits(seed);
        var builder = new NGramTableBuilder(new NGramTableSchema { ContextWidth = 1 });
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
