using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Tests.Statistics;

public sealed class TwoScaleGammaTailTests
{
    [Theory]
    [InlineData(0.9, 0.1)]
    [InlineData(0.5, 0.5)]
    [InlineData(0.3, 0.7)]
    [InlineData(0.999, 0.001)]
    public void One_row_is_the_closed_form(double first, double second)
    {
        foreach (double t in new[] { 0.01, 0.5, 1, 5, 30, 200 })
        {
            double expected = first == second
                ? (-t / first) + Math.Log(1 + (t / first))
                : Math.Log(((first * Math.Exp(-t / first)) - (second * Math.Exp(-t / second))) / (first - second));
            if (!double.IsFinite(expected))
                continue;
            (double logP, TailMethod method) = TwoScaleGammaTail.LogUpperTail(1, first, second, t);
            Assert.Equal(TailMethod.Exact, method);
            Assert.Equal(expected, logP, 1e-9 + (1e-11 * Math.Abs(expected)));
        }
    }

    // mpmath, 40 digits: ∫ density of c1·Gamma(n) times the tail of c2·Gamma(n), make-hash-schemes.py.
    [Theory]
    [MemberData(nameof(CheckValues))]
    public void The_check_values_are_reached(long rows, int numerator, int denominator, double sum, double expected)
    {
        var alpha = new Fraction(numerator, denominator);
        (double logP, TailMethod method) = TwoScaleGammaTail.LogUpperTail(rows, alpha.Complement().ToDouble(), alpha.ToDouble(), sum);
        Assert.Equal(TailMethod.Exact, method);
        Assert.Equal(expected, logP, 1e-9 + (1e-11 * Math.Abs(expected)));
        Assert.True(logP <= TwoScaleGammaTail.ChernoffBound(rows, Math.Max(alpha.ToDouble(), 1 - alpha.ToDouble()), Math.Min(alpha.ToDouble(), 1 - alpha.ToDouble()), sum) + 1e-9);
    }

    public static TheoryData<long, int, int, double, double> CheckValues => TwoScaleGammaValues.Load();

    [Fact]
    public void Moment_matching_is_too_small_far_out_and_the_exact_tail_is_not()
    {
        // n = 400, alpha 1/10: the Gamma of the same mean and variance claims less than two thirds of the truth at 4e-13.
        const double theta = 0.82;
        (double exact, _) = TwoScaleGammaTail.LogUpperTail(400, 0.9, 0.1, 540);
        double matched = GammaTail.LogUpperTail((long)Math.Round(400 / theta), 540 / theta);
        Assert.InRange(Math.Exp(matched - exact), 0.1, 0.8);
    }

    [Fact]
    public void A_long_corpus_is_summed_and_a_hopeless_one_is_bounded()
    {
        (double exact, TailMethod method) = TwoScaleGammaTail.LogUpperTail(1_000_000, 0.9, 0.1, 1_010_000);
        Assert.Equal(TailMethod.Exact, method);
        double bound = TwoScaleGammaTail.ChernoffBound(1_000_000, 0.9, 0.1, 1_010_000);
        Assert.InRange(bound - exact, 0, 5);
        (double bounded, method) = TwoScaleGammaTail.LogUpperTail(1_000_000, 0.999999, 0.000001, 1_010_000);
        Assert.Equal(TailMethod.UpperBound, method);
        Assert.True(bounded < 0 && bounded > -60);
    }

    [Fact]
    public void The_tail_falls_and_never_leaves_its_range()
    {
        foreach (long rows in new[] { 1L, 7, 1000, 100_000 })
        {
            double last = 0;
            for (double factor = 0; factor < 4; factor += 0.05)
            {
                (double logP, _) = TwoScaleGammaTail.LogUpperTail(rows, 0.9, 0.1, rows * factor);
                Assert.True(double.IsFinite(logP) && logP <= 0);
                Assert.True(logP <= last + 1e-9);
                last = logP;
            }
        }
    }

    [Fact]
    public void The_null_of_equal_weights_is_a_Gamma_of_twice_the_shape()
    {
        var scoreNull = new DualGammaNull(Fraction.Half);
        Int128 total = (Int128)130 * scoreNull.UnitsPerPoint;
        Assert.Equal(GammaTail.LogUpperTail(200, 260), scoreNull.Test(100, total).LogP, 1e-10);
    }

    [Fact]
    public void The_expected_e_value_is_at_most_one_and_grows_under_a_mark()
    {
        // 20,000 totals of 50 rows: E has mean 1 and is heavy-tailed, so the average exceeds 1.5 in well under 1 in 1000 runs.
        var random = new SeededRandomBits(51);
        var scoreNull = new DualGammaNull(new Fraction(1, 10));
        double sum = 0;
        const int runs = 20_000;
        for (int run = 0; run < runs; run++)
        {
            double total = 0;
            for (int row = 0; row < 50; row++)
                total -= (0.9 * Math.Log(1 - random.NextDouble())) + (0.1 * Math.Log(1 - random.NextDouble()));
            sum += Math.Exp(scoreNull.Test(50, (Int128)(total * scoreNull.UnitsPerPoint)).LogE);
        }

        Assert.InRange(sum / runs, 0.6, 1.5);
        Assert.True(scoreNull.Test(1000, (Int128)1300 * scoreNull.UnitsPerPoint).LogE > 20);
        Assert.Equal(0, scoreNull.Test(0, 0).LogE);
    }
}
