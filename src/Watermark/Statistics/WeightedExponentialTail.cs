namespace Watermark.Statistics;

/// <summary>Rows whose scores are multiplied by the same number.</summary>
/// <param name="Scale">The multiplier, above 0 and finite.</param>
/// <param name="Count">Rows that have it, 0 or more.</param>
internal readonly record struct ScaleClass(double Scale, long Count);

/// <summary>
/// The tail of a weighted Gumbel total Σ w_i·E_i with independent E_i ~ Exp(1); the dual-key statistic is the case of two
/// weights. H0 is <em>the scored tokens are independent of the key</em>; weights must not depend on the key's bits.
/// </summary>
/// <remarks>
/// A Gamma distribution of the same mean and variance is not used: far out its tail is many times too small, since the true
/// tail falls like that of the largest weight. The tail is the contour integral of e^(K(z)−zt)/z along a line through the
/// saddle point, K(z) = −Σ n_i·ln(1 − w_i·z). The trapezoidal rule on such a line has an error that is known in closed form
/// (Poisson summation gives the tails at t ± l·2π/h), so Chernoff's inequality bounds it, and also the part that is cut off.
/// Where all errors together are below 1e-9 the result is exact, to 1e-9 + 1e-12·|ln p|. For few rows, whose integrand falls
/// slowly, a mixture of Gamma tails is used instead. Otherwise the result is Chernoff's bound.
/// </remarks>
internal static class WeightedExponentialTail
{
    /// <summary>ln P(T ≥ <paramref name="total"/>).</summary>
    /// <param name="classes">The rows by multiplier, in any order; at least one row.</param>
    /// <param name="total">t in points, finite; 0 or less gives 0.</param>
    /// <returns>Finite and at most 0, with the method.</returns>
    /// <exception cref="ArgumentException">There is no row.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A multiplier, a count or the total is out of its range.</exception>
    public static WeightedTail LogUpperTail(ReadOnlySpan<ScaleClass> classes, double total)
    {
        if (!double.IsFinite(total))
            throw new ArgumentOutOfRangeException(nameof(total), total, "The total must be finite.");
        ScaleClass[] merged = Merge(classes, out double unit);
        double reduced = total / unit;
        if (reduced <= 0)
            return WeightedTail.Exact(0);
        if (merged.Length == 1)
            return WeightedTail.Exact(GammaTail.LogUpperTail(merged[0].Count, reduced));

        var sum = new ExponentialSum(merged, reduced);
        if ((sum.LogTail() ?? ErlangMixture.LogTail(merged, reduced)) is { } exact)
            return WeightedTail.Exact(exact);
        double saddle = sum.SaddlePoint;
        double scaledTilt = Math.Abs(saddle) * Math.Sqrt(sum.VarianceAt(saddle));
        WeightedTail bound = WeightedTail.Bound(Math.Max(0, sum.RateAt(saddle)), scaledTilt);
        // Below the mean Chernoff bounds the other tail, and nothing below 1 is guaranteed for this one.
        return saddle > 0 ? bound : new WeightedTail(0, TailMethod.UpperBound, NearOne.LogOneMinusExp(bound.LogSaddlePoint));
    }

    /// <summary>Chernoff's bound on ln P(T ≥ <paramref name="total"/>), guaranteed: min over θ of K(θ) − θ·t.</summary>
    /// <param name="classes">The rows by multiplier, in any order; at least one row.</param>
    /// <param name="total">t in points, finite; the mean or less gives 0.</param>
    /// <exception cref="ArgumentException">There is no row.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A multiplier, a count or the total is out of its range.</exception>
    public static double LogUpperBound(ReadOnlySpan<ScaleClass> classes, double total)
    {
        if (!double.IsFinite(total))
            throw new ArgumentOutOfRangeException(nameof(total), total, "The total must be finite.");
        ScaleClass[] merged = Merge(classes, out double unit);
        if (total <= 0)
            return 0;
        var sum = new ExponentialSum(merged, total / unit);
        return sum.SaddlePoint > 0 ? Math.Min(0, -sum.RateAt(sum.SaddlePoint)) : 0;
    }

    /// <summary>
    /// The classes with each multiplier once, in units of the largest, by falling multiplier, without empty ones.
    /// </summary>
    private static ScaleClass[] Merge(ReadOnlySpan<ScaleClass> classes, out double unit)
    {
        var counts = new SortedDictionary<double, long>();
        unit = 0;
        foreach (ScaleClass item in classes)
        {
            if (!(item.Scale > 0) || double.IsInfinity(item.Scale))
                throw new ArgumentOutOfRangeException(nameof(classes), item.Scale, "A multiplier is finite and above 0.");
            if (item.Count < 0)
                throw new ArgumentOutOfRangeException(nameof(classes), item.Count, "A count is at least 0.");
            if (item.Count == 0)
                continue;
            counts[item.Scale] = checked(counts.GetValueOrDefault(item.Scale) + item.Count);
            unit = Math.Max(unit, item.Scale);
        }

        if (counts.Count == 0)
            throw new ArgumentException("There is no row.", nameof(classes));
        double largest = unit;
        return [.. counts.Reverse().Select(item => new ScaleClass(item.Key / largest, item.Value))];
    }
}
