namespace Watermark.Statistics;

/// <summary>
/// The tail of c₁·G₁ + c₂·G₂ for independent G₁, G₂ ~ Gamma(n, 1): the p-value of a total that weighs two exponential
/// scores per row. H0 is <em>the scored tokens are independent of the key</em>.
/// </summary>
/// <remarks>
/// <para>
/// With p = c₂/c₁ ≤ 1, c₁·Gamma(n) is c₂·Gamma(n + K) for K negative binomial, P(K = k) = C(n+k−1, k)·pⁿ·(1−p)^k (compare
/// both sides' Laplace transforms). So the tail is Σ P(K = k)·P(Gamma(2n + k, 1) ≥ t/c₂), a sum of positive terms that rise
/// to one maximum and then fall, since both factors are log-concave in k. The sum starts where the terms are e^-45 of the
/// greatest, and uses ratios of neighbours.
/// </para>
/// <para>
/// Exact to 1e-9 + 1e-12·|ln p| while at most <see cref="MaximumTerms"/> terms matter, for example for a million rows at
/// alpha 1/10. Beyond that the result is that of <see cref="WeightedExponentialTail"/>, whose contour integral converges for
/// many rows but not for few.
/// </para>
/// </remarks>
internal static class TwoScaleGammaTail
{
    /// <summary>The largest number of terms that are summed.</summary>
    public const long MaximumTerms = 200_000;

    private const double Window = 45;

    /// <summary>ln P(c₁·G₁ + c₂·G₂ ≥ t).</summary>
    /// <param name="shape">n, at least 1.</param>
    /// <param name="first">One scale, positive.</param>
    /// <param name="second">The other scale, positive.</param>
    /// <param name="sum">t, finite; 0 or less gives 0.</param>
    public static (double LogP, TailMethod Method) LogUpperTail(long shape, double first, double second, double sum)
    {
        if (sum <= 0)
            return (0, TailMethod.Exact);
        (double large, double small) = first >= second ? (first, second) : (second, first);
        if (large == small)
            return (GammaTail.LogUpperTail(2 * shape, sum / large), TailMethod.Exact);
        if (Exact(shape, small / large, sum / small) is { } exact)
            return (Math.Min(0, exact), TailMethod.Exact);
        WeightedTail tail = WeightedExponentialTail.LogUpperTail([new ScaleClass(large, shape), new ScaleClass(small, shape)], sum);
        return (tail.LogP, tail.Method);
    }

    private static double? Exact(long shape, double p, double x)
    {
        double logQ = double.LogP1(-p);
        double LogTerm(double k) => LogWeight(shape, k, p, logQ) + GammaTail.LogUpperTail((2 * shape) + (long)k, x);

        // The greatest term lies where the ratio of neighbours passes 1; K's mean and the total bound the search.
        long top = (long)Math.Min(1e15, (shape / p) + x + 1000);
        long mode = First(0, top, k => LogRatio(shape, k, logQ, x) <= 0);
        double floor = LogTerm(mode) - Window;
        long start = First(0, mode, k => LogTerm(k) >= floor);
        long reach = Math.Max(64, 4 * (mode - start));
        long end = First(mode, mode + reach, k => LogTerm(k) < floor);
        while (end == mode + reach)
        {
            if (reach > MaximumTerms)
                return null;
            reach *= 4;
            end = First(mode, mode + reach, k => LogTerm(k) < floor);
        }

        if (end - start > MaximumTerms)
            return null;
        double hazard = Hazard((2 * shape) + start, x);
        double ratioQ = Math.Exp(logQ);
        double term = 1;
        double sum = 0;
        for (long k = start; k <= end; k++)
        {
            sum += term;
            double step = 1 + hazard;
            term *= (double)(shape + k) / (k + 1) * ratioQ * step;
            hazard *= x / ((2.0 * shape) + k + 1) / step;
        }

        return LogTerm(start) + Math.Log(sum);
    }

    /// <summary>ln of C(n+k−1, k)·pⁿ·q^k = n/(n+k) · P(Bin(n+k, p) = n).</summary>
    private static double LogWeight(long shape, double k, double p, double logQ)
    {
        double n = shape;
        if (k == 0)
            return n * Math.Log(p);
        double total = n + k;
        double q = Math.Exp(logQ);
        double excess = (n * q) - (k * p);
        double deviance = SaddlePoint.Deviance(n, total * p, excess) + SaddlePoint.Deviance(k, total * q, -excess);
        double errors = SaddlePoint.StirlingError(total) - SaddlePoint.StirlingError(n) - SaddlePoint.StirlingError(k);
        return errors - deviance - (0.5 * Math.Log(2 * Math.PI * n * (k / total))) + Math.Log(n / total);
    }

    /// <summary>ln of the ratio of term k + 1 to term k.</summary>
    private static double LogRatio(long shape, long k, double logQ, double x) =>
        Math.Log((double)(shape + k) / (k + 1)) + logQ + double.LogP1(Hazard((2 * shape) + k, x));

    /// <summary>x^a·e^(−x)/Γ(a+1) over the upper tail at shape a: how much one more degree of shape adds.</summary>
    private static double Hazard(long a, double x) => Math.Exp(SaddlePoint.LogPoisson(a, x, a - x) - GammaTail.LogUpperTail(a, x));

    /// <summary>The first k in [low, high] for which a monotone condition holds, or high.</summary>
    private static long First(long low, long high, Func<long, bool> holds)
    {
        while (low < high)
        {
            long middle = low + ((high - low) / 2);
            if (holds(middle))
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }
}
