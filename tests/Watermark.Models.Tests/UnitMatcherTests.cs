using Watermark.Models.Units;
using Watermark.Randomness;

namespace Watermark.Models.Tests;

public sealed class UnitMatcherTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Partners_are_those_of_every_pair_compared(int threads)
    {
        float[] owner = Draw(1, 40 * 12), suspect = Draw(2, 35 * 12);
        double[,] cosine = new double[40, 35];
        for (int i = 0; i < 40; i++)
        {
            for (int j = 0; j < 35; j++)
                cosine[i, j] = Cosine(owner.AsSpan(i * 12, 12), suspect.AsSpan(j * 12, 12));
        }

        UnitPair[] expected =
        [
            .. from i in Enumerable.Range(0, 40)
               let best = Enumerable.Range(0, 35).MaxBy(j => cosine[i, j])
               where Enumerable.Range(0, 40).MaxBy(other => cosine[other, best]) == i
               select new UnitPair(i, best),
        ];

        Assert.Equal(expected, UnitMatcher.Match(owner, suspect, 12, threads));
        Assert.NotEmpty(expected);
    }

    [Fact]
    public void A_noisy_copy_keeps_its_places_and_equal_units_go_to_the_lower_one()
    {
        float[] owner = Draw(1, 100 * 16);
        float[] copy = [.. owner.Zip(Draw(5, 100 * 16), (a, b) => a + (0.2f * b))];
        Assert.Equal(100, UnitMatcher.Match(owner, copy, 16).Count(pair => pair.Owner == pair.Suspect));
        Assert.Equal([new UnitPair(0, 0)], UnitMatcher.Match([1, 0, 1, 0], [2, 0, 3, 0], 2));
        Assert.Empty(UnitMatcher.Match([], [1, 2], 2));
        Assert.Throws<ArgumentException>(() => UnitMatcher.Match([1, 2, 3], [1, 2], 2));
    }

    private static float[] Draw(ulong seed, int count)
    {
        var random = new SeededRandomBits(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
    }

    private static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double ab = 0, aa = 0, bb = 0;
        for (int i = 0; i < a.Length; i++)
        {
            ab += (double)a[i] * b[i];
            aa += (double)a[i] * a[i];
            bb += (double)b[i] * b[i];
        }

        return ab / Math.Sqrt(aa * bb);
    }

    /// <summary>A shard that was never filled pairs with nothing: at one place in every layer it would look like a copy.</summary>
    [Theory]
    [InlineData(0f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Rows_that_hold_nothing_have_no_partner(float value)
    {
        var random = new SeededRandomBits(1);
        float[] owner = [.. Enumerable.Range(0, 64 * 16).Select(_ => (float)(random.NextDouble() - 0.5))];
        float[] damaged = new float[owner.Length];
        Array.Fill(damaged, value);
        Assert.Empty(UnitMatcher.Match([.. owner], [.. damaged], 16));
        Assert.Empty(UnitMatcher.Match([.. damaged], [.. owner], 16));
        Assert.Equal(64, UnitMatcher.Match([.. owner], [.. owner], 16).Count);
    }
}
