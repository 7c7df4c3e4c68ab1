using System.Numerics;
using FsCheck.Xunit;
using Watermark.Statistics;

namespace Watermark.Tests.Statistics;

public class PoissonBinomialTailTests
{
    [Property(MaxTest = 50)]
    public void Every_count_agrees_with_integer_sums(byte[] numerators)
    {
        // Probabilities u/256, which doubles hold exactly.
        byte[] some = [.. numerators.Take(40), 3, 77];
        BigInteger[] masses = [1];
        foreach (byte u in some)
        {
            var next = new BigInteger[masses.Length + 1];
            for (int i = 0; i < masses.Length; i++)
            {
                next[i] += masses[i] * (256 - u);
                next[i + 1] += masses[i] * u;
            }

            masses = next;
        }

        double[] probabilities = [.. some.Select(u => u / 256.0)];
        BigInteger tail = 0;
        for (int k = some.Length; k >= 0; k--)
        {
            tail += masses[k];
            double actual = PoissonBinomialTail.LogUpperTail(probabilities, k);
            if (tail.IsZero)
                Assert.Equal(double.NegativeInfinity, actual);
            else
                Accuracy.Within(Accuracy.LogRatio(tail, BigInteger.Pow(256, some.Length)), actual, 1e-12, 1e-13, $"{k}");
        }
    }

    [Theory]
    [InlineData(2000, 0.25, 500)]
    [InlineData(2000, 0.25, 501)]
    [InlineData(2000, 0.25, 650)]
    [InlineData(2000, 0.25, 1900)]
    [InlineData(2000, 0.25, 300)]
    [InlineData(2000, 0.25, 2000)]
    public void Equal_probabilities_are_the_binomial(int n, double p, int k)
    {
        double[] probabilities = new double[n];
        Array.Fill(probabilities, p);
        Accuracy.Within(BinomialTail.LogUpperTail(n, k, Fraction.Quarter), PoissonBinomialTail.LogUpperTail(probabilities, k), 1e-11, 1e-12, $"{k}");
    }

    [Fact]
    public void Certain_and_impossible_events_are_counted()
    {
        Assert.Equal(0, PoissonBinomialTail.LogUpperTail([1, 1, 0, 0.5], 2));
        Assert.Equal(Math.Log(0.5), PoissonBinomialTail.LogUpperTail([1, 1, 0, 0.5], 3), 15);
        Assert.Equal(double.NegativeInfinity, PoissonBinomialTail.LogUpperTail([1, 1, 0, 0.5], 4));
        Assert.Equal(0, PoissonBinomialTail.LogUpperTail([], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => PoissonBinomialTail.LogUpperTail([0.5], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => PoissonBinomialTail.LogUpperTail([1.5], 1));
    }
}
