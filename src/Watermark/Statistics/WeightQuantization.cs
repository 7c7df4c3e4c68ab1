namespace Watermark.Statistics;

/// <summary>
/// Turns numbers that say how informative a row is, and for which colour, into small whole weights. No key is used, so the
/// null stays exact.
/// </summary>
/// <remarks>
/// <para>If sizes were scaled to the largest, one row that everybody repeats a thousand times (a licence, a greeting) would give
/// every other row weight 0 and leave the test with one coin. So sizes are first cut off, where the looser of two rules says: at
/// a quantile, or where no row has more than <see cref="LargestShare"/> of the sum of squares, which is the variance under H0.
/// The quantile alone would throw away the few rows of great weight in which a weak mark shows first; the share alone would keep
/// as many rows of boilerplate as it has parts.</para>
/// </remarks>
public static class WeightQuantization
{
    /// <summary>The default quantile: this share of the numbers other than 0 is not cut off.</summary>
    public const double DefaultQuantile = 0.998;

    /// <summary>The largest share of the variance that one row may have, where that cuts off less than the quantile does.</summary>
    public const double LargestShare = 1.0 / 500;

    /// <summary>Quantizes numbers: x becomes the whole number nearest to levels·x/clip, cut off at ±levels.</summary>
    /// <param name="numbers">Numbers on any scale, finite; positive for "green", negative for "not green".</param>
    /// <param name="levels">The size of the largest weight, 1 … 127.</param>
    /// <param name="clip">
    /// Where sizes were cut off: the larger of the number of rank ⌊quantile·(n − 1)⌋, counted from 0, among the n sizes above 0,
    /// and the largest c with c² ≤ <see cref="LargestShare"/>·Σ min(x², c²). 0 where all numbers are 0.
    /// </param>
    /// <param name="quantile">The quantile, above 0 and at most 1; 1 scales to the largest.</param>
    /// <returns>One weight per number, of the same sign or 0.</returns>
    /// <exception cref="ArgumentException">A number is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Levels or quantile are out of their range.</exception>
    public static sbyte[] Quantize(ReadOnlySpan<double> numbers, int levels, out double clip, double quantile = DefaultQuantile)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(levels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(levels, sbyte.MaxValue);
        if (!(quantile is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(quantile), quantile, "The quantile must lie above 0 and be at most 1.");
        var sizes = new List<double>(numbers.Length);
        foreach (double number in numbers)
        {
            if (!double.IsFinite(number))
                throw new ArgumentException($"The number {number} is not finite.", nameof(numbers));
            if (number != 0)
                sizes.Add(Math.Abs(number));
        }

        sizes.Sort();
        clip = sizes.Count == 0 ? 0 : Math.Max(sizes[(int)(quantile * (sizes.Count - 1))], ShareClip(sizes));
        var weights = new sbyte[numbers.Length];
        for (int i = 0; i < weights.Length && clip > 0; i++)
            weights[i] = (sbyte)Math.Round(Math.Clamp(numbers[i] / clip, -1, 1) * levels, MidpointRounding.AwayFromZero);
        return weights;
    }

    /// <summary>The largest c, at most the largest size, with c² ≤ share·Σ min(x², c²).</summary>
    /// <param name="sizes">Ascending, above 0.</param>
    private static double ShareClip(List<double> sizes)
    {
        double below = 0;
        foreach (double size in sizes)
            below += size * size;

        // With the m largest cut off at c: c²·(1 − share·m) ≤ share·(the squares of the others).
        for (int m = 0; m < sizes.Count; m++)
        {
            double most = m == 0 ? double.PositiveInfinity : sizes[^m];
            double rest = 1 - (LargestShare * m);
            double c = rest <= 0 ? most : Math.Min(most, Math.Sqrt(LargestShare * below / rest));
            double next = sizes[^(m + 1)];
            if (c >= next)
                return Math.Min(c, sizes[^1]);
            below = Math.Max(0, below - (next * next));
        }

        return 0;
    }
}
