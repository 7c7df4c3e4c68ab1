using System.Numerics;
using Watermark.Randomness;
using Watermark.Scoring;
using Watermark.Statistics;

namespace Watermark.Tests.Scoring;

public sealed class WeightedCoinsTests
{
    private static readonly double Threshold = Math.Log(1000);

    [Theory]
    [InlineData(1, 4)]
    [InlineData(1, 2)]
    [InlineData(7, 8)]
    public void All_outcomes_agree_with_the_tail_and_give_the_e_values_a_mean_of_one(int a, int b)
    {
        // 2^14 outcomes of 14 coins, weights of either sign and any size; nothing is left to chance.
        int[] weights = [1, 1, -1, 2, 5, -7, 30, 30, -30, 127, -127, 1000, -20_000, 3];
        TotalNull coins = Null(weights, new Fraction(a, b));
        double p = (double)a / b;
        var outcomes = new SortedDictionary<long, double>();
        for (int outcome = 0; outcome < 1 << weights.Length; outcome++)
        {
            long total = 0;
            for (int i = 0; i < weights.Length; i++)
                total += (outcome >> i & 1) * weights[i];
            int ones = BitOperations.PopCount((uint)outcome);
            outcomes[total] = outcomes.GetValueOrDefault(total) + (Math.Pow(p, ones) * Math.Pow(1 - p, weights.Length - ones));
        }

        double above = 0;
        double expectation = 0;
        double mean = 0;
        double squares = 0;
        foreach ((long total, double chance) in outcomes.Reverse())
        {
            above += chance;
            TotalTest test = coins.Test(total);
            Assert.Equal(TailMethod.Exact, test.Method);
            Assert.Equal(Math.Min(0, Math.Log(above)), test.LogP, 1e-9);
            expectation += chance * Math.Exp(test.LogE);
            mean += chance * total;
            squares += chance * total * total;
        }

        Assert.Equal(1, expectation, 1e-11);
        Assert.Equal(mean, coins.Mean, 1e-6);
        Assert.Equal(Math.Sqrt(squares - (mean * mean)), coins.StandardDeviation, 1e-6);
        Assert.False(coins.IsAnytime);
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.2)]
    [InlineData(0.6)]
    public void An_effect_is_acquitted_falsely_no_more_often_than_stated(double effect)
    {
        // The boundary alternative tilts every coin by its weight; all its outcomes, so the expectation is exactly 1. Under a
        // larger tilt it is less.
        int[] weights = [1, 1, -1, 2, 5, -7, 8, 8, -8, 12, -12, 3];
        TotalNull coins = Null(weights, Fraction.Quarter);
        double wanted = effect * Math.Sqrt(weights.Length) * coins.StandardDeviation;
        double boundary = Bisection.First(0.0, 100, tilt => Expectation(weights, tilt, total => total) - coins.Mean >= wanted);
        Assert.Equal(1, Expectation(weights, boundary, total => Math.Exp(coins.LogEAgainstEffect(total, effect))), 1e-9);
        Assert.InRange(Expectation(weights, 1.3 * boundary, total => Math.Exp(coins.LogEAgainstEffect(total, effect))), 0, 1 - 1e-4);
        for (int total = -27; total < 40; total++)
            Assert.True(coins.LogEAgainstEffect(total, effect) > coins.LogEAgainstEffect(total + 1, effect));
    }

    [Fact]
    public void An_effect_that_no_coins_can_have_is_not_acquitted()
    {
        TotalNull coins = Null([1, -2, 3], Fraction.Half);
        Assert.True(double.IsFinite(coins.LogEAgainstEffect(1, 0.8)));
        Assert.True(double.IsNaN(coins.LogEAgainstEffect(1, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => coins.LogEAgainstEffect(1, 0));
    }

    [Fact]
    public void The_sign_of_all_weights_and_gamma_are_exchanged_together()
    {
        // Σ −w·B = Σ w·(1 − B) − Σ w.
        TotalNull coins = Null([5, -3, 2, 2], Fraction.Quarter);
        TotalNull mirrored = Null([-5, 3, -2, -2], new Fraction(3, 4));
        for (int total = -3; total <= 9; total++)
        {
            Assert.Equal(coins.Test(total).LogE, mirrored.Test(total - 6).LogE, 1e-11);
            Assert.Equal(coins.Test(total).LogP, mirrored.Test(total - 6).LogP, 1e-12);
        }
    }

    [Fact]
    public void The_smallest_effect_is_found_as_often_as_stated()
    {
        // 2,000 keys that tilt 3,000 coins of weights −127 … 127 in proportion to their weights, until their total has risen by
        // the smallest effect stated for E ≥ 1000 and power 0.9. The standard error is 0.7%, and the normal approximation good
        // to a percent; 2,000 keys that do nothing never reach 1000, up to one in 500.
        var random = new SeededRandomBits(31);
        int[] weights = [.. Enumerable.Range(0, 3000).Select(_ => (int)random.NextBelow(255) - 127)];
        TotalNull coins = Null(weights, Fraction.Quarter);
        double shift = coins.SmallestEffect(Threshold, 0.9) * coins.Rows;
        double tilt = Bisection.First(0.0, 1, value => weights.Sum(weight => weight * (Green(value, weight) - 0.25)) >= shift);
        Int128 critical = Bisection.First((Int128)coins.Mean, (Int128)(coins.Mean + (10 * coins.StandardDeviation)), total => coins.Test(total).LogE >= Threshold);
        Assert.InRange(Reached(tilt) / 2000.0, 0.87, 0.93);
        Assert.InRange(Reached(0), 0, 4);

        double Green(double by, int weight) => 1 / (1 + (3 * Math.Exp(-by * weight)));
        int Reached(double by)
        {
            int reached = 0;
            ulong[] limits = Array.ConvertAll(weights, weight => (ulong)(Green(by, weight) * (1UL << 32)));
            for (int key = 0; key < 2000; key++)
            {
                long total = 0;
                for (int i = 0; i < weights.Length; i++)
                    total += (random.NextUInt64() >> 32) < limits[i] ? weights[i] : 0;
                reached += total >= critical ? 1 : 0;
            }

            return reached;
        }
    }

    [Fact]
    public void Real_coins_tossed_key_by_key_reject_as_often_as_stated()
    {
        // 4,000 keys on 200 coins: p ≤ 5% in 5% (0.35% standard error, 4 of them allowed, and what whole totals leave), E ≥ 20
        // in no more than 5%.
        var random = new SeededRandomBits(32);
        int[] weights = [.. Enumerable.Range(0, 200).Select(i => (i % 3 == 0 ? -1 : 1) * (1 + (i * i % 100)))];
        TotalNull coins = Null(weights, Fraction.Quarter);
        int byP = 0;
        int byE = 0;
        for (int key = 0; key < 4000; key++)
        {
            long total = 0;
            foreach (int weight in weights)
                total += random.NextBelow(4) == 0 ? weight : 0;
            TotalTest test = coins.Test(total);
            Assert.Equal(TailMethod.Exact, test.Method);
            byP += test.LogP <= Math.Log(0.05) ? 1 : 0;
            byE += test.LogE >= Math.Log(20) ? 1 : 0;
        }

        Assert.InRange(byP / 4000.0, 0.036, 0.064);
        Assert.InRange(byE / 4000.0, 0, 0.05);
    }

    [Fact]
    public void A_million_rows_of_the_largest_weights_give_finite_numbers()
    {
        TotalNull coins = TotalNull.Weighted(Fraction.Quarter, Enumerable.Range(-127, 255).Select(weight => new WeightClass(weight, 1_000_000)));
        foreach (double z in new[] { -50, -1, 0, 1, 5, 20, 1000 })
        {
            TotalTest test = coins.Test((Int128)(coins.Mean + (z * coins.StandardDeviation)));
            Assert.True(double.IsFinite(test.LogP) && double.IsFinite(test.LogE), $"{z}: {test}");
            Assert.Equal(z, test.Z, 1e-3);
            // The best tilt on the grid gives up at most 3% of z²/2, its share of the weight ln 310.
            Assert.True(z < 5 || test.LogE > (0.96 * z * z / 2) - Math.Log(310), $"{z}: {test}");
        }

        Assert.Equal(254_000_000, coins.Rows);
    }

    [Fact]
    public void The_rows_needed_follow_the_square_root_law()
    {
        TotalNull coins = Null([.. Enumerable.Range(0, 1000).Select(i => (i % 11) - 5)], Fraction.Quarter);
        double effect = coins.SmallestEffect(Threshold, 0.9);
        Assert.Equal(coins.Rows, coins.RowsNeeded(effect, Threshold, 0.9)!.Value, 1.5);
        Assert.Equal(4.0 * coins.Rows, coins.RowsNeeded(effect / 2, Threshold, 0.9)!.Value, 4.5);
        Assert.Null(Null([1, 1], Fraction.Half).RowsNeeded(0.1, Threshold, 0.9));
    }

    private static TotalNull Null(int[] weights, Fraction gamma) => TotalNull.Weighted(gamma, weights.Select(weight => new WeightClass(weight, 1)));

    /// <summary>The mean of a function of the total over all outcomes of coins of gamma 1/4 tilted by their weights.</summary>
    private static double Expectation(int[] weights, double tilt, Func<int, double> function)
    {
        double sum = 0;
        for (int outcome = 0; outcome < 1 << weights.Length; outcome++)
        {
            int total = 0;
            double chance = 1;
            for (int i = 0; i < weights.Length; i++)
            {
                double p = 1 / (1 + (3 * Math.Exp(-tilt * weights[i])));
                bool green = (outcome >> i & 1) == 1;
                total += green ? weights[i] : 0;
                chance *= green ? p : 1 - p;
            }

            sum += chance * function(total);
        }

        return sum;
    }
}
