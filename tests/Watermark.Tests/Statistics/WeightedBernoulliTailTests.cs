using System.Numerics;
using System.Text.Json;
using FsCheck.Xunit;
using Watermark.Statistics;
using Watermark.TestKit;

namespace Watermark.Tests.Statistics;

public class WeightedBernoulliTailTests
{
    private static readonly WeightClass[] FiveWeights = [new(1, 60), new(2, 60), new(3, 60), new(4, 60), new(5, 60)];

    [Fact]
    public void All_published_check_values_are_met()
    {
        JsonElement rows = Golden.Load("numbers").GetProperty("weighted").GetProperty("rows");
        Assert.Equal(6, rows.GetArrayLength());
        foreach (JsonElement row in rows.EnumerateArray())
        {
            WeightedTail tail = WeightedBernoulliTail.LogUpperTail(FiveWeights, row.GetProperty("t").GetInt64(), Fraction.Quarter);
            Assert.Equal(TailMethod.Exact, tail.Method);
            Accuracy.Within(row.Number("lnp"), tail.LogP, 1e-9, 1e-12, row.ToString());
        }
    }

    [Property(MaxTest = 30)]
    public void Every_total_agrees_with_integer_sums(sbyte[] weights, ushort numerator, ushort denominator)
    {
        int b = 2 + (denominator % 1000);
        int a = 1 + (numerator % (b - 1));
        int[] rows = [.. weights.Take(12).Select(weight => weight < 0 ? (weight % 9) - 1 : 1 + (weight % 9)), 3, 3, 7];
        int lowest = rows.Where(weight => weight < 0).Sum();
        var masses = new BigInteger[rows.Sum(Math.Abs) + 1];
        masses[-lowest] = 1;
        foreach (int weight in rows)
        {
            var next = new BigInteger[masses.Length];
            for (int i = 0; i < masses.Length; i++)
            {
                if (masses[i].IsZero)
                    continue;
                next[i] += masses[i] * (b - a);
                next[i + weight] += masses[i] * a;
            }

            masses = next;
        }

        WeightClass[] classes = [.. rows.Select(weight => new WeightClass(weight, 1))];
        BigInteger tail = 0;
        for (int t = masses.Length - 1 + lowest; t >= lowest; t--)
        {
            tail += masses[t - lowest];
            WeightedTail actual = WeightedBernoulliTail.LogUpperTail(classes, t, new Fraction(a, b));
            Assert.Equal(TailMethod.Exact, actual.Method);
            Accuracy.Within(Accuracy.LogRatio(tail, BigInteger.Pow(b, rows.Length)), actual.LogP, 1e-12, 1e-13, $"t = {t} of {string.Join(' ', rows)}, {a}/{b}");
        }
    }

    [Theory]
    [InlineData(1, 1_000_000, 1_000_000)]
    [InlineData(2, 500_000, 200)]
    [InlineData(9, 40, 800_000)]
    public void Long_sums_with_negative_weights_agree_with_a_sum_over_the_negative_ones(int weight, long positive, long negative)
    {
        // T = w·X − Y of two binomials: P(T ≥ t) = Σ_y P(Y = y)·P(X ≥ ceil((t + y)/w)), each term from the binomial's code.
        double mean = 0.25 * ((positive * (double)weight) - negative);
        double deviation = Math.Sqrt(0.1875 * ((positive * Math.Pow(weight, 2)) + negative));
        foreach (double z in new[] { -1, 0.3, 5, 25 })
        {
            long total = (long)(mean + (z * deviation));
            double spread = (40 * Math.Sqrt(negative * 0.1875)) + 40;
            var logs = new List<double>();
            for (long y = Math.Max(0, (long)((negative * 0.25) - spread)); y <= Math.Min(negative, (negative * 0.25) + spread); y++)
            {
                long rest = total + y;
                if (rest > positive * weight)
                    break;
                long need = rest <= 0 ? 0 : ((rest - 1) / weight) + 1;
                logs.Add(BinomialTail.LogProbability(negative, y, Fraction.Quarter) + BinomialTail.LogUpperTail(positive, need, Fraction.Quarter));
            }

            double top = logs.Max();
            double expected = top + Math.Log(logs.Sum(log => Math.Exp(log - top)));
            WeightedTail actual = WeightedBernoulliTail.LogUpperTail([new(weight, positive), new(-1, negative)], total, Fraction.Quarter);
            Assert.Equal(TailMethod.Exact, actual.Method);
            Accuracy.Within(expected, actual.LogP, 1e-9, 1e-12, $"z = {z}");
        }
    }

