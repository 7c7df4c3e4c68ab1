using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FsCheck.Xunit;
using Watermark.Statistics;
using Watermark.TestKit;

namespace Watermark.Tests.Statistics;

public sealed class BetaEValueTests
{
    [Fact]
    public void All_published_check_values_are_met()
    {
        JsonElement rows = Golden.Load("numbers").GetProperty("mixture_e_value");
        Assert.Equal(10, rows.GetArrayLength());
        foreach (JsonElement row in rows.EnumerateArray())
        {
            double[] shape = [.. Regex.Matches(row.GetProperty("prior").GetString()!.Split(')')[0], "[0-9.]+").Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture))];
            double actual = BetaEValue.LogE(row.GetProperty("n").GetInt64(), row.GetProperty("k").GetInt64(), row.Gamma(), shape[0], shape[1]);
            Accuracy.Within(row.Number("lnE"), actual, 1e-9, 0, row.ToString());
        }
    }

    [Property(MaxTest = 300)]
    public void The_uniform_prior_is_the_closed_form(uint trials, uint successes, ushort numerator)
    {
        // P(Bin(n+1, gamma) ≤ k)/((1 − gamma)(n + 1)·b(k; n, gamma)).
        long n = 1 + (trials % 1_000_000);
        long k = successes % (n + 1);
        var gamma = new Fraction(1 + (numerator % 999), 1000);
        double below = BinomialTail.LogUpperTail(n + 1, n + 1 - k, gamma.Complement());
        double expected = below - Math.Log(gamma.Complement().ToDouble() * (n + 1)) - BinomialTail.LogProbability(n, k, gamma);
        Accuracy.Within(expected, BetaEValue.LogE(n, k, gamma), 1e-9, 1e-13, $"{n} {k} {gamma}");
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0.5, 0.5)]
    [InlineData(10, 20)]
    public void The_expectation_under_the_null_is_one_at_every_length(double a, double b)
    {
        for (int n = 1; n <= 60; n++)
        {
            double mean = 0;
            for (int k = 0; k <= n; k++)
                mean += Math.Exp(BinomialTail.LogProbability(n, k, Fraction.Quarter) + BetaEValue.LogE(n, k, Fraction.Quarter, a, b));
            Assert.Equal(1, mean, 1e-10);
        }
    }

    [Theory]
    [InlineData(1000, 300, 0.25034, 0.35302)]
    [InlineData(100_000, 30_000, 0.29401, 0.30604)]
    public void Published_confidence_sequences_are_met(long n, long k, double low, double high)
    {
        ConfidenceInterval interval = BetaEValue.ConfidenceSequence(n, k);

        Assert.Equal(low, interval.Low, 5e-6);
        Assert.Equal(high, interval.High, 5e-6);
    }

    [Fact]
    public void The_lower_bound_is_the_published_one_and_where_the_e_value_is_20()
    {
        double bound = BetaEValue.LowerBound(1000, 300);

        Assert.Equal(0.25145, bound, 5e-6);
        Assert.Equal(Math.Log(20), BetaEValue.LogE(1000, 300, new Fraction((long)Math.Round(bound * 1e12), 1_000_000_000_000)), 1e-6);
    }

    [Fact]
    public void All_and_none_have_ends()
    {
        Assert.Equal(0, BetaEValue.ConfidenceSequence(50, 0).Low);
        Assert.Equal(1, BetaEValue.ConfidenceSequence(50, 50).High);
        Assert.Equal(new ConfidenceInterval(0, 1), BetaEValue.ConfidenceSequence(0, 0));
        Assert.Equal(0, BetaEValue.LowerBound(50, 0));
        Assert.Equal(0, BetaEValue.LogE(0, 0, Fraction.Quarter));
        // 51·θ^50 = 0.05, and n·ln 4 + ln of the mean of θ^50 over (1/4, 1].
        Assert.Equal(Math.Pow(0.05 / 51, 1.0 / 50), BetaEValue.ConfidenceSequence(50, 50).Low, 1e-12);
        Assert.Equal((50 * Math.Log(4)) - Math.Log(51 * 0.75), BetaEValue.LogE(50, 50, Fraction.Quarter), 1e-12);
    }

    [Fact]
    public void The_anytime_p_value_is_one_over_the_largest_e_value()
    {
        Assert.Equal(-3.373030723817558, BetaEValue.AnytimeLogP(BetaEValue.LogE(1000, 300, Fraction.Quarter)), 1e-9);
        Assert.Equal(0, BetaEValue.AnytimeLogP(-2));
        Assert.Equal(0, BetaEValue.AnytimeLogP(double.NaN));
    }

    [Property(MaxTest = 300)]
    public void No_possible_count_gives_an_infinity_or_nan(ulong trials, ulong successes, uint numerator, uint denominator)
    {
        long n = 1 + (long)(trials % 1_000_000_000_000UL);
        long k = (long)(successes % (ulong)(n + 1));
        long b = 2L + denominator;
        double value = BetaEValue.LogE(n, k, new Fraction(1 + (numerator % (b - 1)), b));
        Assert.True(double.IsFinite(value), string.Create(CultureInfo.InvariantCulture, $"{value}"));
    }

    [Fact]
    public void Impossible_arguments_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BetaEValue.LogE(5, 6, Fraction.Half));
        Assert.Throws<ArgumentOutOfRangeException>(() => BetaEValue.LogE(5, 1, new Fraction(1, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => BetaEValue.LogE(5, 1, Fraction.Half, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => BetaEValue.LogE(5, 1, Fraction.Half, 1, double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => BetaEValue.ConfidenceSequence(5, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => BetaEValue.LowerBound(5, 1, 0));
    }
}
