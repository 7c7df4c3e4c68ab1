using System.Text.Json;
using Watermark.Statistics;
using Watermark.TestKit;

namespace Watermark.Tests.Statistics;

public class GammaTailTests
{
    [Fact]
    public void All_check_values_are_met()
    {
        JsonElement published = Golden.Load("numbers").GetProperty("gamma_tail");
        Assert.Equal(7, published.GetArrayLength());
        foreach (JsonElement row in published.EnumerateArray().Concat(Golden.Load("statistics").GetProperty("gamma").EnumerateArray()))
        {
            double actual = GammaTail.LogUpperTail(row.GetProperty("n").GetInt64(), row.GetProperty("s").GetDouble());
            Accuracy.Within(row.Number("lnp"), actual, 1e-9, 1e-12, row.ToString());
        }
    }

    [Fact]
    public void Small_shapes_agree_with_the_finite_sum()
    {
        // P(Gamma(n,1) ≥ s) = e^(−s)·Σ s^i/i! over i < n.
        for (int n = 1; n <= 30; n++)
        {
            for (double s = 0.125; s < 60; s *= 1.25)
            {
                double sum = 0;
                double term = 1;
                for (int i = 0; i < n; i++)
                {
                    sum += term;
                    term *= s / (i + 1);
                }

                double below = 0;
                for (int i = n; i < n + 300; i++)
                {
                    below += term;
                    term *= s / (i + 1);
                }

                double expected = below < sum ? NearOne.Log1P(-below * Math.Exp(-s)) : Math.Log(sum) - s;
                Accuracy.Within(expected, GammaTail.LogUpperTail(n, s), 1e-12, 1e-13, $"{n} {s}");
            }
        }
    }

    [Theory]
    [InlineData(1, -3)]
    [InlineData(10, -0.001)]
    [InlineData(1000, -13.8)]
    [InlineData(1000, -5000)]
    [InlineData(1_000_000_000, -13.8)]
    public void The_quantile_inverts_the_tail(long shape, double logP)
    {
        double sum = GammaTail.UpperQuantile(shape, logP);
        Assert.True(GammaTail.LogUpperTail(shape, sum) <= logP);
        Accuracy.Within(logP, GammaTail.LogUpperTail(shape, sum), 1e-9, 1e-10, $"{shape} {logP}");
    }

    [Fact]
    public void Impossible_and_empty_sums_are_handled()
    {
        Assert.Equal(0, GammaTail.LogUpperTail(5, 0));
        Assert.Equal(0, GammaTail.LogUpperTail(5, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => GammaTail.LogUpperTail(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => GammaTail.LogUpperTail(1, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => GammaTail.UpperQuantile(1, 0));
    }
}
