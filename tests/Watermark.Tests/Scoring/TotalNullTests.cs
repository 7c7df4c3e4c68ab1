using Watermark.Scoring;
using Watermark.Statistics;

namespace Watermark.Tests.Scoring;

public sealed class TotalNullTests
{
    private static readonly double Threshold = Math.Log(1000);

    [Fact]
    public void Every_kind_states_its_mean_and_spread_in_points()
    {
        const long Unit = 1L << 32;
        foreach ((TotalNull total, string name, double mean, double deviation) in new[]
        {
            (TotalNull.For(new BinomialNull(Fraction.Quarter), 400), "binomial", 100, Math.Sqrt(75)),
            (TotalNull.For(new BinomialNull(Fraction.Half, 30), 100), "binomial", 1500, Math.Sqrt(750)),
            (TotalNull.For(new GammaNull(), 400), "gamma", 400, 20),
            (TotalNull.For(new DualGammaNull(Fraction.Quarter), 100), "dual-gamma", 100, 10 * Math.Sqrt(0.625)),
            (TotalNull.For(new WeightedBernoulliNull([3, 1], Fraction.Half), 100), "weighted-bits", 50, Math.Sqrt(100 * 0.25 * 10 / 16)),
            (TotalNull.Weighted(Fraction.Quarter, [new(-2, 10), new(3, 20), new(0, 7)]), "weighted-coins", 10, Math.Sqrt(0.1875 * 220)),
        })
        {
            Assert.Equal(name, total.Name);
            Assert.Equal(mean, total.Mean, 1e-9);
            Assert.Equal(deviation, total.StandardDeviation, 1e-9);
            Assert.Equal(0, total.Standardise((Int128)(mean * total.UnitsPerPoint)), 1e-9);
            Assert.Equal(name != "weighted-coins", total.IsAnytime);
            Assert.Equal(name == "weighted-coins" ? "spread-grid 1" : "log-grid 1", total.Prior);
        }

        Assert.Equal(Unit, TotalNull.For(new GammaNull(), 1).UnitsPerPoint);
        Assert.Equal("Binomial(n, 1/4), n = 14,898", TotalNull.For(new BinomialNull(Fraction.Quarter), 14_898).Description);
    }

    [Fact]
    public void Nothing_scored_says_nothing()
    {
        foreach (TotalNull total in new[]
        {
            TotalNull.For(new BinomialNull(Fraction.Quarter), 0),
            TotalNull.For(new GammaNull(), 0),
            TotalNull.Weighted(Fraction.Quarter, []),
            TotalNull.RandomKeys(new GammaNull(), new KeyTotal(0, 0), [new KeyTotal(0, 0)]),
        })
        {
            TotalTest test = total.Test(0);
            Assert.Equal((0, 0), (test.LogP, test.LogE));
            Assert.True(double.IsNaN(test.Z) && double.IsNaN(total.Effect(0).Estimate) && double.IsNaN(total.SmallestEffect(Threshold, 0.9)));
            Assert.Equal(0, total.LogEAgainstEffect(0, 0.1));
        }
    }

    [Fact]
    public void Only_green_counts_have_an_exact_interval()
    {
        Effect green = TotalNull.For(new BinomialNull(Fraction.Quarter), 1000).Effect(300);
        Assert.Equal(ClopperPearson.Interval(1000, 300), green.Interval);
        Assert.Equal((0.3, 0.25), (green.Estimate, green.Null));
        Assert.Null(TotalNull.For(new GammaNull(), 10).Effect(10L << 32).Interval);
        Assert.Null(TotalNull.Weighted(Fraction.Quarter, [new(1, 10)]).Effect(3).Interval);
        Assert.Null(TotalNull.RandomKeys(new BinomialNull(Fraction.Quarter), new KeyTotal(10, 3), [new KeyTotal(10, 2)]).Effect(3).Interval);
    }
}
