namespace Watermark.Statistics;

/// <summary>Combines several tests: under any dependence between them, or, where it is said, of independent ones.</summary>
public static class Multiplicity
{
    /// <summary>
    /// Holm's (1979) adjusted p-values: rejecting those at most α keeps the chance of any false rejection at most α.
    /// </summary>
    /// <param name="logP">Natural logs of the p-values, each at most 0.</param>
    /// <returns>The adjusted values in the order given, natural logs, each at most 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A log p-value is above 0 or NaN.</exception>
    public static double[] Holm(ReadOnlySpan<double> logP) => Holm(logP, logP.Length);

    /// <summary>Holm's adjusted p-values of some of M hypotheses; the other hypotheses count as p = 1.</summary>
    /// <param name="logP">Natural logs of the p-values, each at most 0.</param>
    /// <param name="hypotheses">M, the number of hypotheses that could have been tested, at least the number of p-values.</param>
    /// <returns>The adjusted values in the order given, natural logs, each at most 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A log p-value is above 0 or NaN, or M is too small.</exception>
    public static double[] Holm(ReadOnlySpan<double> logP, long hypotheses)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hypotheses, logP.Length);
        double[] sorted = logP.ToArray();
        int[] order = [.. Enumerable.Range(0, sorted.Length)];
        foreach (double value in sorted)
            ThrowUnlessLogP(value);
        Array.Sort(sorted, order);
        double[] adjusted = new double[sorted.Length];
        double largest = double.NegativeInfinity;
        for (int i = 0; i < sorted.Length; i++)
        {
            largest = Math.Max(largest, sorted[i] + Math.Log(hypotheses - i));
            adjusted[order[i]] = Math.Min(0, largest);
        }

        return adjusted;
    }

    /// <summary>
    /// Bonferroni: the p-value of one key when M keys could have been shown, ln p + ln M. M counts every key committed to,
    /// not only those tried.
    /// </summary>
    /// <param name="logP">Natural log of the smallest p-value, at most 0.</param>
    /// <param name="keys">M, at least 1.</param>
    /// <returns>The adjusted value, natural log, at most 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static double Bonferroni(double logP, long keys)
    {
        ThrowUnlessLogP(logP);
        ArgumentOutOfRangeException.ThrowIfLessThan(keys, 1);
        return Math.Min(0, logP + Math.Log(keys));
    }

    /// <summary>ln of the plain mean of e-values, which is an e-value too, under any dependence.</summary>
    /// <param name="logE">Natural logs of the e-values; at least one.</param>
    /// <exception cref="ArgumentException">There is no e-value, or one is NaN.</exception>
    public static double LogMeanE(ReadOnlySpan<double> logE)
    {
        double[] weights = new double[logE.Length];
        Array.Fill(weights, 1);
        return LogMeanE(logE, weights);
    }

    /// <summary>
    /// ln of the mean of M e-values of which some are given; the others count as 0: an e-value for <em>no hypothesis is
    /// false</em>, under any dependence.
    /// </summary>
    /// <param name="logE">Natural logs of the e-values.</param>
    /// <param name="hypotheses">M, the number of hypotheses that could have been tested, at least 1 and at least the number of e-values.</param>
    /// <returns>−∞ where every e-value is 0 or none is given.</returns>
    /// <exception cref="ArgumentException">An e-value is NaN.</exception>
    /// <exception cref="ArgumentOutOfRangeException">M is too small.</exception>
    public static double LogMeanE(ReadOnlySpan<double> logE, long hypotheses)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hypotheses, Math.Max(1, logE.Length));
        return logE.IsEmpty ? double.NegativeInfinity : LogMeanE(logE) + (Math.Log(logE.Length) - Math.Log(hypotheses));
    }

    /// <summary>
    /// ln of Σ w_i·e_i/Σ w_i, which is an e-value too, under any dependence, if the weights were fixed beforehand (Vovk and
    /// Wang 2021; weighted means are the only admissible merges).
    /// </summary>
    /// <param name="logE">Natural logs of the e-values; at least one.</param>
    /// <param name="weights">A weight for each, 0 or more, not all 0.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a value is not allowed.</exception>
    public static double LogMeanE(ReadOnlySpan<double> logE, ReadOnlySpan<double> weights)
    {
        if (logE.Length != weights.Length)
            throw new ArgumentException($"There are {weights.Length} weights for {logE.Length} e-values.", nameof(weights));
        double total = 0;
        double top = double.NegativeInfinity;
        for (int i = 0; i < logE.Length; i++)
        {
            if (!(weights[i] >= 0) || double.IsInfinity(weights[i]))
                throw new ArgumentException($"Weight {i} is {weights[i]}; it must be finite and at least 0.", nameof(weights));
            if (double.IsNaN(logE[i]))
                throw new ArgumentException($"E-value {i} is not a number.", nameof(logE));
            total += weights[i];
            if (weights[i] > 0)
                top = Math.Max(top, logE[i]);
        }

        if (!(total > 0))
            throw new ArgumentException("At least one e-value must have a weight above 0.", nameof(weights));
        if (double.IsInfinity(top))
            return top;
        double sum = 0;
        for (int i = 0; i < logE.Length; i++)
            sum += weights[i] == 0 ? 0 : weights[i] / total * Math.Exp(logE[i] - top);
        return top + Math.Log(sum);
    }

    /// <summary>
    /// The e-Benjamini-Hochberg procedure: how many hypotheses, those of the largest e-values, can be rejected so that the expected
    /// share of false ones among them is at most α, under any dependence.
    /// </summary>
    /// <remarks>Wang and Ramdas, "False discovery rate control with e-values", JRSS B 84 (2022): the largest k with e_(k) ≥ N/(k·α).</remarks>
    /// <param name="logE">Natural logs of the e-values.</param>
    /// <param name="alpha">The false discovery rate, between 0 and 1.</param>
    /// <exception cref="ArgumentException">An e-value is NaN.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Alpha is out of its range.</exception>
    public static int EBenjaminiHochberg(ReadOnlySpan<double> logE, double alpha)
    {
        if (!(alpha is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "Alpha must lie between 0 and 1.");
        double[] sorted = logE.ToArray();
        if (Array.Exists(sorted, double.IsNaN))
            throw new ArgumentException("An e-value is not a number.", nameof(logE));
        Array.Sort(sorted);
        int rejected = 0;
        for (int k = 1; k <= sorted.Length; k++)
        {
            if (sorted[^k] >= Math.Log(sorted.Length) - Math.Log(k) - Math.Log(alpha))
                rejected = k;
        }

        return rejected;
    }

    /// <summary>
    /// Fisher's combination of independent tests: ln of the probability that the product of k uniform values is as small,
    /// P(χ²(2k) ≥ −2·Σ ln p). It also holds for p-values that are larger than uniform ones under H0, never for dependent ones.
    /// </summary>
    /// <remarks>Fisher, "Statistical Methods for Research Workers", 4th ed. 1932, section 21.1.</remarks>
    /// <param name="logP">Natural logs of the p-values, each at most 0; at least one.</param>
    /// <returns>ln of the combined p-value, at most 0.</returns>
    /// <exception cref="ArgumentException">There is no p-value.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A log p-value is above 0 or NaN.</exception>
    public static double Fisher(ReadOnlySpan<double> logP)
    {
        if (logP.IsEmpty)
            throw new ArgumentException("At least one p-value is needed.", nameof(logP));
        double sum = 0;
        foreach (double value in logP)
        {
            ThrowUnlessLogP(value);
            sum -= value;
        }

        return double.IsPositiveInfinity(sum) ? double.NegativeInfinity : Math.Min(0, GammaTail.LogUpperTail(logP.Length, sum));
    }

    /// <summary>
    /// Stouffer's combination of independent tests: ln of the upper tail of Σ z_i/√k, where z_i is the normal value with the
    /// upper tail p_i. The conditions are those of <see cref="Fisher"/>.
    /// </summary>
    /// <remarks>Stouffer et al., "The American Soldier", vol. 1, 1949, p. 45, footnote 15.</remarks>
    /// <param name="logP">Natural logs of the p-values, each below 0 and finite; at least one.</param>
    /// <returns>ln of the combined p-value.</returns>
    /// <exception cref="ArgumentException">There is no p-value.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A log p-value is not below 0, or not finite.</exception>
    public static double Stouffer(ReadOnlySpan<double> logP)
    {
        if (logP.IsEmpty)
            throw new ArgumentException("At least one p-value is needed.", nameof(logP));
        double sum = 0;
        foreach (double value in logP)
        {
            if (!(value < 0) || double.IsInfinity(value))
                throw new ArgumentOutOfRangeException(nameof(logP), value, "A log p-value must be below 0 and finite.");
            sum += NormalTail.UpperQuantile(value);
        }

        return NormalTail.LogUpper(sum / Math.Sqrt(logP.Length));
    }

    private static void ThrowUnlessLogP(double value)
    {
        if (!(value <= 0))
            throw new ArgumentOutOfRangeException(nameof(value), value, "A log p-value is at most 0.");
    }
}
