using FsCheck.Xunit;
using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Tests.Statistics;

public sealed class TiltMixtureEValueTests
{
    [Theory]
    [InlineData(1, 4)]
    [InlineData(1, 2)]
    [InlineData(1, 1000)]
    [InlineData(99, 100)]
    [InlineData(16384, 65521)]
    public void The_e_value_of_a_count_is_the_average_it_claims_to_be(int a, int b)
    {
        // 320 bits: the mean of e^(θk)/(1 − p + p·e^θ)^n over θ = √(2/(p(1−p)))·2^(−j/2).
        var gamma = new Fraction(a, b);
        double p = gamma.ToDouble();
        double first = Math.Sqrt(2 / (p * gamma.Complement().ToDouble()));
        foreach (long n in new[] { 1L, 10, 1000, 1_000_000, 1_000_000_000, 1_000_000_000_000 })
        {
            foreach (double z in new[] { double.NegativeInfinity, -10, -1, 0, 0.5, 2, 5, 20, 1000, double.PositiveInfinity })
            {
                long k = (long)Math.Clamp(Math.Round((n * p) + (z * Math.Sqrt(n * p * (1 - p)))), 0, n);
                double expected = Reference(tilt =>
                {
                    HighPrecision moment = HighPrecision.Of(b - a, b) + (HighPrecision.Of(a, b) * tilt.Exp());
                    return tilt.Times(k) - moment.Log().Times(n);
                }, first);
                Accuracy.Within(expected, new BinomialNull(gamma).LogE(n, k), 1e-9, 1e-14, $"{gamma} {n} {k}");
            }
        }
    }

    [Fact]
    public void The_e_value_of_a_gumbel_total_is_the_average_it_claims_to_be()
    {
        foreach (long n in new[] { 1L, 10, 1000, 1_000_000, 1_000_000_000, 1_000_000_000_000 })
        {
            foreach (double z in new[] { -1000, -10, -1, 0, 0.5, 2, 5, 20, 1000 })
            {
                Int128 total = ((Int128)n << 32) + (Int128)(z * Math.Sqrt(n) * 4294967296.0);
                total = Int128.Max(0, total);
                double expected = Reference(
                    tilt => (tilt * HighPrecision.Of((System.Numerics.BigInteger)total, 1L << 32)) + (HighPrecision.One - tilt).Log().Times(n), Math.Sqrt(0.5));
                Accuracy.Within(expected, new GammaNull().LogE(n, total), 1e-9, 1e-14, $"{n} {z}");
            }
        }
    }

    [Theory]
    [InlineData(3, 10)]
    [InlineData(1, 50)]
    [InlineData(9, 10)]
    public void The_expectation_under_the_null_is_one_at_every_length(int a, int b)
    {
        var scoreNull = new BinomialNull(new Fraction(a, b));
        for (int n = 1; n <= 60; n++)
        {
            double expectation = 0;
            for (int k = 0; k <= n; k++)
                expectation += Math.Exp(scoreNull.LogE(n, k) + BinomialTail.LogProbability(n, k, new Fraction(a, b)));
            Accuracy.Within(1, expectation, 1e-11, 0, $"n = {n}");
        }
    }

    [Fact]
    public void One_more_token_of_a_lower_green_probability_lets_the_expected_e_value_fall()
    {
        // The supermartingale property, exactly: q·E(n+1, k) + p·E(n+1, k+1) ≤ E(n, k) for p ≤ gamma, with equality at gamma.
        var scoreNull = new BinomialNull(Fraction.Quarter);
        foreach ((long n, long k) in new[] { (0L, 0L), (1, 1), (20, 9), (1000, 250), (1000, 330), (100_000, 26_000) })
        {
            double now = Math.Exp(scoreNull.LogE(n, k));
            double Next(double p) => ((1 - p) * Math.Exp(scoreNull.LogE(n + 1, k))) + (p * Math.Exp(scoreNull.LogE(n + 1, k + 1)));
            Accuracy.Within(now, Next(0.25), 0, 1e-11, $"{n} {k}");
            Assert.True(Next(0.2) < now && Next(0) < now);
        }
    }

    [Fact]
    public void One_more_score_leaves_the_expected_gumbel_e_value_unchanged()
    {
        // ∫ E_(n+1)(s + x)·e^(−x) dx = E_n(s), the martingale property, by Simpson's rule; the largest tilt leaves e^(−0.29·x).
        foreach ((int n, double s) in new[] { (0, 0.0), (1, 0.3), (5, 9.0), (20, 20.0) })
        {
            const double Step = 0.01;
            double sum = 0;
            for (int i = 0; i <= 20_000; i++)
            {
                double x = i * Step;
                double weight = i is 0 or 20_000 ? 1 : i % 2 == 1 ? 4 : 2;
                sum += weight * Math.Exp(Gumbel(n + 1, s + x) - x);
            }

            Accuracy.Within(Math.Exp(Gumbel(n, s)), sum * Step / 3, 0, 1e-7, $"{n} {s}");
        }
    }

    [Property(MaxTest = 300)]
    public void E_values_rise_with_the_count(uint trials, uint successes, ushort numerator)
    {
        long n = 1 + (trials % 1_000_000);
        long k = successes % n;
        var scoreNull = new BinomialNull(new Fraction(1 + (numerator % 65534), 65536));
        double value = scoreNull.LogE(n, k);
        double next = scoreNull.LogE(n, k + 1);
        Assert.True(double.IsFinite(value) && double.IsFinite(next));
        Assert.True(value <= next + 1e-9 + (1e-13 * Math.Abs(next)), $"{scoreNull} {n} {k}: {value} {next}");
    }

