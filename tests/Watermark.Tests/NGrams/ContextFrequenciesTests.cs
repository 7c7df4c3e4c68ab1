using Watermark.NGrams;
using Watermark.Randomness;

namespace Watermark.Tests.NGrams;

public sealed class ContextFrequenciesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Frequencies_are_those_counted_by_hand(int width)
    {
        int[][] texts = [.. Enumerable.Range(0, 5).Select(i => Text(i, 80))];
        int[] asked = Text(99, 300);
        var frequencies = new ContextFrequencies(Table(texts, width));
        NGramRows rows = NGramRows.FromSequence(asked, width);
        var found = new long[rows.Count];
        frequencies.Lookup(rows, found);

        for (int row = 0; row < rows.Count; row++)
        {
            int[] context = asked[row..(row + width)];
            long expected = texts.Sum(text => Enumerable.Range(0, text.Length - width).LongCount(at => text[at..(at + width)].SequenceEqual(context)));
            Assert.Equal(expected, found[row]);
        }

        Assert.Contains(found, count => count > 1);
    }

    [Fact]
    public void Another_width_or_a_short_buffer_is_refused()
    {
        var frequencies = new ContextFrequencies(Table([[1, 2, 3]], 1));
        Assert.Throws<ArgumentException>(() => frequencies.Lookup(NGramRows.FromSequence([1, 2, 3, 4], 2), new long[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => frequencies.Lookup(NGramRows.FromSequence([1, 2, 3, 4], 1), new long[2]));
    }

    private static Sample Table(int[][] texts, int width)
    {
        var builder = new SampleBuilder(new SampleSchema { ContextWidth = width });
        foreach (int[] text in texts)
            builder.AddDocument(text);
        return builder.Build();
    }

    private static int[] Text(int seed, int length)
    {
        var random = new SeededRandomBits((ulong)seed);
        return [.. Enumerable.Range(0, length).Select(_ => (int)random.NextBelow(4))];
    }
}
