using System.Numerics;
using Watermark.Schemes.SynthId;
using Watermark.Statistics;

namespace Watermark.Tests.Statistics;

public sealed class WeightedBernoulliNullTests
{
    [Fact]
    public void Weights_are_linear_from_ten_to_one_without_a_common_factor()
    {
        Assert.Equal([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], SynthIdWeights.For(SynthIdScoring.WeightedMean, 10));
        Assert.Equal([1], SynthIdWeights.For(SynthIdScoring.WeightedMean, 1));
        Assert.Equal([1, 1, 1], SynthIdWeights.For(SynthIdScoring.Mean, 3));
        for (int depth = 2; depth <= 64; depth++)
        {
            int[] weights = SynthIdWeights.For(SynthIdScoring.WeightedMean, depth);
            Assert.Equal(1, weights.Aggregate(0, (gcd, weight) => (int)BigInteger.GreatestCommonDivisor(gcd, weight)));
            for (int layer = 0; layer < depth; layer++)
            {
                double published = 10 - (9.0 * layer / (depth - 1));
                Assert.Equal(published / 10, (double)weights[layer] / weights[0], 1e-12);
            }
        }
    }

    [Fact]
    public void The_tail_is_the_one_counted_by_hand()
    {
        // Two rows of three bits with weights 3, 2, 1 at gamma 1/4: all 64 outcomes.
        var scoreNull = new WeightedBernoulliNull([3, 2, 1], Fraction.Quarter);
        for (int total = 0; total <= 12; total++)
        {
            double p = 0;
            for (int outcome = 0; outcome < 64; outcome++)
            {
                int sum = 0;
                for (int bit = 0; bit < 6; bit++)
                    sum += (outcome >> bit & 1) * ((bit % 3) + 1);
                int ones = BitOperations.PopCount((uint)outcome);
                if (sum >= total)
                    p += Math.Pow(0.25, ones) * Math.Pow(0.75, 6 - ones);
            }

            ScoreTest test = scoreNull.Test(2, total);
            Assert.Equal(Math.Log(p), test.LogP, 1e-9);
            Assert.Equal(TailMethod.Exact, test.Method);
        }
    }

    [Fact]
    public void The_expectation_of_the_e_value_is_one()
    {
        // Exact: all outcomes of two rows, so no chance is involved.
        var scoreNull = new WeightedBernoulliNull([3, 2, 1], Fraction.Quarter);
        double mean = 0;
        for (int outcome = 0; outcome < 64; outcome++)
        {
            int sum = 0;
            for (int bit = 0; bit < 6; bit++)
                sum += (outcome >> bit & 1) * ((bit % 3) + 1);
            int ones = BitOperations.PopCount((uint)outcome);
            mean += Math.Pow(0.25, ones) * Math.Pow(0.75, 6 - ones) * Math.Exp(scoreNull.Test(2, sum).LogE);
        }

        Assert.Equal(1, mean, 1e-12);
    }

    [Fact]
    public void A_long_text_is_tested_at_depth_thirty()
    {
        var scoreNull = new WeightedBernoulliNull(SynthIdWeights.For(SynthIdScoring.WeightedMean, 30), Fraction.Half);
        const long rows = 100_000;
        Int128 mean = (Int128)rows * scoreNull.UnitsPerPoint / 2;
        var deviation = (Int128)(Math.Sqrt(rows * scoreNull.Variance) * scoreNull.UnitsPerPoint);
        ScoreTest test = scoreNull.Test(rows, mean + (6 * deviation));
        // z = 6: the normal tail is e^-20.7 and Chernoff's bound e^-18; a sum of 3,000,000 bits is normal to a few percent.
        Assert.InRange(test.LogP, -20.8, test.Method == TailMethod.Exact ? -20.6 : -17.9);
        Assert.Equal(6, test.Z, 1e-3);
        Assert.InRange(test.LogE, 8, 18);
    }

    [Fact]
    public void Equal_parameters_are_equal_nulls()
    {
        Assert.Equal(new WeightedBernoulliNull([3, 1], Fraction.Half), new WeightedBernoulliNull([3, 1], Fraction.Half));
        Assert.NotEqual(new WeightedBernoulliNull([3, 1], Fraction.Half), new WeightedBernoulliNull([3, 2], Fraction.Half));
        Assert.Equal(new DualGammaNull(Fraction.Quarter), new DualGammaNull(Fraction.Quarter));
    }
}
