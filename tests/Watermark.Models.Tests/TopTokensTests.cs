using Watermark.Randomness;

namespace Watermark.Models.Tests;

public sealed class TopTokensTests
{
    [Fact]
    public void The_largest_values_come_first_and_of_equal_ones_the_lowest_id()
    {
        var random = new SeededRandomBits(1);
        for (int length = 0; length <= 257; length++)
        {
            // Few different values, so that ties fall on every border; infinities and not a number among them.
            float[] values = [.. Enumerable.Range(0, length).Select(_ => (int)random.NextBelow(12) switch
            {
                0 => float.NegativeInfinity,
                1 => float.NaN,
                2 => float.PositiveInfinity,
                int value => value - 6,
            })];
            foreach (int count in new[] { 0, 1, 2, 3, 7, 32, 100, 257, 300 })
                AssertSorted(values, count);
        }
    }

    [Fact]
    public void Many_different_values_at_every_alignment_are_sorted_too()
    {
        var random = new SeededRandomBits(2);
        float[] values = [.. Enumerable.Range(0, 5000).Select(_ => (float)random.NextDouble())];
        for (int start = 0; start < 33; start++)
        {
            AssertSorted(values.AsSpan(start), 40);
            AssertSorted(values.AsSpan(start, 70), 40);
        }

        Array.Sort(values); // ascending: every value takes a place
        AssertSorted(values, 40);
        AssertSorted(values, 5000);
    }

    [Fact]
    public void Only_values_above_the_bound_are_selected()
    {
        var tokens = new int[4];
        Assert.Equal(2, TopTokens.Select([0, 3, -1, 2, 0], tokens, above: 0));
        Assert.Equal([1, 3], tokens[..2]);
        Assert.Equal(0, TopTokens.Select([], tokens));
    }

    private static void AssertSorted(ReadOnlySpan<float> values, int count)
    {
        float[] copy = values.ToArray();
        int[] expected = [.. Enumerable.Range(0, copy.Length).Where(id => copy[id] > float.NegativeInfinity).OrderByDescending(id => copy[id]).ThenBy(id => id).Take(count)];
        var tokens = new int[count];
        Assert.Equal(expected, tokens[..TopTokens.Select(values, tokens)]);
    }
}
