namespace Watermark.Statistics;

/// <summary>The tail of a weighted sum.</summary>
/// <param name="LogP">Natural log of the tail, or of a guaranteed upper bound on it; at most 0. The p-value.</param>
/// <param name="Method">Which of the two it is.</param>
/// <param name="LogSaddlePoint">
/// Natural log of the saddle-point approximation (Lugannani and Rice 1980), for display beside a bound; equal to
/// <paramref name="LogP"/> where that is exact.
/// </param>
internal readonly record struct WeightedTail(double LogP, TailMethod Method, double LogSaddlePoint)
{
    internal static WeightedTail Exact(double logP)
    {
        double value = Math.Min(0, logP) + 0.0;
        return new WeightedTail(value, TailMethod.Exact, value);
    }

    /// <summary>
    /// Chernoff's bound e^−rate, and the saddle point from the same numbers.
    /// </summary>
    /// <param name="rate">θ·t − K(θ) at the saddle point, at least 0.</param>
    /// <param name="scaledTilt">θ·√K''(θ), or (1 − e^−θ)·√K''(θ) on the integers; above 0.</param>
    internal static WeightedTail Bound(double rate, double scaledTilt)
    {
        double r = Math.Sqrt(2 * rate);
        // P ≈ φ(r)·(M(r) + 1/u − 1/r), M Mills' ratio; near the mean the difference of reciprocals loses its digits and
        // its limit is small, so the normal tail stands alone.
        double correction = r < 1e-3 ? 0 : (1 / scaledTilt) - (1 / r);
        double density = -rate - 0.91893853320467274178;
        double mills = Math.Exp(NormalTail.LogUpper(r) - density);
        double sum = mills + correction;
        return new WeightedTail(-rate, TailMethod.UpperBound, sum > 0 ? Math.Min(-rate, density + Math.Log(sum)) : -rate);
    }
}
