using Watermark.Randomness;

namespace Distillation.Experiment;

/// <summary>
/// The number of tokens at which a test first reaches a level while more are added. It looks repeatedly, so it is
/// optimistic: use it to compare tests, not for a verdict.
/// </summary>
internal static class FirstPassage
{
    private const int Orders = 5;
    private const double FirstTokens = 200;
    private const double Growth = 1.2;

    /// <summary>The median over orders; null where half of them never reach the level.</summary>
    /// <param name="inOrder">The tokens needed in an order drawn by the argument; infinite where the level is not reached.</param>
    public static double? Median(Func<SeededRandomBits, double> inOrder)
    {
        double[] needed = [.. Enumerable.Range(0, Orders).Select(order => inOrder(new SeededRandomBits((ulong)order, 77))).Order()];
        return double.IsFinite(needed[Orders / 2]) ? needed[Orders / 2] : null;
    }

    /// <summary>The tokens of the parts added when the test first says yes, looking at steps that grow with their number.</summary>
    public static double Find<T>(IReadOnlyList<T> parts, Func<T, long> tokens, Func<IReadOnlyList<T>, bool> reached)
    {
        var added = new List<T>();
        double next = FirstTokens;
        long sum = 0;
        for (int i = 0; i < parts.Count; i++)
        {
            added.Add(parts[i]);
            sum += tokens(parts[i]);
            if (sum < next && i < parts.Count - 1)
                continue;
            if (reached(added))
                return sum;
            added.Clear();
            next = sum * Growth;
        }

        return double.PositiveInfinity;
    }
}