    [Theory]
    [InlineData(226)]
    [InlineData(240)]
    [InlineData(300)]
    [InlineData(450)]
    [InlineData(600)]
    [InlineData(800)]
    public void The_fourier_sum_agrees_with_the_recursion(long total)
    {
        var tilted = TiltedBernoulliSum.At(TiltClasses(FiveWeights), 900, total);
        double sum = tilted.SumByRecursion();
        Accuracy.Within(sum, tilted.SumByFourier()!.Value, 0, 1e-11, "sum");
    }

    [Theory]
    [InlineData(1_000_000, 300_000, 2, 7)]
    [InlineData(200_000, 50, 2, 7)]
    [InlineData(1_000_000, 1_000_000, 1, 50)]
    [InlineData(3, 1_000_000, 5, 2)]
    public void Long_sums_of_two_weights_agree_with_a_sum_over_one_of_them(long first, long second, int weight1, int weight2)
    {
        // The second class's count runs over all that matter; the first one's tail is the exact binomial.
        double mean = 0.25 * ((first * (double)weight1) + (second * (double)weight2));
        double deviation = Math.Sqrt(0.1875 * ((first * Math.Pow(weight1, 2)) + (second * Math.Pow(weight2, 2))));
        foreach (double z in new[] { -1, 0.3, 5, 25 })
        {
            long total = (long)(mean + (z * deviation));
            double spread = 40 * Math.Sqrt(second * 0.1875) + 40;
            double top = double.NegativeInfinity;
            var logs = new List<double>();
            for (long k = Math.Max(0, (long)((second * 0.25) - spread)); k <= Math.Min(second, (second * 0.25) + spread); k++)
            {
                long rest = total - (weight2 * k);
                if (rest > first * weight1)
                    continue;
                long need = rest <= 0 ? 0 : ((rest - 1) / weight1) + 1;
                double log = BinomialTail.LogProbability(second, k, Fraction.Quarter) + BinomialTail.LogUpperTail(first, need, Fraction.Quarter);
                logs.Add(log);
                top = Math.Max(top, log);
            }

            double expected = top + Math.Log(logs.Sum(log => Math.Exp(log - top)));
            WeightedTail actual = WeightedBernoulliTail.LogUpperTail([new(weight1, first), new(weight2, second)], total, Fraction.Quarter);
            Assert.Equal(TailMethod.Exact, actual.Method);
            Accuracy.Within(expected, actual.LogP, 1e-9, 1e-12, $"z = {z}");
        }
    }

    [Property(MaxTest = 15)]
    public void No_total_gives_an_infinity_or_nan_and_tails_fall(byte[] weights, byte[] counts, ushort numerator, byte position)
    {
        WeightClass[] classes =
        [
            .. weights.Zip(counts).Take(4).Select(pair => new WeightClass(1 + pair.First, 1 + (long)Math.Pow(10, pair.Second % 8))),
            new(1 + (position % 7), 20),
        ];
        var gamma = new Fraction(1 + (numerator % 65534), 65536);
        long most = classes.Sum(item => item.Weight * item.Count);
        double mean = most * gamma.ToDouble();
        double deviation = Math.Sqrt(classes.Sum(item => (double)item.Weight * item.Weight * item.Count) * gamma.ToDouble() * gamma.Complement().ToDouble());
        double previous = 0;
        foreach (double z in new[] { -30, -5, -1, 0, 1, 5 + (position / 10.0), 100, 1e9 })
        {
            long t = Math.Clamp((long)(mean + (z * deviation)), 0, most);
            WeightedTail tail = WeightedBernoulliTail.LogUpperTail(classes, t, gamma);
            Assert.True(double.IsFinite(tail.LogP) && double.IsFinite(tail.LogSaddlePoint) && tail.LogP <= 0, $"{t}: {tail}");
            Assert.True(tail.Method == TailMethod.UpperBound || tail.LogP <= previous + 1e-9, $"{t}: {tail} after {previous}");
            if (tail.Method == TailMethod.Exact)
                previous = tail.LogP;
        }
    }

