using Watermark.Scoring;
using Watermark.Statistics;

namespace Watermark.Tests.Scoring;

/// <summary>Power and acquittal of the nulls of theory, under the rule that decides.</summary>
public sealed class RowTotalsTests
{
    private static readonly double Threshold = Math.Log(1000);

    /// <summary>
    /// Tokens for E ≥ 1000 at power 0.9 and gamma 1/4: the likelihood ratio that knows the effect, the uniform prior over green
    /// fractions above gamma that stood here before, and the grid. Exact, by whole counts.
    /// </summary>
    [Theory]
    [InlineData(0.005, 205_000, 304_000, 237_000)]
    [InlineData(0.0088, 66_400, 95_000, 76_800)]
    [InlineData(0.02, 13_000, 17_600, 15_000)]
    public void The_grid_of_effects_needs_less_text_than_the_uniform_prior(double effect, long oracle, long uniform, long grid)
    {
        double green = Math.Log((0.25 + effect) / 0.25);
        double other = Math.Log((0.75 - effect) / 0.75);
        Assert.Equal(oracle, TokensFor(effect, (n, k) => (k * green) + ((n - k) * other)), oracle * 0.005);
        Assert.Equal(uniform, TokensFor(effect, UniformPrior), uniform * 0.005);
        long needed = TotalNull.For(new BinomialNull(Fraction.Quarter), 1).RowsNeeded(effect, Threshold, 0.9)!.Value;
        Assert.Equal(grid, needed, grid * 0.005);
        Assert.True(needed < 1.18 * oracle);
    }

    [Theory]
    [InlineData(1, 2, 1.2)]
    [InlineData(1, 1000, 1.2)]
    [InlineData(1, 65536, 1.3)]
    [InlineData(9, 10, 1.2)]
    public void The_grid_has_no_scale_of_its_own(int a, int b, double most)
    {
        // Effects of 0.0115, 0.05 and 0.5 null standard deviations cost a fifth more text than to one who knows them, three
        // tenths where a handful of green tokens is all there is.
        var gamma = new Fraction(a, b);
        double p = gamma.ToDouble();
        var scoreNull = new BinomialNull(gamma);
        foreach (double size in new[] { 0.0115, 0.05, 0.5 })
        {
            double effect = size * Math.Sqrt(scoreNull.Variance);
            if (p + effect >= 1)
                continue;
            double green = Math.Log((p + effect) / p);
            double other = Math.Log((1 - p - effect) / (1 - p));
            long oracle = Bisection.First(1L, 1L << 22, n =>
            {
                long critical = Bisection.First((long)(n * p), n + 1, k => k > n || (k * green) + ((n - k) * other) >= Threshold);
                return critical <= n && BinomialTail.LogUpperTail(n, critical, p + effect) >= Math.Log(0.9);
            });
            long needed = TotalNull.For(scoreNull, 1).RowsNeeded(effect, Threshold, 0.9)!.Value;
            Assert.True(needed < (most * oracle) + 5, $"{gamma} {size}: {needed} for {oracle}");
        }
    }

    [Theory]
    [InlineData(0.0115, 207_500, 297_000, 239_500)]
    [InlineData(0.05, 11_340, 14_670, 13_080)]
    [InlineData(0.2, 798, 934, 921)]
    public void The_same_grid_serves_gumbel_scores(double effect, long oracle, long uniform, long grid)
    {
        // The uniform prior over λ = 1/mean: n!·e^s·s^(−n−1)·P(Gamma(n+1) ≤ s).
        double tilt = effect / (1 + effect);
        double Uniform(long n, double s)
        {
            double density = GammaTail.LogDensity(n + 1, s);
            return s <= n + 1 ? -GammaTail.LogLowerFraction(n + 1, s) : NearOne.LogOneMinusExp(density - GammaTail.LogUpperFraction(n + 1, s)) - density;
        }

        Assert.Equal(oracle, ScoresFor(effect, (n, s) => (tilt * (s - n)) - (n * Cumulant.Exponential(tilt))), oracle * 0.005);
        Assert.Equal(uniform, ScoresFor(effect, Uniform), uniform * 0.005);
        Assert.Equal(grid, TotalNull.For(new GammaNull(), 1).RowsNeeded(effect, Threshold, 0.9)!.Value, grid * 0.005);
    }

