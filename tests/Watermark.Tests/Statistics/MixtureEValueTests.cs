using System.Text.Json;
using System.Text.RegularExpressions;
using FsCheck.Xunit;
using Watermark.Statistics;
using Watermark.TestKit;

namespace Watermark.Tests.Statistics;

public class MixtureEValueTests
{
    [Fact]
    public void All_published_e_values_are_met()
    {
        JsonElement rows = Golden.Load("numbers").GetProperty("mixture_e_value");
        Assert.Equal(10, rows.GetArrayLength());
        foreach (JsonElement row in rows.EnumerateArray())
        {
            string[] prior = Regex.Match(row.GetProperty("prior").GetString()!, @"Beta\((.*?)\)").Groups[1].Value.Split(',');
            double[] parameters = Array.ConvertAll(prior, text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
            double actual = BetaMixtureEValue.LogE(row.GetProperty("n").GetInt64(), row.GetProperty("k").GetInt64(), row.Gamma(), parameters[0], parameters[1]);
            Accuracy.Within(row.Number("lnE"), actual, 1e-9, 1e-14, row.ToString());
        }
    }

    [Fact]
    public void Beta_mixtures_are_the_averages_they_claim_to_be()
    {
        foreach (JsonElement row in Golden.Load("statistics").GetProperty("beta_mixture").EnumerateArray())
        {
            double actual = BetaMixtureEValue.LogE(
                row.GetProperty("n").GetInt64(), row.GetProperty("k").GetInt64(), row.Gamma(), row.GetProperty("a").GetDouble(), row.GetProperty("b").GetDouble());
            Accuracy.Within(row.Number("lnE"), actual, 1e-9, 1e-14, row.ToString());
        }
    }

    [Fact]
    public void Exponential_mixtures_are_the_averages_they_claim_to_be()
    {
        foreach (JsonElement row in Golden.Load("statistics").GetProperty("exponential_mixture").EnumerateArray())
        {
            double actual = ExponentialMixtureEValue.LogE(row.GetProperty("n").GetInt64(), row.GetProperty("s").GetDouble());
            Accuracy.Within(row.Number("lnE"), actual, 1e-9, 1e-12, row.ToString());
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0.5, 0.5)]
    [InlineData(10, 20)]
    [InlineData(0.01, 0.02)]
    [InlineData(300, 2)]
    public void The_expectation_under_the_null_is_one_at_every_length(double a, double b)
    {
        var gamma = new Fraction(3, 10);
        for (int n = 1; n <= 60; n++)
        {
            double expectation = 0;
            for (int k = 0; k <= n; k++)
                expectation += Math.Exp(BetaMixtureEValue.LogE(n, k, gamma, a, b) + BinomialTail.LogProbability(n, k, gamma));
            Accuracy.Within(1, expectation, 1e-10, 0, $"n = {n}");
        }
    }

    [Fact]
    public void The_uniform_prior_equals_the_quotient_of_binomial_terms()
    {
        // E = P[Bin(n+1, gamma) ≤ k]/((1−gamma)(n+1)·b(k; n, gamma)).
        var gamma = new Fraction(1, 3);
        for (int n = 1; n <= 200; n += 7)
        {
            for (int k = 0; k <= n; k++)
            {
                double below = BinomialTail.LogUpperTail(n + 1, n + 1 - k, gamma.Complement());
                double expected = below - Math.Log(gamma.Complement().ToDouble() * (n + 1)) - BinomialTail.LogProbability(n, k, gamma);
                Accuracy.Within(expected, BetaMixtureEValue.LogE(n, k, gamma), 1e-12, 1e-13, $"{n} {k}");
            }
        }
    }

    [Fact]
    public void One_more_score_leaves_the_expected_exponential_e_value_unchanged()
    {
        // ∫ E_(n+1)(s + x)·e^(−x) dx = E_n(s), the martingale property, by Simpson's rule.
        foreach ((int n, double s) in new[] { (0, 0.0), (1, 0.3), (5, 9.0), (20, 20.0) })
        {
            const double Step = 0.01;
            double sum = 0;
            for (int i = 0; i <= 40_000; i++)
            {
                double x = i * Step;
                double weight = i is 0 or 40_000 ? 1 : i % 2 == 1 ? 4 : 2;
                sum += weight * Math.Exp(ExponentialMixtureEValue.LogE(n + 1, s + x) - x);
            }

            // The mixture has heavy tails: what lies beyond x = 400 is of the order (n+1)!·e^s/(s+400)^(n+1).
            double beyond = n == 0 ? 1.0 / 400 : 0.01;
            Assert.InRange(sum * Step / 3, Math.Exp(ExponentialMixtureEValue.LogE(n, s)) * (1 - beyond), Math.Exp(ExponentialMixtureEValue.LogE(n, s)) * (1 + 1e-6));
        }
    }

    [Property(MaxTest = 300)]
    public void E_values_rise_with_the_count_under_any_prior(uint trials, uint successes, ushort numerator, byte first, byte second)
    {
        long n = 1 + (trials % 1_000_000);
        long k = successes % n;
        var gamma = new Fraction(1 + (numerator % 65534), 65536);
        double a = Math.Pow(10, (first % 60 / 10.0) - 3);
        double b = Math.Pow(10, (second % 60 / 10.0) - 3);
        double value = BetaMixtureEValue.LogE(n, k, gamma, a, b);
        double next = BetaMixtureEValue.LogE(n, k + 1, gamma, a, b);
        Assert.True(double.IsFinite(value) && double.IsFinite(next));
        Assert.True(value <= next + 1e-9 + (1e-13 * Math.Abs(next)), $"{n} {k} {gamma} {a} {b}: {value} {next}");
    }

    [Fact]
    public void No_possible_total_gives_an_infinity_or_nan()
    {
        foreach (long n in new[] { 1L, 2, 1000, 1_000_000_000_000 })
        {
            foreach (double part in new[] { 0, 1e-9, 0.1, 0.25, 0.5, 0.999, 1 })
            {
                long k = (long)(n * part);
                Assert.True(double.IsFinite(BetaMixtureEValue.LogE(n, k, Fraction.Quarter)));
                Assert.True(BetaMixtureEValue.LogE(n, k, Fraction.Quarter) >= -Math.Log(n + 1.0) - 1e-9);
                Assert.True(double.IsFinite(ExponentialMixtureEValue.LogE(n, k * 40.0)));
            }
        }

        Assert.Equal(0, BetaMixtureEValue.LogE(0, 0, Fraction.Quarter));
        Assert.Equal(0, ExponentialMixtureEValue.LogE(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ExponentialMixtureEValue.LogE(1, double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => BetaMixtureEValue.LogE(1, 1, Fraction.Half, 0, 1));
    }
}