    [Fact]
    public void Beyond_the_budget_the_bound_holds_and_the_saddle_point_is_close()
    {
        // 10^12 rows of weights whose window is too wide: the sum over one class is the reference, by the exact binomial for
        // two classes so uneven that the second only shifts the first by a few units.
        WeightClass[] classes = [new(1000, 1_000_000_000_000), new(999, 1)];
        const long Count = 250_002_500_000;
        WeightedTail tail = WeightedBernoulliTail.LogUpperTail(classes, Count * 1000, Fraction.Quarter);
        Assert.Equal(TailMethod.UpperBound, tail.Method);
        // The row of weight 999 cannot replace one of weight 1000 here, so it adds nothing.
        double exact = BinomialTail.LogUpperTail(1_000_000_000_000, Count, Fraction.Quarter);
        Assert.True(tail.LogP >= exact);
        Accuracy.Within(exact, tail.LogSaddlePoint, 1e-3, 0, "saddle point");
        Assert.Equal(0, WeightedBernoulliTail.LogUpperTail(classes, 249_000_000_000_000, Fraction.Quarter).LogP);
    }

    [Fact]
    public void The_bound_lies_above_the_exact_tail_and_the_saddle_point_near_it()
    {
        foreach (long total in new[] { 270L, 300, 350, 450, 600, 800 })
        {
            var tilted = TiltedBernoulliSum.At(TiltClasses(FiveWeights), 900, total);
            double exact = WeightedBernoulliTail.LogUpperTail(FiveWeights, total, Fraction.Quarter).LogP;
            WeightedTail bound = WeightedTail.Bound(tilted.Rate, -NearOne.ExpM1(-tilted.Tilt) * Math.Sqrt(tilted.Variance));
            Assert.True(bound.LogP >= exact);
            Accuracy.Within(exact, bound.LogSaddlePoint, 2e-3, 0, $"{total}");
        }
    }

    [Fact]
    public void One_weight_and_the_ends_are_the_binomial()
    {
        double expected = BinomialTail.LogUpperTail(100, 34, Fraction.Quarter);
        Assert.Equal(expected, WeightedBernoulliTail.LogUpperTail([new(3, 100)], 100, Fraction.Quarter).LogP);
        Assert.Equal(expected, WeightedBernoulliTail.LogUpperTail([new(3, 60), new(2, 0), new(3, 40)], 102, Fraction.Quarter).LogP);
        Assert.Equal(0, WeightedBernoulliTail.LogUpperTail([], 0, Fraction.Quarter).LogP);
        Assert.Equal(20 * Math.Log(0.25), WeightedBernoulliTail.LogUpperTail([new(3, 10), new(2, 10)], 50, Fraction.Quarter).LogP);
        // All weights negative: the sum is minus a count, P(−3·X ≥ −102) = P(X ≤ 34) = P(100 − X ≥ 66).
        Assert.Equal(
            BinomialTail.LogUpperTail(100, 66, Fraction.Quarter.Complement()),
            WeightedBernoulliTail.LogUpperTail([new(-3, 100)], -102, Fraction.Quarter).LogP);
        Assert.Equal(0, WeightedBernoulliTail.LogUpperTail([new(-3, 100), new(2, 10)], -300, Fraction.Quarter).LogP);
        Assert.Equal((10 * Math.Log(0.25)) + (20 * Math.Log(0.75)), WeightedBernoulliTail.LogUpperTail([new(3, 10), new(-2, 20)], 30, Fraction.Quarter).LogP, 12);
        Assert.Throws<ArgumentOutOfRangeException>(() => WeightedBernoulliTail.LogUpperTail([new(3, 10), new(-2, 20)], 31, Fraction.Quarter));
        Assert.Throws<ArgumentOutOfRangeException>(() => WeightedBernoulliTail.LogUpperTail([new(3, 10)], 31, Fraction.Quarter));
        Assert.Throws<ArgumentOutOfRangeException>(() => WeightedBernoulliTail.LogUpperTail([new(0, 10)], 0, Fraction.Quarter));
        Assert.Throws<ArgumentOutOfRangeException>(() => WeightedBernoulliTail.LogUpperTail([new(1, -1)], 0, Fraction.Quarter));
    }

    private static TiltClass[] TiltClasses(WeightClass[] classes) =>
        Array.ConvertAll(classes, item => new TiltClass(item.Weight, item.Count, SuccessProbability.Of(Fraction.Quarter)));
}
