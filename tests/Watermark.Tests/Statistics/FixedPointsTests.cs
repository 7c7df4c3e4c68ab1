using System.Numerics;
using Watermark.Statistics;

namespace Watermark.Tests.Statistics;

public sealed class FixedPointsTests
{
    [Theory]
    [InlineData(5, 5, 3, 11, 120)]
    [InlineData(6, 4, 2, 17, 120)]
    [InlineData(5, 5, 5, 1, 120)]
    [InlineData(3, 2, 0, 1, 1)]
    public void Small_tails_are_the_fractions_counted_by_hand(int size, int pairs, int found, int numerator, int denominator) =>
        Assert.Equal(Math.Log((double)numerator / denominator), FixedPoints.LogUpperTail(size, pairs, found), 12);

    [Theory]
    [InlineData(5, 5, 3, 6)]
    [InlineData(6, 4, 2, 5)]
    public void Bounds_are_the_leading_terms(int size, int pairs, int found, int inverse) => Assert.Equal(-Math.Log(inverse), FixedPoints.LogBound(size, pairs, found), 12);

    [Fact]
    public void Tails_are_those_of_all_permutations()
    {
        for (int n = 1; n <= 6; n++)
        {
            int[][] all = [.. Permutations(n)];
            for (int m = 0; m <= n; m++)
            {
                for (int k = 0; k <= m; k++)
                {
                    int count = all.Count(p => Enumerable.Range(0, m).Count(i => p[i] == i) >= k);
                    if (count > 0)
                        Assert.Equal(Math.Log((double)count / all.Length), FixedPoints.LogUpperTail(n, m, k), 10);
                }
            }
        }
    }

    [Theory]
    [InlineData(40, 30, 3)]
    [InlineData(200, 150, 12)]
    [InlineData(500, 500, 2)]
    public void Larger_tails_are_exact_sums_of_whole_numbers(int n, int m, int k)
    {
        // P(N ≥ k) = Σ_j (−1)^(j−k)·C(j−1, k−1)·C(m, j)·(n−j)!/n!, in integers.
        BigInteger sum = 0;
        for (int j = k; j <= m; j++)
            sum += ((j - k) % 2 == 0 ? 1 : -1) * Choose(j - 1, k - 1) * Choose(m, j) * Factorial(n - j);
        Assert.Equal(BigInteger.Log(sum) - BigInteger.Log(Factorial(n)), FixedPoints.LogUpperTail(n, m, k), 9);
    }

    [Fact]
    public void A_copied_layer_has_the_published_tail()
    {
        // 1/10,000! where all 11,008 units have a partner; 1,008!/11,008! where only those 10,000 have one (a sum of 10,000 decimal logarithms).
        Assert.Equal(-82_108.9278368, FixedPoints.LogBound(11_008, 11_008, 10_000), 6);
        Assert.InRange(FixedPoints.LogUpperTail(11_008, 11_008, 10_000), -82_108.9278368 - 1.001, -82_108.9278368 - 0.999);
        Assert.Equal(-85_474.7501981195, FixedPoints.LogUpperTail(11_008, 10_000, 10_000), 6);
        Assert.Equal(-16.793154, FixedPoints.LogLayersBound(32, 70), 6);
        Assert.Equal(-43.684694, FixedPoints.LogLayersBound(32, 98), 6);
        Assert.Equal(0, FixedPoints.LogLayersBound(32, 32));
    }

    [Fact]
    public void Layers_are_convolved_and_bounded()
    {
        Assert.Equal(Math.Log(11 / 36.0), FixedPoints.LogLayersTail([(3, 3), (3, 3)], 3, out TailMethod method), 10);
        Assert.Equal(TailMethod.Exact, method);

        // Three layers by enumeration of the distributions of each.
        double[] four = [9 / 24.0, 8 / 24.0, 6 / 24.0, 0, 1 / 24.0];
        double expected = 0;
        for (int a = 0; a <= 4; a++)
        {
            for (int b = 0; b <= 4; b++)
                expected += Enumerable.Range(0, 5).Where(c => a + b + c >= 6).Sum(c => four[a] * four[b] * four[c]);
        }

        Assert.Equal(Math.Log(expected), FixedPoints.LogLayersTail([(4, 4), (4, 4), (4, 4)], 6, out _), 10);
        (int, int)[] large = [.. Enumerable.Repeat((11_008, 9_000), 8)];
        double exact = FixedPoints.LogLayersTail(large, 60, out _);
        Assert.True(exact <= FixedPoints.LogLayersBound(8, 60));
        Assert.InRange(FixedPoints.LogLayersTail(large, 60_000, out TailMethod far), -1e7, -100_000);
        Assert.Equal(TailMethod.UpperBound, far);
    }

    private static IEnumerable<int[]> Permutations(int n)
    {
        if (n == 0)
            return [[]];
        return Permutations(n - 1).SelectMany(p => Enumerable.Range(0, n).Select(at => p.Take(at).Append(n - 1).Concat(p.Skip(at)).ToArray()));
    }

    private static BigInteger Factorial(int n) => Enumerable.Range(1, n).Aggregate(BigInteger.One, (product, i) => product * i);

    private static BigInteger Choose(int n, int k) => k > n ? 0 : Enumerable.Range(1, k).Aggregate(BigInteger.One, (product, i) => product * (n - k + i) / i);
}
