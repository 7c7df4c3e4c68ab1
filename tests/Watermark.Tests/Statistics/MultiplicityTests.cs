using System.Text.Json;
using Watermark.Statistics;
using Watermark.TestKit;

namespace Watermark.Tests.Statistics;

public class MultiplicityTests
{
    private static readonly JsonElement Published = Golden.Load("numbers").GetProperty("combine");

    [Fact]
    public void Published_combinations_are_met()
    {
        double[] logP = Doubles(Published.GetProperty("lnp"));
        double[] holm = Doubles(Published.GetProperty("holm"));
        double[] actual = Multiplicity.Holm(logP);
        for (int i = 0; i < holm.Length; i++)
            Assert.Equal(holm[i], actual[i], 12);
        Assert.Equal(Published.GetProperty("bonferroni").GetDouble(), Multiplicity.Bonferroni(logP.Min(), logP.Length), 12);
        Assert.Equal(Published.GetProperty("fisher_indep_only").GetDouble(), Multiplicity.Fisher(logP), 9);
        JsonElement mean = Published.GetProperty("mean_e");
        Assert.Equal(mean.GetProperty("ln_mean").GetDouble(), Multiplicity.LogMeanE(Doubles(mean.GetProperty("lnE"))), 12);
    }

    [Fact]
    public void Holm_keeps_the_order_given_and_never_falls()
    {
        double[] actual = Multiplicity.Holm([Math.Log(0.02), Math.Log(0.005), Math.Log(0.03), Math.Log(0.8)]);
        double[] expected = [0.06, 0.02, 0.06, 0.8];
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], Math.Exp(actual[i]), 12);
        Assert.Equal([0, 0], Multiplicity.Holm([-0.1, 0]));
        Assert.Empty(Multiplicity.Holm([]));
        Assert.Equal(-1e6 + Math.Log(2), Multiplicity.Holm([-1e6, -3])[0]);
    }

    [Fact]
    public void Hypotheses_that_were_announced_and_not_given_count()
    {
        // As if they had been given with p = 1 and e = 0.
        double[] logP = [-8, -3, -1e6, -0.01];
        for (int missing = 0; missing < 40; missing++)
        {
            double[] all = Multiplicity.Holm([.. logP, .. new double[missing]]);
            Assert.Equal(all[..logP.Length], Multiplicity.Holm(logP, logP.Length + missing));
            double[] zeros = new double[missing];
            Array.Fill(zeros, double.NegativeInfinity);
            Assert.Equal(Multiplicity.LogMeanE([.. logP, .. zeros]), Multiplicity.LogMeanE(logP, logP.Length + missing), 1e-12);
        }

        Assert.Equal([-1e300, 0], Multiplicity.Holm([-1e300, -1], long.MaxValue));
        Assert.Equal(-50 + Math.Log(1e18), Multiplicity.Holm([-50], 1_000_000_000_000_000_000)[0], 1e-12);
        Assert.Equal(700 - Math.Log(1e18), Multiplicity.LogMeanE([700], 1_000_000_000_000_000_000), 1e-12);
        Assert.Equal(1e300, Multiplicity.LogMeanE([1e300, -1e300], 2));
        Assert.Equal(double.NegativeInfinity, Multiplicity.LogMeanE([], 5));
        Assert.Equal(double.NegativeInfinity, Multiplicity.LogMeanE([double.NegativeInfinity], 5));
        Assert.Equal(0, Multiplicity.Bonferroni(-40, long.MaxValue));
        Assert.Equal(-1e9 + Math.Log(3), Multiplicity.Bonferroni(-1e9, 3));
        Assert.Equal(double.NegativeInfinity, Multiplicity.Bonferroni(double.NegativeInfinity, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => Multiplicity.Holm([-1, -2], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Multiplicity.LogMeanE([1, 2], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Multiplicity.LogMeanE([], 0));
    }

    [Fact]
    public void A_weighted_mean_of_e_values_leaves_out_what_has_no_weight()
    {
        Assert.Equal(Math.Log((0.75 * 8) + (0.25 * 4)), Multiplicity.LogMeanE([Math.Log(8), Math.Log(4), 5000], [3, 1, 0]), 12);
        Assert.Equal(5000 - Math.Log(2), Multiplicity.LogMeanE([5000, 1]), 12);
        Assert.Equal(double.NegativeInfinity, Multiplicity.LogMeanE([double.NegativeInfinity]));
    }

    [Fact]
    public void Impossible_values_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Multiplicity.Holm([0.1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Multiplicity.Holm([double.NaN]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Multiplicity.Bonferroni(-1, 0));
        Assert.Throws<ArgumentException>(() => Multiplicity.LogMeanE([]));
        Assert.Throws<ArgumentException>(() => Multiplicity.LogMeanE([1, 2], [1]));
        Assert.Throws<ArgumentException>(() => Multiplicity.LogMeanE([1], [-1]));
        Assert.Throws<ArgumentException>(() => Multiplicity.LogMeanE([double.NaN], [1]));
    }

    // p-values of a test of canaries, of variants and of a green list.
    private static readonly double[] Three = [Math.Log(6.464835e-5), Math.Log(0.01425278), Math.Log(8.652680e-4)];

    [Fact]
    public void Fisher_is_the_closed_form_of_the_gamma_tail()
    {
        // P(Gamma(3, 1) >= x) = e^-x·(1 + x + x²/2), x = -Σ ln p.
        double x = -Three.Sum();

        Assert.Equal(41.89964, 2 * x, 4);
        Assert.Equal(-x + Math.Log(1 + x + (x * x / 2)), Multiplicity.Fisher(Three), 9);
        Assert.Equal(1.92460e-7, Math.Exp(Multiplicity.Fisher(Three)), 11);
        Assert.Equal(-2.5, Multiplicity.Fisher([-2.5]), 12);
        Assert.Equal(0, Multiplicity.Fisher([0, 0, 0]));
        Assert.Equal(double.NegativeInfinity, Multiplicity.Fisher([-1, double.NegativeInfinity]));
        Assert.Throws<ArgumentException>(() => Multiplicity.Fisher([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Multiplicity.Fisher([0.1]));
    }

    [Fact]
    public void Stouffer_and_Holm_of_the_same_three_tests()
    {
        // z = 5.283339, of which the upper tail is 6.3425e-8.
        Assert.Equal(6.3425e-8, Math.Exp(Multiplicity.Stouffer(Three)), 12);
        Assert.Equal(-5, Multiplicity.Stouffer([-5]), 9);
        Assert.Throws<ArgumentException>(() => Multiplicity.Stouffer([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Multiplicity.Stouffer([0]));
        double[] holm = [.. Multiplicity.Holm(Three).Select(Math.Exp)];
        Assert.Equal(1.93945e-4, holm[0], 9);
        Assert.Equal(0.01425278, holm[1], 12);
        Assert.Equal(1.730536e-3, holm[2], 9);
    }

    [Fact]
    public void Fisher_of_uniform_values_is_uniform()
    {
        // 20,000 triples: a share at most alpha has a standard error of sqrt(alpha/20,000); five of them are allowed.
        var random = new Random(7);
        double[] combined = [.. Enumerable.Range(0, 20_000).Select(_ => Math.Exp(Multiplicity.Fisher([Draw(), Draw(), Draw()])))];
        foreach (double alpha in new[] { 0.5, 0.1, 0.01 })
            Assert.InRange(combined.Count(p => p <= alpha) / 20_000.0, alpha - (5 * Math.Sqrt(alpha / 20_000)), alpha + (5 * Math.Sqrt(alpha / 20_000)));

        double Draw() => Math.Log(1 - random.NextDouble());
    }

    private static double[] Doubles(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetDouble())];
}
