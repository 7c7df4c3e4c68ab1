using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Tests.Statistics;

public sealed class RandomizationNullTests
{
    [Fact]
    public void Three_of_thirty_two_sign_patterns_reach_the_total()
    {
        // Served minus other, times 100: 21, 5, −8, 31, 14; the observed sum is 63, and 3 of the 32 patterns reach it.
        int[] differences = [21, 5, -8, 31, 14];
        var null0 = new RandomizationNull([.. differences.Select(d => (int[])[d, -d])]);

        Assert.Equal(Math.Log(3 / 32.0), null0.LogUpperTail(63), 12);
        Assert.Equal(0, null0.Mean, 12);
        Assert.Equal(Math.Sqrt(differences.Sum(d => d * d)), null0.StandardDeviation, 12);
    }

    [Fact]
    public void Tails_and_e_values_are_those_of_all_assignments()
    {
        var random = new SeededRandomBits(6);
        for (int run = 0; run < 12; run++)
        {
            int choices = 2 + (int)random.NextBelow(3);
            int[][] scores = [.. Enumerable.Range(0, 6).Select(_ => Enumerable.Range(0, choices).Select(_ => (int)random.NextBelow(60) - 20).ToArray())];
            var null0 = new RandomizationNull(scores);
            long[] totals = [.. All(scores)];
            foreach (long total in totals.Distinct().Order().Where((_, i) => i % 9 == 0).Append(totals.Max()))
                Assert.Equal(Math.Log((double)totals.Count(other => other >= total) / totals.Length), null0.LogUpperTail(total), 9);

            // Every tilt has expectation 1, so the e-value has.
            Assert.Equal(1, totals.Average(total => Math.Exp(null0.LogE(total))), 9);
            Assert.Equal(totals.Average(), null0.Mean, 9);
        }
    }

    [Fact]
    public void Far_tails_have_no_floor()
    {
        // 500 units of two choices, all taken: 2^-500.
        var null0 = new RandomizationNull([.. Enumerable.Repeat((int[])[3, 0], 500)]);

        Assert.Equal(500 * Math.Log(0.5), null0.LogUpperTail(1500), 8);
        Assert.Equal(new BinomialNull(Fraction.Half).Test(500, 400).LogP, null0.LogUpperTail(1200), 8);
        Assert.True(null0.LogE(1500) > 200);
    }

    [Fact]
    public void Units_without_a_difference_say_nothing()
    {
        var null0 = new RandomizationNull([[5, 5], [7], [1, 0]]);

        Assert.Equal(1, null0.Units);
        Assert.Equal(Math.Log(0.5), null0.LogUpperTail(13), 12);
        Assert.Equal(0, null0.LogUpperTail(12));
        Assert.Throws<ArgumentOutOfRangeException>(() => null0.LogUpperTail(14));
        Assert.Equal(0, new RandomizationNull([[5, 5]]).LogE(5));
        Assert.Throws<ArgumentException>(() => new RandomizationNull([[]]));
        Assert.Throws<ArgumentException>(() => new RandomizationNull([.. Enumerable.Repeat((int[])[2_000_000, 0], 100)]));
    }

    private static IEnumerable<long> All(int[][] scores) =>
        scores.Aggregate((IEnumerable<long>)[0L], (sums, unit) => sums.SelectMany(sum => unit.Select(score => sum + score)));
}
