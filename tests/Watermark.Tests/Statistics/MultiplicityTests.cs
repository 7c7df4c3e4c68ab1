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

    private static double[] Doubles(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetDouble())];
}