    [Theory]
    [InlineData(100_000, 0.855)]
    [InlineData(100_000_000, 0.665)]
    public void Power_is_that_of_the_rule_that_decides(long rows, double before)
    {
        // Before: the effect was that of p = 10^-6, and E ≥ 1000 under the uniform prior decided. A chance "0.9" was less.
        double old = BinomialPower.DetectableEffect(rows, Fraction.Quarter, Math.Log(1e-6), 0.9)!.Value;
        long critical = Bisection.First(rows / 4, rows, k => UniformPrior(rows, k) >= Threshold);
        Assert.Equal(before, Math.Exp(BinomialTail.LogUpperTail(rows, critical, old)), 0.008);

        TotalNull total = TotalNull.For(new BinomialNull(Fraction.Quarter), rows);
        double effect = total.SmallestEffect(Threshold, 0.9);
        Assert.Equal(0.9, PowerAt(total, rows, effect), 1e-9);
    }

    [Theory]
    [InlineData(1, 4, 1)]
    [InlineData(1, 2, 30)]
    [InlineData(1, 1000, 1)]
    public void Rows_needed_have_the_power_and_one_less_has_not(int a, int b, int trials)
    {
        var scoreNull = new BinomialNull(new Fraction(a, b), trials);
        foreach (double part in new[] { 0.02, 0.1, 0.5 })
        {
            double effect = part * Math.Sqrt(scoreNull.Variance);
            long rows = TotalNull.For(scoreNull, 0).RowsNeeded(effect, Threshold, 0.9)!.Value;
            Assert.True(PowerAt(TotalNull.For(scoreNull, rows), rows, effect) >= 0.9);
            Assert.True(PowerAt(TotalNull.For(scoreNull, rows - 1), rows - 1, effect) < 0.9);
            Assert.InRange(TotalNull.For(scoreNull, rows).SmallestEffect(Threshold, 0.9), 0.5 * effect, effect * (1 + 1e-9));
        }
    }

    [Fact]
    public void Gumbel_power_is_exact_and_the_others_normal()
    {
        foreach (long rows in new[] { 20L, 1000, 1_000_000 })
        {
            TotalNull total = TotalNull.For(new GammaNull(), rows);
            double effect = total.SmallestEffect(Threshold, 0.9);
            double critical = (double)Critical(total, rows * 30) / (1L << 32);
            Assert.Equal(0.9, Math.Exp(GammaTail.LogUpperTail(rows, critical / (1 + effect))), 1e-9);
            Assert.Equal(rows, total.RowsNeeded(effect, Threshold, 0.9)!.Value, 1.0);
        }

        foreach (ScoreNull scoreNull in new ScoreNull[] { new DualGammaNull(Fraction.Quarter), new WeightedBernoulliNull([10, 7, 4, 1], Fraction.Half) })
        {
            TotalNull total = TotalNull.For(scoreNull, 10_000);
            double effect = total.SmallestEffect(Threshold, 0.9);
            double critical = (double)Critical(total, scoreNull is DualGammaNull ? 40_000 : 10_000) / total.UnitsPerPoint;
            Assert.Equal(NormalTail.UpperQuantile(Math.Log(0.9)), (critical - total.Mean - (total.Rows * effect)) / total.StandardDeviation, 1e-6);
            Assert.Equal(10_000, total.RowsNeeded(effect, Threshold, 0.9)!.Value, 10.0);
        }
    }

