using System.Text.Json;
using FsCheck.Xunit;
using Watermark.Statistics;
using Watermark.TestKit;

namespace Watermark.Tests.Statistics;

public class WeightedExponentialTailTests
{
    /// <summary>400 rows, weights 0.1, 0.4 and 1 for 70, 20 and 10% of them, each row a dual-key score with 0.9 and 0.1.</summary>
    private static readonly ScaleClass[] WeightedDualKey =
        [new(0.09, 280), new(0.01, 280), new(0.36, 80), new(0.04, 80), new(0.9, 40), new(0.1, 40)];

    [Fact]
    public void All_check_values_are_met_and_the_bound_lies_above()
    {
        foreach (JsonElement row in Golden.Load("statistics").GetProperty("weighted_exponential").EnumerateArray())
        {
            ScaleClass[] classes = [.. row.GetProperty("classes").EnumerateArray().Select(item => new ScaleClass(item[0].GetDouble(), item[1].GetInt64()))];
            double t = row.GetProperty("t").GetDouble();
            WeightedTail tail = WeightedExponentialTail.LogUpperTail(classes, t);
            Assert.Equal(TailMethod.Exact, tail.Method);
            Accuracy.Within(row.Number("lnp"), tail.LogP, 1e-9, 1e-12, row.ToString());
            Assert.True(WeightedExponentialTail.LogUpperBound(classes, t) >= tail.LogP);
        }
    }

    [Fact]
    public void Two_single_scores_agree_with_the_closed_form()
    {
        // P = (a·e^(−t/a) − b·e^(−t/b))/(a − b).
        foreach (double b in new[] { 0.01, 0.1, 0.5, 0.99 })
        {
            foreach (double t in new[] { 0.01, 0.5, 1, 3, 20, 300 })
            {
                double below = (NearOne.ExpM1(-t) - (b * NearOne.ExpM1(-t / b))) / (1 - b);
                double expected = below > -0.5 ? NearOne.Log1P(below) : -t + NearOne.Log1P(-b * Math.Exp(t - (t / b))) - Math.Log(1 - b);
                WeightedTail tail = WeightedExponentialTail.LogUpperTail([new(1, 1), new(b, 1)], t);
                Assert.Equal(TailMethod.Exact, tail.Method);
                Accuracy.Within(expected, tail.LogP, 1e-9, 1e-12, $"{b} {t}");
            }
        }
    }

    [Theory]
    [InlineData(20)]
    [InlineData(1000)]
    [InlineData(1_000_000)]
    [InlineData(1_000_000_000_000)]
    public void The_inversion_agrees_with_the_gamma_tail_where_all_weights_are_equal(long rows)
    {
        foreach (double z in new[] { -9, -2, -0.1, 0, 0.1, 2, 9, 40 })
        {
            double t = rows + (z * Math.Sqrt(rows));
            if (t <= 0)
                continue;
            double? actual = new ExponentialSum([new ScaleClass(1, rows)], t).LogTail();
            Accuracy.Within(GammaTail.LogUpperTail(rows, t), actual!.Value, rows > 1_000_000_000 ? 1e-7 : 1e-9, 1e-12, $"{rows} {z}");
        }
    }

    [Fact]
    public void A_dual_key_total_of_equal_halves_is_a_gamma_total()
    {
        // ½·E + ½·E' summed over n rows is Gamma(2n) in halves.
        Accuracy.Within(GammaTail.LogUpperTail(800, 1000), WeightedExponentialTail.LogUpperTail([new(0.5, 400), new(0.5, 400)], 500).LogP, 1e-12, 0, "halves");
    }

    [Fact]
    public void Moment_matching_is_refuted_where_it_was_published()
    {
        // A Gamma distribution of equal mean and variance claims 2.4e-12 where the truth is 7.6e-11, 32 times more.
        double t = TotalWithMatchedTail(WeightedDualKey, Math.Log(2.4e-12));
        WeightedTail tail = WeightedExponentialTail.LogUpperTail(WeightedDualKey, t);
        Assert.Equal(TailMethod.Exact, tail.Method);
        Assert.InRange(Math.Exp(tail.LogP), 7.5e-11, 7.7e-11);

        // The plain dual key with weights 0.9 and 0.1: 0.66 of the truth at 4e-13 and 0.31 at 7e-25.
        ScaleClass[] dual = [new(0.9, 400), new(0.1, 400)];
        foreach ((double truth, double ratio) in new[] { (4e-13, 0.66), (7e-25, 0.31) })
        {
            double total = TotalWithTail(dual, Math.Log(truth));
            Assert.InRange(Math.Exp(MatchedTail(dual, total) - Math.Log(truth)), ratio - 0.02, ratio + 0.02);
        }
    }

