using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Tests.Statistics;

public sealed class PoissonBinomialTests
{
    [Fact]
    public void Equal_probabilities_give_the_binomial_tail()
    {
        foreach ((int trials, int successes, long numerator, long denominator) in new[] { (20, 3, 1L, 256L), (64, 6, 1L, 256L), (40, 39, 3L, 4L), (300, 120, 1L, 4L) })
        {
            double[] p = Enumerable.Repeat((double)numerator / denominator, trials).ToArray();
            double expected = new BinomialNull(new Fraction(numerator, denominator)).Test(trials, successes).LogP;
            Assert.Equal(expected, PoissonBinomial.LogUpperTail(p, successes), 9);
        }
    }

    [Fact]
    public void Published_tails_of_three_hits_are_met()
    {
        // Twenty questions with 256 answers each. Only five replies are in the list, or u = (1, 1, 2, 1, 3) replies are.
        double[] five = [.. Enumerable.Repeat(1.0 / 256, 5), .. new double[15]];
        double[] several = [.. new[] { 1, 1, 2, 1, 3 }.Select(u => u / 256.0), .. new double[15]];

        Assert.Equal(5.9256e-7, Math.Exp(PoissonBinomial.LogUpperTail(five, 3)), 11);
        Assert.Equal(2.0105e-6, Math.Exp(PoissonBinomial.LogUpperTail(several, 3)), 10);
    }

    [Fact]
    public void Tails_are_those_of_all_outcomes()
    {
        var random = new SeededRandomBits(4);
        for (int run = 0; run < 20; run++)
        {
            double[] p = [.. Enumerable.Range(0, 10).Select(_ => random.NextDouble() * random.NextDouble())];
            int successes = 1 + (int)random.NextBelow(10);
            double sum = 0;
            for (int outcome = 0; outcome < 1 << 10; outcome++)
            {
                if (System.Numerics.BitOperations.PopCount((uint)outcome) < successes)
                    continue;
                double probability = 1;
                for (int i = 0; i < 10; i++)
                    probability *= (outcome >> i & 1) == 1 ? p[i] : 1 - p[i];
                sum += probability;
            }

            Assert.Equal(Math.Log(sum), PoissonBinomial.LogUpperTail(p, successes), 10);
        }
    }

    [Fact]
    public void The_ends_are_exact_and_what_cannot_be_is_refused()
    {
        Assert.Equal(0, PoissonBinomial.LogUpperTail([0.5, 0.5], 0));
        Assert.Equal(0, PoissonBinomial.LogUpperTail([], 0));
        Assert.Equal(0, PoissonBinomial.LogUpperTail([1, 1], 2));
        Assert.Equal(64 * Math.Log(1 / 256.0), PoissonBinomial.LogUpperTail([.. Enumerable.Repeat(1 / 256.0, 64)], 64), 9);
        Assert.Throws<ArgumentOutOfRangeException>(() => PoissonBinomial.LogUpperTail([0.5, 0], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => PoissonBinomial.LogUpperTail([1.5], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PoissonBinomial.LogUpperTail([double.NaN], 1));
    }
}
