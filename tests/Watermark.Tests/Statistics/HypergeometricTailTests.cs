using System.Numerics;
using Watermark.Statistics;

namespace Watermark.Tests.Statistics;

public sealed class HypergeometricTailTests
{
    [Theory]
    [InlineData(600, 210, 300, 75)]
    [InlineData(50, 20, 30, 8)]
    [InlineData(40, 39, 20, 19)]
    [InlineData(10, 5, 5, 0)]
    [InlineData(2000, 700, 900, 400)]
    public void Tails_are_exact_sums_of_whole_numbers(int population, int marked, int drawn, int found)
    {
        BigInteger sum = 0;
        for (int k = Math.Max(0, drawn + marked - population); k <= found; k++)
            sum += Choose(marked, k) * Choose(population - marked, drawn - k);
        Assert.Equal(BigInteger.Log(sum) - BigInteger.Log(Choose(population, drawn)), HypergeometricTail.LogLowerTail(population, marked, drawn, found), 10);
    }

    [Fact]
    public void A_forged_text_has_the_published_tail() => Assert.Equal(-15.454410, HypergeometricTail.LogLowerTail(600, 210, 300, 75), 6);

    [Fact]
    public void The_ends_are_exact_and_what_cannot_be_is_refused()
    {
        Assert.Equal(0, HypergeometricTail.LogLowerTail(10, 5, 5, 5));
        Assert.Equal(0, HypergeometricTail.LogLowerTail(10, 0, 5, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => HypergeometricTail.LogLowerTail(10, 11, 5, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => HypergeometricTail.LogLowerTail(10, 8, 8, 5));
    }

    private static BigInteger Choose(int n, int k) => k < 0 || k > n ? 0 : Enumerable.Range(1, k).Aggregate(BigInteger.One, (product, i) => product * (n - k + i) / i);
}
