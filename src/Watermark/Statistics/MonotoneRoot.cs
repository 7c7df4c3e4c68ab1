namespace Watermark.Statistics;

/// <summary>A continuous function that does not decrease.</summary>
internal interface IIncreasing
{
    /// <summary>Its value; may be infinite.</summary>
    /// <param name="x">The argument.</param>
    double At(double x);
}

/// <summary>
/// The root of an increasing function in few evaluations: Chandrupatla's method (Advances in Engineering Software 28, 1997), which keeps a
/// bracket as bisection does and uses inverse quadratic interpolation where that is safe. Nothing is allocated.
/// </summary>
internal static class MonotoneRoot
{
    private const int MostSteps = 200;

    /// <summary>The place from which the function is at least 0, from above.</summary>
    /// <param name="function">The function.</param>
    /// <param name="low">The lower end of the search, where the function is below 0.</param>
    /// <param name="high">The upper end, where it is at least 0.</param>
    /// <param name="guess">Where the root may be.</param>
    /// <param name="width">How far from it at most, as far as is known; above 0.</param>
    /// <param name="tolerance">The result is at most this much too large.</param>
    public static double First<TFunction>(TFunction function, double low, double high, double guess, double width, double tolerance)
        where TFunction : struct, IIncreasing
    {
        double below = Math.Max(low, guess - width), above = Math.Min(high, guess + width);
        double belowValue = double.NegativeInfinity, aboveValue = double.PositiveInfinity;
        for (double step = width; below > low && (belowValue = function.At(below)) >= 0; step *= 4)
            (above, aboveValue, below) = (below, belowValue, Math.Max(low, below - step));
        if (below <= low)
            belowValue = double.NegativeInfinity;
        for (double step = width; double.IsPositiveInfinity(aboveValue) && above < high && (aboveValue = function.At(above)) < 0; step *= 4)
            (below, belowValue, above, aboveValue) = (above, aboveValue, Math.Min(high, above + step), double.PositiveInfinity);

        // In Chandrupatla's names: 1 is the newest point, 2 the other end of the bracket, 3 the point before.
        (double x1, double f1, double x2, double f2) = (above, aboveValue, below, belowValue);
        double part = 0.5;
        for (int i = 0; i < MostSteps && Math.Abs(x2 - x1) > Math.Max(tolerance, Math.BitIncrement(Math.Abs(x1)) - Math.Abs(x1)); i++)
        {
            double x = x1 + (part * (x2 - x1));
            double f = function.At(x);
            double x3, f3;
            if (f >= 0 == f1 >= 0)
                (x3, f3) = (x1, f1);
            else
                (x3, f3, x2, f2) = (x2, f2, x1, f1);
            (x1, f1) = (x, f);
            double least = tolerance / 2 / Math.Abs(x2 - x1);
            double xi = (x1 - x2) / (x3 - x2), phi = (f1 - f2) / (f3 - f2);
            part = double.IsFinite(f2) && double.IsFinite(f3) && phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi
                ? (f1 / (f2 - f1) * f3 / (f2 - f3)) + ((x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2))
                : 0.5;
            part = least < 0.5 ? Math.Clamp(part, least, 1 - least) : 0.5;
        }

        return Math.Max(x1, x2);
    }
}