    [Fact]
    public void The_saddle_point_is_close_and_the_bound_holds_where_it_stands_in()
    {
        foreach (double t in new[] { 105.0, 120, 150, 200 })
        {
            var sum = new ExponentialSum([.. WeightedDualKey.OrderByDescending(item => item.Scale).Select(item => item with { Scale = item.Scale / 0.9 })], t / 0.9);
            double exact = sum.LogTail()!.Value;
            WeightedTail bound = WeightedTail.Bound(sum.RateAt(sum.SaddlePoint), sum.SaddlePoint * Math.Sqrt(sum.VarianceAt(sum.SaddlePoint)));
            Assert.True(bound.LogP == -sum.RateAt(sum.SaddlePoint) && bound.LogP >= exact);
            Accuracy.Within(exact, bound.LogSaddlePoint, 0.01, 0, $"{t}");
            Accuracy.Within(bound.LogP, WeightedExponentialTail.LogUpperBound(WeightedDualKey, t), 1e-12, 1e-12, "bound");
        }
    }

    [Property(MaxTest = 150)]
    public void No_total_gives_an_infinity_or_nan_and_no_exact_tail_lies_above_the_bound(byte[] scales, byte[] counts, byte exponent, byte position)
    {
        ScaleClass[] classes =
        [
            .. scales.Zip(counts).Take(5).Select(pair => new ScaleClass((1 + pair.First) / 100.0, 1 + (long)Math.Pow(10, pair.Second % 10))),
            new(1, 1 + (long)Math.Pow(10, exponent % 10)),
        ];
        double mean = classes.Sum(item => item.Scale * item.Count);
        double deviation = Math.Sqrt(classes.Sum(item => item.Scale * item.Scale * item.Count));
        double previous = 0;
        foreach (double z in new[] { -30, -5, -1, -0.01, 0, 0.01, 1, 5 + position, 1000 })
        {
            double t = mean + (z * deviation);
            WeightedTail tail = WeightedExponentialTail.LogUpperTail(classes, t);
            double bound = WeightedExponentialTail.LogUpperBound(classes, t);
            Assert.True(double.IsFinite(tail.LogP) && double.IsFinite(tail.LogSaddlePoint) && tail.LogP <= bound + 1e-12, $"{t}: {tail}, bound {bound}");
            Assert.True(tail.LogP <= previous + 1e-9, $"{t}: {tail} after {previous}");
            if (tail.Method == TailMethod.Exact)
                previous = tail.LogP;
        }
    }

    [Fact]
    public void Impossible_arguments_are_refused()
    {
        Assert.Equal(0, WeightedExponentialTail.LogUpperTail([new(1, 2), new(2, 1)], 0).LogP);
        Assert.Throws<ArgumentException>(() => WeightedExponentialTail.LogUpperTail([], 1));
        Assert.Throws<ArgumentException>(() => WeightedExponentialTail.LogUpperTail([new(1, 0)], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => WeightedExponentialTail.LogUpperTail([new(0, 1)], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => WeightedExponentialTail.LogUpperTail([new(1, -1)], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => WeightedExponentialTail.LogUpperBound([new(1, 1)], double.NaN));
    }

    private static double MatchedTail(ScaleClass[] classes, double total)
    {
        double mean = classes.Sum(item => item.Scale * item.Count);
        double variance = classes.Sum(item => item.Scale * item.Scale * item.Count);
        double shape = mean * mean / variance;
        double scaled = total * mean / variance;
        return GammaTail.LogDensity(shape, scaled) - GammaTail.LogUpperFraction(shape, scaled);
    }

    private static double TotalWithMatchedTail(ScaleClass[] classes, double log)
    {
        double mean = classes.Sum(item => item.Scale * item.Count);
        return Bisection.First(mean, 10 * mean, t => MatchedTail(classes, t) <= log);
    }

    private static double TotalWithTail(ScaleClass[] classes, double log)
    {
        double mean = classes.Sum(item => item.Scale * item.Count);
        return Bisection.First(mean, 10 * mean, t => WeightedExponentialTail.LogUpperTail(classes, t).LogP <= log);
    }
}
