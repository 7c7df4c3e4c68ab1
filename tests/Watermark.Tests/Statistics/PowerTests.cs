using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Tests.Statistics;

public class PowerTests
{
    private static readonly double LogAlpha = Math.Log(1e-6);

    /// <summary>
    /// The published numbers have the power and lie on the saw between its first tooth that has it and its last one that
    /// has not; the smallest n is up to 0.7% below them.
    /// </summary>
    [Theory]
    [InlineData(0.255, 274_982)]
    [InlineData(0.26, 69_098)]
    [InlineData(0.27, 17_485)]
    [InlineData(0.30, 2_887)]
    [InlineData(0.35, 753)]
    public void The_published_table_is_met(double greenFraction, long published)
    {
        long needed = BinomialPower.TokensNeeded(Fraction.Quarter, greenFraction, LogAlpha, 0.9)!.Value;
        Assert.InRange(needed, published * 0.993, published);
        Assert.True(PowerAt(published, Fraction.Quarter, greenFraction, LogAlpha) >= 0.9);
    }

    [Theory]
    [InlineData(1, 4, 0.35, 1e-6, 0.9)]
    [InlineData(1, 4, 0.30, 1e-3, 0.8)]
    [InlineData(1, 2, 0.6, 1e-4, 0.5)]
    [InlineData(1, 10, 0.13, 0.01, 0.99)]
    [InlineData(1, 4, 1, 1e-6, 0.9)]
    [InlineData(9, 10, 0.99, 1e-6, 0.9)]
    [InlineData(99, 100, 1, 1e-3, 0.9)]
    [InlineData(1, 2, 0.9, 0.4, 0.3)]
    public void Tokens_needed_are_the_first_that_suffice_by_trying_all(int a, int b, double greenFraction, double alpha, double power)
    {
        var gamma = new Fraction(a, b);
        long first = 1;
        while (PowerAt(first, gamma, greenFraction, Math.Log(alpha)) < power)
            first++;
        Assert.Equal(first, BinomialPower.TokensNeeded(gamma, greenFraction, Math.Log(alpha), power));
    }

    [Fact]
    public void The_detectable_fraction_has_exactly_the_power()
    {
        foreach (long n in new[] { 50L, 753, 20_000, 1_000_000_000_000 })
        {
            double fraction = BinomialPower.DetectableEffect(n, Fraction.Quarter, LogAlpha, 0.9)!.Value;
            Accuracy.Within(0.9, PowerAt(n, Fraction.Quarter, fraction, LogAlpha), 1e-9, 0, $"{n}");
        }

        // (1/4)^9 is above 10^-6 and (1/4)^10 below.
        Assert.Null(BinomialPower.DetectableEffect(9, Fraction.Quarter, LogAlpha, 0.9));
        Assert.Equal(Math.Pow(0.9, 0.1), BinomialPower.DetectableEffect(10, Fraction.Quarter, LogAlpha, 0.9)!.Value, 12);
        Assert.Null(BinomialPower.DetectableEffect(0, Fraction.Quarter, LogAlpha, 0.9));
    }

    [Fact]
    public void What_no_text_can_show_has_no_number()
    {
        Assert.Null(BinomialPower.TokensNeeded(Fraction.Quarter, 0.25, LogAlpha, 0.9));
        Assert.Null(BinomialPower.TokensNeeded(Fraction.Quarter, 0.1, LogAlpha, 0.9));
        Assert.Null(BinomialPower.TokensNeeded(Fraction.Quarter, 0.2500001, LogAlpha, 0.9));
        long most = BinomialPower.TokensNeeded(Fraction.Quarter, 0.250005, LogAlpha, 0.9)!.Value;
        Assert.InRange(most, 2.72e11, 2.74e11);
        Assert.Null(GammaPower.TokensNeeded(1, LogAlpha, 0.9));
        Assert.Null(GammaPower.TokensNeeded(1.000001, LogAlpha, 0.9));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialPower.TokensNeeded(Fraction.Quarter, 1.1, LogAlpha, 0.9));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialPower.TokensNeeded(Fraction.Quarter, 0.3, 0, 0.9));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialPower.DetectableEffect(10, Fraction.Quarter, LogAlpha, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => GammaPower.DetectableEffect(0, LogAlpha, 0.9));
    }

    [Fact]
    public void Gumbel_power_is_exact_in_both_directions()
    {
        foreach ((double mean, double low, double high) in new[] { (1.05, 14_000.0, 16_000.0), (1.5, 170, 240), (3, 15, 35) })
        {
            long n = GammaPower.TokensNeeded(mean, LogAlpha, 0.9)!.Value;
            // (z_α·1 + z_β·m)²/(m − 1)² for orientation, and the exact condition on both sides of the answer.
            Assert.InRange(n, low, high);
            Assert.True(PowerOfGumbel(n, mean) >= 0.9 - 1e-9);
            Assert.True(PowerOfGumbel(n - 1, mean) < 0.9);
        }

        // One score: e^(−s/m) = 0.9 at s = 6·ln 10.
        Assert.Equal(6 * Math.Log(10) / -Math.Log(0.9), GammaPower.DetectableEffect(1, LogAlpha, 0.9), 9);
    }

    [Theory]
    [InlineData(0.30, 2_590)]
    [InlineData(0.35, 630)]
    public void The_grid_of_effects_needs_less_than_the_published_median_of_the_uniform_prior(double greenFraction, double published)
    {
        // First n at which E ≥ 10^6, 4,000 suspects, a look at every token. The median's standard error is 1.25·0.35/√4000 =
        // 0.7% of itself; at 0.35 the prior does not matter (1% less), at 0.30 it saves 6%.
        var scoreNull = new BinomialNull(Fraction.Quarter);
        var boundary = new List<int> { int.MaxValue };
        int count = 0;
        double goal = Math.Log(1e6);
        for (int n = 1; n < 12 * published; n++)
        {
            while (count < n && scoreNull.LogE(n, count) < goal)
                count++;
            boundary.Add(scoreNull.LogE(n, count) < goal ? int.MaxValue : count);
        }

        var random = new SeededRandomBits(7);
        int[] needed = new int[4000];
        for (int i = 0; i < needed.Length; i++)
        {
            int green = 0;
            int n = 0;
            while (green < boundary[n])
            {
                green += random.NextDouble() < greenFraction ? 1 : 0;
                n++;
            }

            needed[i] = n;
        }

        Array.Sort(needed);
        Assert.InRange(needed[2000], published * 0.9, published * 1.02);
        Assert.InRange(needed[3600] / (double)needed[2000], 1.35, 1.65);
    }

    private static double PowerAt(long n, Fraction gamma, double greenFraction, double logAlpha)
    {
        long critical = BinomialPower.CriticalCount(n, gamma, logAlpha);
        return critical > n ? 0 : Math.Exp(BinomialTail.LogUpperTail(n, critical, greenFraction));
    }

    private static double PowerOfGumbel(long n, double mean) =>
        Math.Exp(GammaTail.LogUpperTail(n, GammaTail.UpperQuantile(n, LogAlpha) / mean));
}
