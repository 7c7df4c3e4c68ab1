namespace Watermark.Statistics;

/// <summary>
/// A histogram of the standardised totals of random keys. Bin i holds those in [Low + i·BinWidth, Low + (i+1)·BinWidth); the
/// last bin holds the largest too.
/// </summary>
/// <param name="Low">The lower edge of the first bin.</param>
/// <param name="BinWidth">The width of a bin, above 0.</param>
/// <param name="Counts">Random keys in each bin; they add up to the number of keys.</param>
public sealed record RandomKeyHistogram(double Low, double BinWidth, IReadOnlyList<int> Counts);

/// <summary>
/// Compares the score of the true key with the scores of the same text under B fresh keys of the same scheme: e-value and
/// histogram. Exact for any dependence between tokens, because only keys are random. It requires that the true key was drawn
/// like the others and never selected, that outputs, prompts and the end of collection do not depend on it, and that B was
/// fixed beforehand. It does not protect against prompts that hold marked text.
/// </summary>
internal static class RandomKeyTest
{
    /// <summary>
    /// ln of the e-value (B+1)·L_0/Σ_{b=0…B} L_b for any statistic L ≥ 0: by symmetry between keys its mean is 1 under H0,
    /// for any dependence between tokens.
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
    /// Bins standardised totals. The axis covers the random keys. It also covers the true key, unless that lies further
    /// outside than the random keys are wide, since they would then fill only a bin or two. The true key itself is not
    /// counted.
    /// </summary>
    /// <param name="observed">The true key's; not counted.</param>
    /// <param name="scores">The random keys'; at least one, finite.</param>
    /// <param name="bins">Bins, at least 1.</param>
    /// <exception cref="ArgumentException">There are no random keys.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no bin.</exception>
    public static RandomKeyHistogram Histogram(double observed, ReadOnlySpan<double> scores, int bins)
    {
        ThrowIfEmpty(scores.Length, nameof(scores));
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        double low = scores[0];
        double high = scores[0];
        foreach (double score in scores)
            (low, high) = (Math.Min(low, score), Math.Max(high, score));
        double range = high - low;
        if (observed > high && observed - high <= range)
            high = observed;
        else if (observed < low && low - observed <= range)
            low = observed;
        double width = high > low ? (high - low) / bins : 1;
        int[] counts = new int[bins];
        foreach (double score in scores)
            counts[Math.Min(bins - 1, (int)((score - low) / width))]++;
        return new RandomKeyHistogram(low, width, counts);
    }

    private static void ThrowIfEmpty(int count, string name)
    {
        if (count == 0)
            throw new ArgumentException("At least one random key is needed.", name);
    }
}
