namespace Watermark.Statistics;

/// <summary>
/// The exact tail of a sum of independent Exp(1) scores in logarithms: the p-value of a Gumbel total. H0 is <em>the scored
/// tokens are independent of the key</em>.
/// </summary>
/// <remarks>
/// Loader's saddle-point form times a continued fraction of positive terms, as in <see cref="BinomialTail"/>. Absolute
/// error at most 1e-9 + 1e-12·|ln p| for shapes up to 10^12. May differ between machines in the last place.
/// </remarks>
internal static class GammaTail
{
    /// <summary>ln P(S ≥ <paramref name="sum"/>) for S ~ Gamma(<paramref name="shape"/>, 1).</summary>
    /// <param name="shape">n, the number of scores, at least 1.</param>
    /// <param name="sum">Their sum in points, finite; 0 or less gives 0.</param>
    /// <returns>At most 0; finite.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The shape is below 1, or the sum is not finite.</exception>
    public static double LogUpperTail(long shape, double sum)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shape, 1);
        if (!double.IsFinite(sum))
            throw new ArgumentOutOfRangeException(nameof(sum), sum, "The sum must be finite.");
        if (sum <= 0)
            return 0;
        if (shape == 1)
            return -sum;
        return sum >= shape
            ? Math.Min(0, LogDensity(shape, sum) - LogUpperFraction(shape, sum))
            : NearOne.LogOneMinusExp(LogDensity(shape, sum) - LogLowerFraction(shape, sum));
    }

    /// <summary>The sum that is reached or exceeded with probability e^<paramref name="logP"/>.</summary>
    /// <param name="shape">n, at least 1.</param>
    /// <param name="logP">Natural log of the probability, below 0.</param>
    /// <returns>The smallest <see cref="double"/> whose tail is at most e^logP.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static double UpperQuantile(long shape, double logP)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shape, 1);
        if (!(logP < 0) || double.IsInfinity(logP))
            throw new ArgumentOutOfRangeException(nameof(logP), logP, "The log probability must be negative and finite.");
        // A Chernoff bound: P(S ≥ n + x) ≤ exp(−x²/(2(n + x))).
        double high = shape + (2 * -logP) + Math.Sqrt(2 * -logP * shape) + 1;
        return Bisection.First(0, high, sum => LogUpperTail(shape, sum) <= logP);
    }

    /// <summary>ln of x^a·e^(−x)/Γ(a).</summary>
    internal static double LogDensity(double a, double x) => SaddlePoint.LogPoisson(a, x, a - x) + Math.Log(a);

    internal static double LogUpperFraction(double a, double x) =>
        Math.Log(ContinuedFraction.Evaluate(new UpperGammaFraction(a, x - a)));

    internal static double LogLowerFraction(double a, double x) =>
        Math.Log(ContinuedFraction.Evaluate(new LowerGammaFraction(a, x, a - x)));
}
