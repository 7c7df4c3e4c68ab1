using Watermark.Randomness;
using Watermark.Schemes;

namespace Watermark.TestKit;

/// <summary>Token ids with a chosen green fraction, as a student of a marked teacher would write them.</summary>
public static class MarkedText
{
    /// <summary>
    /// Draws ids: at each position green with probability <paramref name="greenFraction"/> whatever came before, and uniform
    /// among the green (or other) ids of the vocabulary.
    /// </summary>
    /// <param name="scheme">A scheme whose scores are 0 or 1.</param>
    /// <param name="length">How many ids.</param>
    /// <param name="greenFraction">0 … 1.</param>
    /// <param name="random">The source of the draws.</param>
    /// <param name="vocabularySize">Large enough that n-grams hardly repeat.</param>
    public static int[] Draw(KeyedScheme scheme, int length, double greenFraction, RandomBits random, int vocabularySize = 100_000)
    {
        var ids = new int[length];
        int width = scheme.ContextWidth;
        for (int i = 0; i < length; i++)
        {
            bool green = random.NextDouble() < greenFraction;
            do
                ids[i] = (int)random.NextBelow((ulong)vocabularySize);
            while (i >= width && scheme.Score(ids.AsSpan(i - width, width), ids[i]) != (green ? 1 : 0));
        }

        return ids;
    }

    /// <summary>Uniform ids, independent of every key.</summary>
    /// <param name="length">How many ids.</param>
    /// <param name="random">The source of the draws.</param>
    /// <param name="vocabularySize">One more than the largest id.</param>
    public static int[] DrawPlain(int length, RandomBits random, int vocabularySize = 100_000)
    {
        var ids = new int[length];
        for (int i = 0; i < length; i++)
            ids[i] = (int)random.NextBelow((ulong)vocabularySize);
        return ids;
    }
}
