using System.Globalization;
using System.Text.Json;
using Watermark.Randomness;
using Watermark.Statistics;
using Watermark.TestKit;

namespace Watermark.Tests.Statistics;

public sealed class DualGammaNullTests
{
    private static readonly DualGammaNull Default = new(new Fraction(1, 10));

    [Fact]
    public void Every_check_value_of_the_two_key_tail_is_reached()
    {
        int cases = 0;
        foreach (JsonElement item in Golden.Load("hash-schemes").GetProperty("twoScaleGamma").EnumerateArray())
        {
            var scoreNull = new DualGammaNull(Fraction.Parse(item.GetProperty("alpha").GetString()));
            decimal sum = decimal.Parse(item.GetProperty("sum").GetString()!, CultureInfo.InvariantCulture);
            ScoreTest test = scoreNull.Test(item.GetProperty("rows").GetInt64(), (Int128)(sum * scoreNull.UnitsPerPoint));
            double expected = double.Parse(item.GetProperty("logP").GetString()!, CultureInfo.InvariantCulture);
            Assert.Equal(expected, test.LogP, 1e-9 + (1e-12 * Math.Abs(expected)));
            Assert.Equal(TailMethod.Exact, test.Method);
            cases++;
        }

        Assert.Equal(13, cases);
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(30)]
    public void One_row_is_the_closed_form(double sum)
    {
        double expected = Math.Log(((0.9 * Math.Exp(-sum / 0.9)) - (0.1 * Math.Exp(-sum / 0.1))) / 0.8);
        Assert.Equal(expected, Default.Test(1, (Int128)(sum * Default.UnitsPerPoint)).LogP, 1e-8);
    }

    [Fact]
    public void Moment_matching_would_be_too_small_far_out()
    {
        // n = 400 at 2e-12: the Gamma of the same mean and variance, shape 400/0.82, claims a third less.
        double exact = Default.Test(400, (Int128)540 * Default.UnitsPerPoint).LogP;
        double matched = GammaTail.LogUpperTail(488, 540 / 0.82);
        Assert.InRange(Math.Exp(matched - exact), 0.4, 0.8);
        // At e^-65 it claims less than half.
        exact = Default.Test(400, (Int128)640 * Default.UnitsPerPoint).LogP;
        Assert.True(GammaTail.LogUpperTail(488, 640 / 0.82) < exact + Math.Log(0.5));
    }

    [Fact]
    public void Equal_weights_are_a_Gamma_of_twice_the_shape()
    {
        var scoreNull = new DualGammaNull(Fraction.Half);
        Assert.Equal(GammaTail.LogUpperTail(200, 260), scoreNull.Test(100, (Int128)130 * scoreNull.UnitsPerPoint).LogP, 1e-9);
    }

    [Fact]
    public void The_tail_falls_and_stays_in_its_range_for_long_texts_too()
    {
        foreach (long rows in new[] { 1L, 7, 1000, 1_000_000, 1_000_000_000 })
        {
            double last = 0;
            for (int step = -4; step <= 40; step += 4)
            {
                Int128 total = ((Int128)rows * Default.UnitsPerPoint) + (Int128)(step * Math.Sqrt(rows) * Default.UnitsPerPoint);
                ScoreTest test = Default.Test(rows, Int128.Max(0, total));
                Assert.True(double.IsFinite(test.LogP) && test.LogP <= 0);
                Assert.True(test.LogP <= last + 1e-9);
                Assert.Equal(TailMethod.Exact, test.Method);
                last = test.LogP;
            }

            Assert.True(last < -30);
        }
    }

    [Fact]
    public void The_expected_e_value_is_at_most_one_and_grows_under_a_mark()
    {
        // 4,000 totals of 50 rows: E has mean 1 and is heavy-tailed; seeds are fixed, and a fresh one leaves the range in
        // fewer than 1 of 100 runs.
        var random = new SeededRandomBits(51);
        double sum = 0;
        const int runs = 4_000;
        for (int run = 0; run < runs; run++)
        {
            double total = 0;
            for (int row = 0; row < 50; row++)
                total -= (0.9 * Math.Log(1 - random.NextDouble())) + (0.1 * Math.Log(1 - random.NextDouble()));
            sum += Math.Exp(Default.Test(50, (Int128)(total * Default.UnitsPerPoint)).LogE);
        }

        Assert.InRange(sum / runs, 0.6, 1.5);
        Assert.True(Default.Test(1000, (Int128)1300 * Default.UnitsPerPoint).LogE > 20);
        Assert.Equal(0, Default.Test(0, 0).LogE);
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(1_000_000)]
    public void The_contour_integral_of_long_texts_gives_the_same_tail(long rows)
    {
        double sum = rows + (5 * Math.Sqrt(0.82 * rows));
        WeightedTail contour = WeightedExponentialTail.LogUpperTail([new ScaleClass(0.9, rows), new ScaleClass(0.1, rows)], sum);
        Assert.Equal(TailMethod.Exact, contour.Method);
        (double logP, TailMethod method) = TwoScaleGammaTail.LogUpperTail(rows, 0.9, 0.1, sum);
        Assert.Equal(TailMethod.Exact, method);
        Assert.Equal(contour.LogP, logP, 3e-9);
    }

    [Fact]
    public void A_weight_too_small_to_sum_still_has_a_valid_tail()
    {
        var scoreNull = new DualGammaNull(new Fraction(1, 1_000_000));
        ScoreTest test = scoreNull.Test(1_000_000, (Int128)1_010_000 * scoreNull.UnitsPerPoint);
        // Nearly a single Gamma; Chernoff's bound lies within a factor of 100 of it at z = 10.
        Assert.InRange(test.LogP, GammaTail.LogUpperTail(1_000_000, 1_010_000) - 1, GammaTail.LogUpperTail(1_000_000, 1_010_000) + 4.6);
    }

    [Fact]
    public void Nothing_is_decided_for_no_rows()
    {
        ScoreTest test = Default.Test(0, 0);
        Assert.Equal(0, test.LogP);
        Assert.True(double.IsNaN(test.Z));
    }
}