    [Fact]
    public void What_no_text_can_show_has_no_number()
    {
        // Fully green, a token multiplies E by at most 3.6.
        Assert.True(double.IsNaN(TotalNull.For(new BinomialNull(Fraction.Quarter), 5).SmallestEffect(Threshold, 0.9)));
        Assert.InRange(TotalNull.For(new BinomialNull(Fraction.Quarter), 10).SmallestEffect(Threshold, 0.9), 0.69, 0.7);
        Assert.Null(TotalNull.For(new BinomialNull(Fraction.Quarter), 5).RowsNeeded(1e-7, Threshold, 0.9));
        Assert.Null(TotalNull.For(new GammaNull(), 5).RowsNeeded(1e-7, Threshold, 0.9));
        TotalNull total = TotalNull.For(new GammaNull(), 5);
        Assert.Throws<ArgumentOutOfRangeException>(() => total.SmallestEffect(0, 0.9));
        Assert.Throws<ArgumentOutOfRangeException>(() => total.SmallestEffect(1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => total.RowsNeeded(0, 1, 0.9));
        Assert.Throws<ArgumentOutOfRangeException>(() => TotalNull.For(new GammaNull(), -1));
    }

    [Theory]
    [InlineData(1, 4, 0.02)]
    [InlineData(1, 4, 0.5)]
    [InlineData(1, 2, 0.1)]
    [InlineData(1, 1000, 0.1)]
    public void A_suspect_of_the_effect_is_acquitted_at_most_once_in_twenty(int a, int b, double effect)
    {
        // Exact binomial probabilities, at every length: P(E ≥ 20 | p) at the boundary and above.
        var gamma = new Fraction(a, b);
        double shift = effect * Math.Sqrt(gamma.ToDouble() * gamma.Complement().ToDouble());
        foreach (long rows in new[] { 10L, 100, 1000, 30_000, 1_000_000 })
        {
            TotalNull total = TotalNull.For(new BinomialNull(gamma), rows);
            long last = Bisection.First(-1L, rows + 1, k => k > rows || total.LogEAgainstEffect(k, effect) < Math.Log(20)) - 1;
            foreach (double factor in new[] { 1, 1.5 })
            {
                double acquitted = last < 0 ? 0 : Math.Exp(BinomialTail.LogLowerTail(rows, last, gamma.ToDouble() + (factor * shift)));
                Assert.InRange(acquitted, 0, 0.05);
            }
        }
    }

    [Fact]
    public void Enough_text_acquits_the_innocent_of_the_effect_of_interest()
    {
        // At 0.02 null standard deviations ln E grows by 0.0002 a token: 40,000 tokens give 7.9 on average, and 20 = e^3 in 89%.
        TotalNull total = TotalNull.For(new BinomialNull(Fraction.Quarter), 40_000);
        Assert.Equal(7.9, total.LogEAgainstEffect(10_000, 0.02), 0.05);
        long last = Bisection.First(0L, 40_000L, k => total.LogEAgainstEffect(k, 0.02) < Math.Log(20)) - 1;
        Assert.InRange(Math.Exp(BinomialTail.LogLowerTail(40_000, last, 0.25)), 0.85, 0.95);
        Assert.True(double.IsNaN(TotalNull.For(new BinomialNull(new Fraction(9, 10)), 10).LogEAgainstEffect(9, 0.4)));
    }

    [Fact]
    public void The_e_value_against_an_effect_has_expectation_one_at_the_boundary_and_less_above()
    {
        // Thirty trials a row: 30 rows are 900 trials of probability 1/2 + 0.1·½/√30.
        var layers = new BinomialNull(Fraction.Half, 30);
        double p = 0.5 + (0.1 * 0.5 / Math.Sqrt(30));
        Assert.Equal(1, Sum(0, 900, k => Math.Exp(layers.LogEAgainstEffect(30, (Int128)k, 0.1) + LogProbability(900, (int)k, p))), 1e-9);
        Assert.InRange(Sum(0, 900, k => Math.Exp(layers.LogEAgainstEffect(30, (Int128)k, 0.1) + LogProbability(900, (int)k, p + 0.01))), 0, 1);

        // Gumbel: 30 scores of mean 1.3, and of 1.5.
        var gumbel = new GammaNull();
        double Gumbel(double mean) => Simpson(s => Math.Exp(
            gumbel.LogEAgainstEffect(30, (Int128)(s * 4294967296.0), 0.3) + SaddlePoint.LogPoisson(29, s / mean, 29 - (s / mean)) - Math.Log(mean)), 400);
        Assert.Equal(1, Gumbel(1.3), 1e-6);
        Assert.InRange(Gumbel(1.5), 0, 0.9);

        // Dual key, one row: the density of two tilted scores is that of exponentials of means c/(1 − cθ).
        var dual = new DualGammaNull(Fraction.Quarter);
        double wanted = 0.4 * Math.Sqrt(dual.Variance);
        double tilt = Bisection.First(0.0, 4.0 / 3, value => value >= 4.0 / 3 || Mean(0.75, value) + Mean(0.25, value) - 1 >= wanted);
        double first = Mean(0.75, tilt);
        double second = Mean(0.25, tilt);
        Assert.Equal(1, Simpson(s => Math.Exp(dual.LogEAgainstEffect(1, (Int128)(s * dual.UnitsPerPoint), 0.4))
            * (Math.Exp(-s / first) - Math.Exp(-s / second)) / (first - second), 200), 1e-6);

        static double Mean(double scale, double tilt) => scale / (1 - (scale * tilt));
    }

    [Fact]
    public void Weighted_bits_are_acquitted_by_all_outcomes()
    {
        // Three rows of bits of weights 3, 2, 1 at gamma 1/4, tilted until a row's mean has risen by half a deviation.
        var scoreNull = new WeightedBernoulliNull([3, 2, 1], Fraction.Quarter);
        double Green(double tilt, int weight) => 1 / (1 + (3 * Math.Exp(-tilt * weight)));
        double Rise(double tilt) => Enumerable.Range(1, 3).Sum(weight => weight * (Green(tilt, weight) - 0.25)) / 6;
        double boundary = Bisection.First(0.0, 10, tilt => Rise(tilt) >= 0.5 * Math.Sqrt(scoreNull.Variance));
        double Expectation(double tilt)
        {
            double mean = 0;
            for (int outcome = 0; outcome < 512; outcome++)
            {
                double chance = 1;
                int total = 0;
                for (int bit = 0; bit < 9; bit++)
                {
                    int weight = (bit % 3) + 1;
                    bool green = (outcome >> bit & 1) == 1;
                    total += green ? weight : 0;
                    chance *= green ? Green(tilt, weight) : 1 - Green(tilt, weight);
                }

                mean += chance * Math.Exp(scoreNull.LogEAgainstEffect(3, total, 0.5));
            }

            return mean;
        }

        Assert.Equal(1, Expectation(boundary), 1e-9);
        Assert.InRange(Expectation(1.5 * boundary), 0, 0.9);
        Assert.True(double.IsNaN(scoreNull.LogEAgainstEffect(3, 1, 10)));
    }

    private static double UniformPrior(long n, long k)
    {
        // P[Bin(n+1, gamma) ≤ k]/((1−gamma)(n+1)·b(k; n, gamma)).
        double below = BinomialTail.LogUpperTail(n + 1, n + 1 - k, Fraction.Quarter.Complement());
        return below - Math.Log(0.75 * (n + 1)) - BinomialTail.LogProbability(n, k, Fraction.Quarter);
    }

    private static long TokensFor(double effect, Func<long, long, double> logE) => Bisection.First(1L, 1L << 22, n =>
    {
        long critical = Bisection.First(n / 4, n + 1, k => k > n || logE(n, k) >= Threshold);
        return critical <= n && BinomialTail.LogUpperTail(n, critical, 0.25 + effect) >= Math.Log(0.9);
    });

    private static long ScoresFor(double effect, Func<long, double, double> logE) => Bisection.First(1L, 1L << 22, n =>
    {
        double critical = Bisection.First(n, (40.0 * n) + 100, s => logE(n, s) >= Threshold);
        return GammaTail.LogUpperTail(n, critical / (1 + effect)) >= Math.Log(0.9);
    });

    private static double PowerAt(TotalNull total, long rows, double effect)
    {
        long trials = rows * (total.Description.StartsWith("Binomial(30n", StringComparison.Ordinal) ? 30 : 1);
        if (total.Test(trials).LogE < Threshold)
            return 0;
        long critical = (long)Critical(total, trials);
        return Math.Exp(BinomialTail.LogUpperTail(trials, critical, (total.Mean / trials) + (effect * rows / trials)));
    }

    private static Int128 Critical(TotalNull total, long most) =>
        Bisection.First((Int128)(total.Mean * total.UnitsPerPoint), (Int128)most * total.UnitsPerPoint, value => total.Test(value).LogE >= Threshold);

    private static double LogProbability(int n, int k, double p) => SaddlePoint.LogBinomial(k, n - k, SuccessProbability.Of(p), BinomialTail.Excess(n, k, p));

    private static double Sum(int low, int high, Func<long, double> term) => Enumerable.Range(low, high - low + 1).Sum(k => term(k));

    private static double Simpson(Func<double, double> function, double high)
    {
        const int Steps = 8_000;
        double sum = function(1e-12) + function(high);
        for (int i = 1; i < Steps; i++)
            sum += (i % 2 == 1 ? 4 : 2) * function(i * high / Steps);
        return sum * high / Steps / 3;
    }
}
