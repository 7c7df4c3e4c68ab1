using System.Text.Json;
using Watermark.Statistics;
using Watermark.TestKit;

namespace Watermark.Tests.Statistics;

public class NormalTailTests
{
    [Fact]
    public void Tails_are_exact_far_out()
    {
        foreach (JsonElement row in Golden.Load("statistics").GetProperty("normal").EnumerateArray())
            Accuracy.Within(row.Number("lnq"), NormalTail.LogUpper(row.GetProperty("z").GetDouble()), 1e-320, 3e-13, row.ToString());
    }

    [Theory]
    [InlineData(-1e-12)]
    [InlineData(-0.1)]
    [InlineData(-0.6931471805599453)]
    [InlineData(-2.302585092994046)]
    [InlineData(-13.815510557964274)]
    [InlineData(-1000)]
    [InlineData(-1e9)]
    public void The_quantile_inverts_the_tail(double logP) =>
        Accuracy.Within(logP, NormalTail.LogUpper(NormalTail.UpperQuantile(logP)), 2e-15, 1e-12, $"{logP}");

    [Fact]
    public void Well_known_quantiles_are_met()
    {
        Accuracy.Within(1.2815515655446004, NormalTail.UpperQuantile(Math.Log(0.1)), 0, 1e-14, "10%");
        Accuracy.Within(1.959963984540054, NormalTail.UpperQuantile(Math.Log(0.025)), 0, 1e-14, "2.5%");
        Accuracy.Within(4.753424308822899, NormalTail.UpperQuantile(Math.Log(1e-6)), 0, 1e-14, "1e-6");
        Accuracy.Within(-1.2815515655446004, NormalTail.UpperQuantile(Math.Log(0.9)), 0, 1e-14, "90%");
        Assert.Throws<ArgumentOutOfRangeException>(() => NormalTail.UpperQuantile(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => NormalTail.LogUpper(double.NaN));
    }
}
