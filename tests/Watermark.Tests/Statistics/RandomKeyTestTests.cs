using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Tests.Statistics;

public class RandomKeyTestTests
{
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
    public void A_histogram_covers_the_panel_and_a_true_key_nearby()
    {
        RandomKeyHistogram near = RandomKeyTest.Histogram(2, [-1, 0, 0.5, 1], 3);
        Assert.Equal((-1.0, 1.0), (near.Low, near.BinWidth));
        Assert.Equal([1, 2, 1], near.Counts);
        RandomKeyHistogram far = RandomKeyTest.Histogram(9, [-1, 0, 0.5, 1], 4);
        Assert.Equal((-1.0, 0.5), (far.Low, far.BinWidth));
        Assert.Equal([1, 0, 1, 2], far.Counts);
        Assert.Equal(-2, RandomKeyTest.Histogram(-2, [-1, 0, 0.5, 1], 4).Low);
        Assert.Equal([2, 0], RandomKeyTest.Histogram(7, [7, 7], 2).Counts);
        Assert.Throws<ArgumentException>(() => RandomKeyTest.Histogram(7, [], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => RandomKeyTest.Histogram(7, [7], 0));
    }

    [Fact]
    public void Every_total_falls_into_a_bin()
    {
        var random = new SeededRandomBits(6);
        for (int i = 0; i < 500; i++)
        {
            double[] totals = [.. Enumerable.Range(0, 1 + (i % 50)).Select(_ => (double)random.NextBelow(1UL << (1 + (i % 60))))];
            RandomKeyHistogram histogram = RandomKeyTest.Histogram(random.NextBelow(1UL << (1 + (i % 60))), totals, 1 + (i % 41));
            Assert.Equal(totals.Length, histogram.Counts.Sum());
            Assert.Equal(1 + (i % 41), histogram.Counts.Count);
        }
    }
}
