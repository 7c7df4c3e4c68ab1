using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Tests.Statistics;

public sealed class InversionsTests
{
    [Fact]
    public void Tails_are_those_of_all_permutations_of_six()
    {
        // The Mahonian numbers of six elements (OEIS A008302): 1, 5, 14, 29, 49, 71, 90, 101, 101, ….
        int[] numbers = [1, 5, 14, 29, 49, 71, 90, 101, 101, 90, 71, 49, 29, 14, 5, 1];
        int sum = 0;
        for (int k = 0; k < numbers.Length; k++)
        {
            sum += numbers[k];
            Assert.Equal(Math.Log(sum / 720.0), Inversions.LogLowerTail(6, k, out TailMethod method), 11);
            Assert.Equal(TailMethod.Exact, method);
        }
    }

    [Fact]
    public void Inversions_are_counted()
    {
        Assert.Equal(0, Inversions.Count([1, 2, 3, 10]));
        Assert.Equal(6, Inversions.Count([10, 3, 2, 1]));
        var random = new SeededRandomBits(3);
        int[] values = [.. Enumerable.Range(0, 60).Select(_ => (int)random.NextBelow(10_000)).Distinct()];
        Assert.Equal(values.Select((a, i) => values.Skip(i + 1).Count(b => b < a)).Sum(), Inversions.Count(values));
    }

    [Fact]
    public void Beyond_the_exact_range_a_bound_holds()
    {
        // At 300 elements both are known: the bound of 301 elements at the same tau is near the exact tail, and above it.
        double exact = Inversions.LogLowerTail(300, 15_000, out _);
        double bound = Inversions.LogLowerTail(301, 15_100, out TailMethod method);
        Assert.Equal(TailMethod.UpperBound, method);
        Assert.InRange(bound, exact - 3, exact + 8);
        Assert.Equal(0, Inversions.LogLowerTail(1000, 400_000, out _));
        Assert.True(Inversions.LogLowerTail(1000, 0, out _) < -5_000);
        Assert.Equal(0, Inversions.LogLowerTail(0, 0, out _));
    }
}
