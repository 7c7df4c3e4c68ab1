using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Tests.Statistics;

public class RandomKeyTestTests
{
    [Fact]
    public void Ties_count_against_the_owner()
    {
        RandomKeyResult result = RandomKeyTest.Evaluate(10, [1, 10, 12, 9]);
        Assert.Equal(3, result.Rank);
        Assert.Equal(Math.Log(3.0 / 5), result.LogPValue, 13);
        Assert.Equal(8, result.Mean);
        Assert.Equal(Math.Sqrt((49 + 4 + 16 + 1) / 3.0), result.StandardDeviation, 12);
        Assert.Equal(1, RandomKeyTest.Evaluate(13, [1, 10, 12, 9]).Rank);
        Assert.True(double.IsNaN(RandomKeyTest.Evaluate(13, [1]).StandardDeviation));
        Assert.Throws<ArgumentException>(() => RandomKeyTest.Evaluate(13, []));
    }

    [Fact]
    public void Spread_is_exact_on_totals_far_above_a_double()
    {
        Int128 large = (Int128)1 << 80;
        RandomKeyResult result = RandomKeyTest.Evaluate(large, [large - 3, large, large + 3]);
        Assert.Equal(3, result.StandardDeviation, 12);
        Assert.Equal(Math.ScaleB(1, 80), result.Mean);
    }

    [Fact]
    public void The_e_value_has_mean_one_over_exchangeable_keys()
    {
        // Each of the B + 1 keys in turn as the true one: the e-values average to exactly 1.
        double[] logs = [0.3, -2, 700, 710, -5000, double.NegativeInfinity];
        double sum = 0;
        for (int i = 0; i < logs.Length; i++)
        {
            double[] others = [.. logs.Where((_, index) => index != i)];
            sum += Math.Exp(RandomKeyTest.LogEValue(logs[i], others));
        }

        Assert.Equal(1, sum / logs.Length, 12);
        Assert.Equal(Math.Log(3), RandomKeyTest.LogEValue(1e6, [0, -3]));
        Assert.Equal(0, RandomKeyTest.LogEValue(double.NegativeInfinity, [double.NegativeInfinity]));
        Assert.Throws<ArgumentException>(() => RandomKeyTest.LogEValue(double.NaN, [0]));
    }

    [Fact]
    public void P_values_are_uniform_over_exchangeable_keys()
    {
        // 20,000 tests with B = 19: P(p ≤ 0.05) is 1/20 exactly; 5 standard errors are 0.0077, a false alarm in 2 million.
        var random = new SeededRandomBits(5);
        int rejections = 0;
        var totals = new Int128[19];
        for (int i = 0; i < 20_000; i++)
        {
            for (int b = 0; b < totals.Length; b++)
                totals[b] = random.NextUInt64();
            if (RandomKeyTest.Evaluate(random.NextUInt64(), totals).Rank == 1)
                rejections++;
        }

        Assert.InRange(rejections / 20_000.0, 0.05 - 0.0077, 0.05 + 0.0077);
    }

    [Fact]
    public void A_histogram_covers_the_panel_and_a_true_key_nearby()
    {
        RandomKeyHistogram near = RandomKeyTest.Histogram(15, [0, 4, 5, 9], 4);
        Assert.Equal((0.0, 4.0), (near.Low, near.BinWidth));
        Assert.Equal([1, 2, 1, 0], near.Counts);
        RandomKeyHistogram far = RandomKeyTest.Histogram(1900, [0, 4, 5, 9], 4);
        Assert.Equal((0.0, 3.0), (far.Low, far.BinWidth));
        Assert.Equal([1, 2, 0, 1], far.Counts);
        RandomKeyHistogram below = RandomKeyTest.Histogram(-2, [0, 4, 5, 9], 4);
        Assert.Equal(-2, below.Low);
        Assert.Equal(4, below.Counts.Sum());
        RandomKeyHistogram single = RandomKeyTest.Histogram(7, [7, 7], 3);
        Assert.Equal([2, 0, 0], single.Counts);
        Assert.Throws<ArgumentOutOfRangeException>(() => RandomKeyTest.Histogram(7, [7], 0));
    }

    [Fact]
    public void Every_total_falls_into_a_bin()
    {
        var random = new SeededRandomBits(6);
        for (int i = 0; i < 500; i++)
        {
            Int128[] totals = [.. Enumerable.Range(0, 1 + (i % 50)).Select(_ => (Int128)random.NextBelow(1UL << (1 + (i % 60))))];
            RandomKeyHistogram histogram = RandomKeyTest.Histogram(random.NextBelow(1UL << (1 + (i % 60))), totals, 1 + (i % 41));
            Assert.Equal(totals.Length, histogram.Counts.Sum());
            Assert.Equal(1 + (i % 41), histogram.Counts.Count);
        }
    }
}
