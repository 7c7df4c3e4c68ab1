namespace Watermark.Statistics;

/// <summary>
/// The random-key test: the same text scored under B fresh keys of the same scheme (Phipson and Smyth 2010 for the
/// p-value). Exact whatever the dependence between tokens, because only keys are random; it needs a true key that was
/// drawn like the others and never selected, outputs, prompts and stopping that do not depend on it, and a B fixed
/// beforehand. It does not protect against prompts made of marked text.
/// </summary>
public static class RandomKeyTest
{
    /// <summary>Ranks the true key's total among those of the random keys.</summary>
    /// <param name="observed">T_0, the true key's total, in units of the null.</param>
    /// <param name="totals">T_1 … T_B; at least one.</param>
    /// <exception cref="ArgumentException">There are no random keys.</exception>
    public static RandomKeyResult Evaluate(Int128 observed, ReadOnlySpan<Int128> totals)
    {
        ThrowIfEmpty(totals.Length, nameof(totals));
        long rank = 1;
        Int128 sum = 0;
        foreach (Int128 total in totals)
        {
            if (total >= observed)
                rank++;
            sum = checked(sum + (total - totals[0]));
        }

        // Differences from one of the totals: the spread is small beside the totals themselves.
        double offset = (double)sum / totals.Length;
        double squares = 0;
        foreach (Int128 total in totals)
        {
            double difference = (double)(total - totals[0]) - offset;
            squares += difference * difference;
        }

        double deviation = totals.Length == 1 ? double.NaN : Math.Sqrt(squares / (totals.Length - 1));
        return new RandomKeyResult(rank, Math.Log(rank) - Math.Log(totals.Length + 1.0), (double)totals[0] + offset, deviation);
    }

    /// <summary>
    /// ln of the e-value (B+1)·L_0/Σ_{b=0…B} L_b for any statistic L ≥ 0: by symmetry between keys its mean is 1 under
    /// H0, whatever the dependence between tokens.
    /// </summary>
    /// <param name="ownLogL">ln L_0 of the true key.</param>
    /// <param name="logLs">ln L_1 … ln L_B; −∞ stands for L = 0.</param>
    /// <returns>At most ln(B+1); 0 where every L is 0.</returns>
    /// <exception cref="ArgumentException">There are no random keys, or a value is NaN or +∞.</exception>
    public static double LogEValue(double ownLogL, ReadOnlySpan<double> logLs)
    {
        ThrowIfEmpty(logLs.Length, nameof(logLs));
        double top = ownLogL;
        foreach (double value in logLs)
            top = Math.Max(top, value);
        if (double.IsNaN(top) || double.IsPositiveInfinity(top))
            throw new ArgumentException("A likelihood is not a number or infinite.", nameof(logLs));
        if (double.IsNegativeInfinity(top))
            return 0;
        double sum = Math.Exp(ownLogL - top);
        foreach (double value in logLs)
            sum += Math.Exp(value - top);
        return Math.Min(ownLogL - top - Math.Log(sum / (logLs.Length + 1.0)), Math.Log(logLs.Length + 1.0));
    }

    /// <summary>
    /// Bins the totals. The axis covers the panel, and the true key's total too as long as that lies no further outside
    /// than the panel is wide; further out it would squeeze the panel into a bin or two, so it is left to be drawn or
    /// named beside. The true key itself is not counted.
    /// </summary>
    /// <param name="observed">The true key's total, in units of the null.</param>
    /// <param name="totals">The random keys' totals; at least one.</param>
    /// <param name="bins">Bins, at least 1.</param>
    /// <exception cref="ArgumentException">There are no random keys.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no bin.</exception>
    public static RandomKeyHistogram Histogram(Int128 observed, ReadOnlySpan<Int128> totals, int bins)
    {
        ThrowIfEmpty(totals.Length, nameof(totals));
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        Int128 low = totals[0];
        Int128 high = totals[0];
        foreach (Int128 total in totals)
        {
            low = Int128.Min(low, total);
            high = Int128.Max(high, total);
        }

        Int128 range = high - low;
        if (observed > high && observed - high <= range)
            high = observed;
        else if (observed < low && low - observed <= range)
            low = observed;
        Int128 width = ((high - low) / bins) + 1;
        int[] counts = new int[bins];
        foreach (Int128 total in totals)
            counts[(int)((total - low) / width)]++;
        return new RandomKeyHistogram((double)low, (double)width, counts);
    }

    private static void ThrowIfEmpty(int count, string name)
    {
        if (count == 0)
            throw new ArgumentException("At least one random key is needed.", name);
    }
}
