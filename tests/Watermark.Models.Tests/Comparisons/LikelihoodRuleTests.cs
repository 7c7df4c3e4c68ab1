using Watermark.Models.Comparisons;
using Watermark.Statistics;

namespace Watermark.Models.Tests.Comparisons;

public sealed class LikelihoodRuleTests
{
    [Theory]
    [InlineData(0, 2.5, 0.01, 3, 0.3, 20)]
    [InlineData(1, 0.02, 0.001, 2, 1, 5)]
    [InlineData(7, 2.5, 0.2, 3, 0.3, 20)]
    [InlineData(40, 55.5, 0.6, 1, 0.1, 2)]
    [InlineData(3, 0, 0, 3, 0.3, 20)]
    public void The_weight_is_the_log_ratio_of_the_counts_probabilities_integrated_over_the_models_differences(
        int observed, double expected, double probability, double delta, double share, double shape)
    {
        var rule = new LikelihoodRule { Delta = delta, Share = share, Shape = shape };
        (double green, double red) = Boosts(probability, delta, share);
        double mean = Math.Max(expected, 1e-12); // the ratio has a limit where nothing is expected
        double reference = Math.Log(Mixture(observed, mean * green, shape) / Mixture(observed, mean * red, shape));
        Assert.Equal(reference, rule.Weight(observed, expected, probability), 1e-6);
    }

    [Fact]
    public void More_than_expected_speaks_for_green_and_less_against()
    {
        var rule = new LikelihoodRule { Delta = 3 };
        Assert.True(rule.Weight(20, 10, 0.05) > 0.5);
        Assert.True(rule.Weight(5, 10, 0.05) < -0.3);
        Assert.True(rule.Weight(21, 10, 0.05) > rule.Weight(20, 10, 0.05));
        Assert.Equal(0, rule.Weight(0, 0, 0.05));

        // A token that comes whatever its colour tells nothing.
        Assert.Equal(0, rule.Weight(20, 10, 1), 1e-12);
    }

    [Fact]
    public void Weights_are_finite_and_values_out_of_range_are_refused()
    {
        var rule = new LikelihoodRule { Delta = 8, Share = 1, Shape = 0.01 };
        foreach (double count in new[] { 0, 1e-9, 1, 1e9 })
        {
            foreach (double probability in new[] { 0, 1e-12, 0.5, 1, 1.0000001 })
            {
                Assert.True(double.IsFinite(rule.Weight(count, 3, probability)));
                Assert.True(double.IsFinite(rule.Weight(3, count, probability)));
            }
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => new LikelihoodRule { Delta = 0 }.Validate());
        Assert.Throws<ArgumentOutOfRangeException>(() => new LikelihoodRule { Delta = 1, Share = 1.1 }.Validate());
        Assert.Throws<ArgumentOutOfRangeException>(() => new LikelihoodRule { Delta = 1, Shape = 0 }.Validate());
        Assert.Throws<ArgumentOutOfRangeException>(() => new LikelihoodRule { Delta = 1, Gamma = new Fraction(1, 1) }.Validate());
        rule.Validate();
    }

    /// <summary>
    /// What a mark of gamma 1/4 makes of a token of probability p when it is green, and when it is not: the probabilities
    /// of a list of tokens under the mark, with the colours of the others averaged in the sum.
    /// </summary>
    private static (double Green, double Red) Boosts(double p, double delta, double share)
    {
        double others = (1 - p) * ((0.25 * Math.Exp(delta)) + 0.75);
        double markedGreen = p * Math.Exp(delta) / ((p * Math.Exp(delta)) + others);
        double markedRed = p / (p + others);
        return p == 0
            ? (1 - share + (share * Math.Exp(delta) / others), 1 - share + (share / others))
            : (((1 - share) * p + (share * markedGreen)) / p, ((1 - share) * p + (share * markedRed)) / p);
    }

    /// <summary>∫ Poisson(c; m·g)·Gamma(g; r, 1/r) dg up to what does not depend on m, by Simpson's rule in ln g.</summary>
    private static double Mixture(int count, double mean, double shape)
    {
        const int Steps = 40_000;
        double low = Math.Log(1e-12);
        double high = Math.Log(60);
        double width = (high - low) / Steps;
        double sum = 0;
        for (int i = 0; i <= Steps; i++)
        {
            double log = low + (i * width);
            double g = Math.Exp(log);
            double value = Math.Exp((count * Math.Log(mean)) - (mean * g) + ((count + shape) * log) - (shape * (g - 1)));
            sum += value * (i is 0 or Steps ? 1 : i % 2 == 1 ? 4 : 2);
        }

        return sum * width / 3;
    }
}
