using Watermark.Randomness;
using Watermark.Scoring;
using Watermark.Statistics;

namespace Watermark.Tests.Scoring;

/// <summary>The probability of reaching a threshold is the inverse of the smallest effect that reaches it.</summary>
public sealed class PowerOfEffectTests
{
    private static readonly double Threshold = Math.Log(1000);

    public static TheoryData<string> Nulls => ["binomial", "layers", "gamma", "weighted", "random-keys"];

    [Theory]
    [MemberData(nameof(Nulls))]
    public void The_smallest_effect_has_exactly_the_stated_power(string name)
    {
        TotalNull total = Of(name);
        foreach (double power in new[] { 0.1, 0.5, 0.9, 0.999 })
        {
            double effect = total.SmallestEffect(Threshold, power);

            Assert.Equal(power, total.PowerOf(effect, Threshold), 1e-6);
            Assert.True(total.PowerOf(effect * 0.9, Threshold) < power);
            Assert.True(total.PowerOf(effect * 1.1, Threshold) > power);
        }
    }

    [Fact]
    public void A_threshold_that_no_total_reaches_has_no_power()
    {
        Assert.Equal(0, TotalNull.For(new BinomialNull(Fraction.Quarter), 0).PowerOf(0.1, Threshold));
        Assert.Equal(0, TotalNull.For(new BinomialNull(Fraction.Quarter), 4).PowerOf(0.7, Threshold));
        Assert.Equal(0, TotalNull.Weighted(Fraction.Quarter, [new WeightClass(2, 3)]).PowerOf(0.7, Threshold));
        Assert.Equal(0, Of("random-keys").PowerOf(10, Math.Log(5000)));
    }

    [Fact]
    public void The_power_of_a_count_is_the_share_of_texts_with_that_green_fraction()
    {
        // 4,000 texts of 2,000 tokens at 31 % green: the standard error is 0.8 points.
        TotalNull total = TotalNull.For(new BinomialNull(Fraction.Quarter), 2000);
        var random = new SeededRandomBits(71);
        int found = 0;
        for (int text = 0; text < 4000; text++)
        {
            int green = 0;
            for (int token = 0; token < 2000; token++)
                green += random.NextDouble() < 0.31 ? 1 : 0;
            found += total.Test(green).LogE >= Threshold ? 1 : 0;
        }

        Assert.Equal(total.PowerOf(0.06, Threshold), found / 4000.0, 0.035);
    }

    private static TotalNull Of(string name) => name switch
    {
        "binomial" => TotalNull.For(new BinomialNull(Fraction.Quarter), 20_000),
        "layers" => TotalNull.For(new BinomialNull(Fraction.Half, 30), 5000),
        "gamma" => TotalNull.For(new GammaNull(), 20_000),
        "weighted" => TotalNull.Weighted(Fraction.Quarter, [new WeightClass(1, 4000), new WeightClass(3, 2000), new WeightClass(-2, 1000)]),
        _ => TotalNull.RandomKeys(TotalNull.For(new BinomialNull(Fraction.Quarter), 20_000), [.. Scores(3999)]),
    };

    private static IEnumerable<double> Scores(int count)
    {
        var random = new SeededRandomBits(72);
        for (int i = 0; i < count; i++)
            yield return Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}