    [Fact]
    public void Looking_after_every_green_token_keeps_the_false_alarms_below_alpha()
    {
        // 4,000 unrelated texts of 3,000 tokens, a look at each. Ville: P(E ≥ 20 ever) ≤ 5%; 2% happen at this length, and
        // 5% would be 13 standard errors more. The same looks with a fixed-length p-value at 5% alarm on more than a third.
        const int Tokens = 3000;
        var scoreNull = new BinomialNull(Fraction.Quarter);
        int[] alarmE = new int[Tokens + 1];
        int[] alarmP = new int[Tokens + 1];
        for (int n = 1; n <= Tokens; n++)
        {
            alarmE[n] = FirstCount(n, alarmE[n - 1], k => scoreNull.LogE(n, k) >= Math.Log(20));
            alarmP[n] = FirstCount(n, alarmP[n - 1], k => BinomialTail.LogUpperTail(n, k, Fraction.Quarter) <= Math.Log(0.05));
        }

        var random = new SeededRandomBits(21);
        int byE = 0;
        int byP = 0;
        for (int text = 0; text < 4000; text++)
        {
            int green = 0;
            bool everE = false;
            bool everP = false;
            ulong bits = 0;
            for (int n = 1; n <= Tokens; n++)
            {
                // Two bits a token.
                bits = n % 32 == 1 ? random.NextUInt64() : bits >> 2;
                green += (bits & 3) == 0 ? 1 : 0;
                everE |= green >= alarmE[n];
                everP |= green >= alarmP[n];
            }

            byE += everE ? 1 : 0;
            byP += everP ? 1 : 0;
        }

        Assert.InRange(byE / 4000.0, 0.01, 0.05);
        Assert.InRange(byP / 4000.0, 0.2, 1);
    }

    [Fact]
    public void Looking_after_every_gumbel_score_keeps_the_false_alarms_below_alpha()
    {
        // 1,000 unrelated texts of 400 scores. Ville's bound is 5%; 0.9% happen at this length, and 5% would be 14 standard errors
        // more.
        var random = new SeededRandomBits(22);
        int alarms = 0;
        for (int text = 0; text < 1000; text++)
        {
            double sum = 0;
            double largest = 0;
            for (int n = 1; n <= 400; n++)
            {
                sum -= Math.Log(1 - random.NextDouble());
                largest = Math.Max(largest, Gumbel(n, sum));
            }

            alarms += largest >= Math.Log(20) ? 1 : 0;
        }

        Assert.InRange(alarms / 1000.0, 0.001, 0.05);
    }

    [Fact]
    public void No_possible_total_gives_an_infinity_or_nan()
    {
        foreach (long n in new[] { 1L, 2, 1000, 1_000_000_000_000 })
        {
            foreach (double part in new[] { 0, 1e-9, 0.1, 0.25, 0.5, 0.999, 1 })
            {
                foreach (Fraction gamma in new[] { Fraction.Quarter, new Fraction(1, 1_000_000_000), new Fraction(999_999_999, 1_000_000_000) })
                    Assert.True(double.IsFinite(new BinomialNull(gamma).LogE(n, (long)(n * part))));
                Assert.True(double.IsFinite(new GammaNull().LogE(n, (Int128)(n * part * 40) << 32)));
            }

            // At the mean no text has lost more than this.
            Assert.True(new BinomialNull(Fraction.Half).LogE(n, n / 2) >= -6);
            Assert.True(new GammaNull().LogE(n, (Int128)n << 32) >= -6);
        }

        Assert.Equal(0, new BinomialNull(Fraction.Quarter).LogE(0, 0));
        Assert.Equal(0, new GammaNull().LogE(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BinomialNull(Fraction.Quarter).LogE(1, 2));
    }

    [Fact]
    public void Cumulants_keep_their_digits_however_small_the_tilt()
    {
        foreach (Fraction gamma in new[] { Fraction.Quarter, new Fraction(1, 1000), new Fraction(999, 1000) })
        {
            for (double size = 1e-9; size < 2000; size *= 3.7)
            {
                foreach (double x in new[] { size, -size })
                {
                    var p = HighPrecision.Of(gamma.Numerator, gamma.Denominator);
                    HighPrecision exact = (HighPrecision.One + (p * (HighPrecision.Of(x).Exp() - HighPrecision.One))).Log() - (p * HighPrecision.Of(x));
                    Accuracy.Within(exact.ToDouble(), Cumulant.Bernoulli(x, SuccessProbability.Of(gamma)), 0, 3e-15, $"{gamma} {x}");
                }
            }
        }
    }

    private static double Gumbel(long n, double sum) => new GammaNull().LogE(n, (Int128)(sum * 4294967296.0));

    private static double Reference(Func<HighPrecision, HighPrecision> exponent, double first)
    {
        HighPrecision[] exponents = [.. Enumerable.Range(0, 46).Select(j => exponent(HighPrecision.Of(TiltMixtureEValue.Tilt(j, first))))];
        HighPrecision largest = exponents.Max();
        double sum = 0;
        for (int j = 0; j < 46; j++)
            sum += (j < 18 ? 0.9 / 18 : 0.1 / 28) * Math.Exp(Math.Max(-800, (exponents[j] - largest).ToDouble()));
        return largest.ToDouble() + Math.Log(sum);
    }

    private static int FirstCount(int n, int from, Func<int, bool> alarms)
    {
        int count = from == int.MaxValue ? 0 : from;
        while (count <= n && !alarms(count))
            count++;
        return count > n ? int.MaxValue : count;
    }
}
