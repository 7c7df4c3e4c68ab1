namespace Watermark.Statistics;

/// <summary>
/// The fixed points of a partial map of m pairs between two sets of n, whose labels on one side are a uniform permutation: N of the
/// m pairs have the same label on both sides.
/// </summary>
/// <remarks>
/// P(N ≥ k) = S_k·Σ_{i ≥ 0} (−1)^i·k/(k + i)/i!·∏_{t &lt; i} (m − k − t)/(n − k − t), with S_k = C(m, k)·(n − k)!/n!: inclusion and exclusion with
/// the leading term taken out. The sum alternates with falling terms and lies between e^−1 and 1, so no digits are lost. P(N ≥ k)
/// ≤ S_k ≤ 1/k!.
/// </remarks>
public static class FixedPoints
{
    /// <summary>ln P(N ≥ k).</summary>
    /// <param name="size">n, at least 1.</param>
    /// <param name="pairs">m, 0 … n.</param>
    /// <param name="found">k, at most m.</param>
    /// <returns>At most 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static double LogUpperTail(int size, int pairs, int found)
    {
        Check(size, pairs, found);
        if (found <= 0)
            return 0;
        double term = 1, sum = 1;
        for (int i = 1; i <= pairs - found && Math.Abs(term) > 1e-18; i++)
        {
            term *= -(double)(pairs - found - i + 1) / (size - found - i + 1) / i;
            sum += term * found / (found + i);
        }

        return Math.Min(0, LogLeading(size, pairs, found) + Math.Log(sum));
    }

    /// <summary>ln of the bound C(m, k)·(n − k)!/n! on P(N ≥ k).</summary>
    /// <param name="size">n.</param>
    /// <param name="pairs">m.</param>
    /// <param name="found">k.</param>
    public static double LogBound(int size, int pairs, int found)
    {
        Check(size, pairs, found);
        return Math.Min(0, LogLeading(size, pairs, found));
    }

    /// <summary>
    /// ln of a bound on P(N_1 + … + N_L ≥ k) for independent layers: k − L + k·ln(L/k) for k > L, else 0. From E[x^N] ≤ e^(x − 1).
    /// </summary>
    /// <param name="layers">L, at least 1.</param>
    /// <param name="found">k.</param>
    public static double LogLayersBound(int layers, long found)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        return found <= layers ? 0 : found - layers + (found * Math.Log((double)layers / found));
    }

    /// <summary>
    /// ln P(N_1 + … + N_L ≥ k) for independent layers: exact where k is at most 2,000, by the layers' distributions; the bound of
    /// <see cref="LogLayersBound"/>, or the exact tail of one layer, beyond.
    /// </summary>
    /// <param name="layers">n and m of each layer, at least one.</param>
    /// <param name="found">k.</param>
    /// <param name="method">Whether the result is exact or a bound.</param>
    public static double LogLayersTail(IReadOnlyList<(int Size, int Pairs)> layers, long found, out TailMethod method)
    {
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentOutOfRangeException.ThrowIfLessThan(layers.Count, 1, nameof(layers));
        method = TailMethod.Exact;
        if (layers.Count == 1)
            return LogUpperTail(layers[0].Size, layers[0].Pairs, checked((int)found));
        if (found <= 0)
            return 0;
        if (found > MostExact)
        {
            method = TailMethod.UpperBound;
            return LogLayersBound(layers.Count, found);
        }

        // logs[s] for sums below k; the last one gathers everything from there on.
        int top = (int)found;
        double[] logs = new double[top + 1];
        Array.Fill(logs, double.NegativeInfinity);
        logs[0] = 0;
        foreach ((int size, int pairs) in layers)
        {
            double[] next = new double[top + 1];
            Array.Fill(next, double.NegativeInfinity);
            for (int s = 0; s <= top; s++)
            {
                if (double.IsNegativeInfinity(logs[s]))
                    continue;
                if (s == top)
                {
                    next[top] = Add(next[top], logs[top]);
                    continue;
                }

                for (int k = 0; k <= pairs && s + k < top; k++)
                    next[s + k] = Add(next[s + k], logs[s] + LogProbability(size, pairs, k));
                if (top - s <= pairs)
                    next[top] = Add(next[top], logs[s] + LogUpperTail(size, pairs, top - s));
            }

            logs = next;
        }

        return Math.Min(0, logs[top]);
    }

    private const int MostExact = 2000;

    /// <summary>ln P(N = k) = ln S_k + ln Σ_{i ≥ 0} (−1)^i/i!·∏ (m − k − t)/(n − k − t).</summary>
    private static double LogProbability(int size, int pairs, int found)
    {
        double term = 1, sum = 1;
        for (int i = 1; i <= pairs - found && Math.Abs(term) > 1e-18; i++)
        {
            term *= -(double)(pairs - found - i + 1) / (size - found - i + 1) / i;
            sum += term;
        }

        return sum <= 0 ? double.NegativeInfinity : LogLeading(size, pairs, found) + Math.Log(sum);
    }

    private static double LogLeading(int size, int pairs, int found)
    {
        double log = 0;
        for (int t = 0; t < found; t++)
            log += Math.Log((double)(pairs - t) / ((double)(size - t) * (t + 1)));
        return log;
    }

    private static double Add(double a, double b)
    {
        double greater = Math.Max(a, b);
        return double.IsNegativeInfinity(greater) ? greater : greater + NearOne.Log1P(Math.Exp(Math.Min(a, b) - greater));
    }

    private static void Check(int size, int pairs, int found)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(pairs);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pairs, size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(found, pairs);
    }
}
