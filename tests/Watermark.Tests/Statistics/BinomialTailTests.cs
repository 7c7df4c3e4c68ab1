using System.Numerics;
using System.Text.Json;
using FsCheck.Xunit;
using Watermark.Statistics;
using Watermark.TestKit;

namespace Watermark.Tests.Statistics;

public class BinomialTailTests
{
    [Fact]
    public void The_mean_and_its_neighbourhood_are_exact_up_to_10_to_the_12_trials()
    {
        foreach (JsonElement row in Golden.Load("statistics").GetProperty("binomial").EnumerateArray())
            Check(row);
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(1, 2)]
    [InlineData(1, 100)]
    [InlineData(99, 100)]
    [InlineData(6554, 65536)]
    public void Every_count_agrees_with_integer_sums(int a, int b)
    {
        var gamma = new Fraction(a, b);
        foreach (int n in new[] { 1, 2, 3, 7, 16, 40, 133, 400 })
        {
            BigInteger[] masses = Accuracy.BinomialMasses(n, a, b);
            BigInteger whole = BigInteger.Pow(b, n);
            BigInteger tail = 0;
            for (int k = n; k >= 0; k--)
            {
                tail += masses[k];
                Accuracy.Within(Accuracy.LogRatio(tail, whole), BinomialTail.LogUpperTail(n, k, gamma), 1e-13, 1e-14, $"tail {n} {k} {gamma}");
                Accuracy.Within(Accuracy.LogRatio(masses[k], whole), BinomialTail.LogProbability(n, k, gamma), 1e-13, 1e-14, $"mass {n} {k} {gamma}");
            }
        }
    }

    [Property(MaxTest = 300)]
    public void Random_parameters_agree_with_integer_sums(ushort trials, ushort successes, ushort numerator, ushort denominator)
    {
        int n = 1 + (trials % 400);
        int k = successes % (n + 1);
        int b = 2 + denominator;
        int a = 1 + (numerator % (b - 1));
        BigInteger tail = 0;
        foreach (BigInteger mass in Accuracy.BinomialMasses(n, a, b).AsSpan(k))
            tail += mass;
        Accuracy.Within(Accuracy.LogRatio(tail, BigInteger.Pow(b, n)), BinomialTail.LogUpperTail(n, k, new Fraction(a, b)), 1e-13, 1e-14, $"{n} {k} {a}/{b}");
    }

    [Fact]
    public void The_ends_are_closed_forms()
    {
        Assert.Equal(0, BinomialTail.LogUpperTail(0, 0, Fraction.Half));
        Assert.Equal(0, BinomialTail.LogUpperTail(1_000_000_000_000, 0, Fraction.Half));
        Assert.Equal(1_000_000_000_000 * Math.Log(0.25), BinomialTail.LogUpperTail(1_000_000_000_000, 1_000_000_000_000, Fraction.Quarter));
        // A tail of 1 − 2^−1000 is 0 in a double, and not minus 0.
        double certain = BinomialTail.LogUpperTail(1000, 1, Fraction.Half);
        Assert.True(certain <= 0 && certain > -1e-300);
    }

    [Fact]
    public void The_worst_case_at_10_to_the_12_stays_quick()
    {
        // 200 evaluations at k = n·gamma; a millisecond each at the outside, held to a bound that no slow machine misses.
        long started = Environment.TickCount64;
        for (int i = 0; i < 200; i++)
            BinomialTail.LogUpperTail(1_000_000_000_000, 250_000_000_000 + i, Fraction.Quarter);
        Assert.True(Environment.TickCount64 - started < 10_000);
    }

    [Fact]
    public void Impossible_arguments_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialTail.LogUpperTail(-1, 0, Fraction.Half));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialTail.LogUpperTail(5, 6, Fraction.Half));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialTail.LogUpperTail(5, -1, Fraction.Half));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialTail.LogUpperTail(5, 1, new Fraction(1, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialTail.LogProbability(5, 1, default));
    }

    private static void Check(JsonElement row)
    {
        double actual = BinomialTail.LogUpperTail(row.GetProperty("n").GetInt64(), row.GetProperty("k").GetInt64(), row.Gamma());
        Accuracy.Within(row.Number("lnp"), actual, 1e-9, 1e-14, row.ToString());
    }
}
