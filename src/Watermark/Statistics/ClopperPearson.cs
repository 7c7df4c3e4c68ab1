namespace Watermark.Statistics;

/// <summary>A closed interval of probabilities.</summary>
/// <param name="Low">The lower end, 0 … 1.</param>
/// <param name="High">The upper end, 0 … 1.</param>
public readonly record struct ConfidenceInterval(double Low, double High);

/// <summary>
/// The exact interval of Clopper and Pearson (1934) for a green fraction: all fractions that exact tests with half of the
/// error on each side do not reject. It treats tokens as independent; for dependent tokens see
/// <see cref="ClusterBootstrap"/>.
/// </summary>
public static class ClopperPearson
{
    private const int MostSteps = 30;

    // Newton's steps square the error, so the step from here reaches a double's last places.
    private const double LastSurplus = 1e-7;

    /// <summary>The interval.</summary>
    /// <param name="trials">n, 0 … 2^53; 0 gives all of [0, 1].</param>
    /// <param name="successes">k, 0 … n.</param>
    /// <param name="confidence">The coverage that is guaranteed, strictly between 0 and 1.</param>
    /// <returns>
    /// The ends to about 1e-9 of the interval's length or the last place; exactly 0 for k = 0 and exactly 1 for k = n.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static ConfidenceInterval Interval(long trials, long successes, double confidence = 0.95)
    {
        Validate(trials, successes, confidence);
        double logError = Math.Log((1 - confidence) / 2);
        return new ConfidenceInterval(LowerBound(trials, successes, logError), HigherBound(trials, successes, logError));
    }

    /// <summary>
    /// The largest probability that the counts do not exclude: P(X ≤ k) = 1 − confidence there. For k = 0 it is
    /// 1 − (1 − confidence)^(1/n), such as 0.00994 for 0 of 300.
    /// </summary>
    /// <param name="trials">n, 0 … 2^53; 0 gives 1.</param>
    /// <param name="successes">k, 0 … n.</param>
    /// <param name="confidence">The coverage that is guaranteed, strictly between 0 and 1.</param>
    /// <returns>The bound, to about 1e-9 of its size; exactly 1 for k = n.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static double UpperBound(long trials, long successes, double confidence = 0.95)
    {
        Validate(trials, successes, confidence);
        return HigherBound(trials, successes, Math.Log(1 - confidence));
    }

    /// <summary>The p at which P(X ≥ k) = e^<paramref name="logTail"/>; 0 for k = 0.</summary>
    internal static double LowerBound(long trials, long successes, double logTail)
    {
        if (successes == 0)
            return 0;
        double p = Start(trials, successes, logTail, -1);
        for (int step = 0; step < MostSteps; step++)
        {
            double tail = BinomialTail.LogUpperTail(trials, successes, p);
            double surplus = tail - logTail;

            // d ln P(X ≥ k) / d ln p = k·b(k)/P(X ≥ k); the tail is concave in ln p, so steps beyond the first come from below.
            double next = p * Math.Exp(-surplus * Math.Exp(tail - LogProbability(trials, successes, p)) / successes);
            if (!(next is > 0 and < 1))
                break;
            p = next;
            if (Math.Abs(surplus) < LastSurplus)
                return p;
        }

        return BisectLower(trials, successes, logTail);
    }

    private static double HigherBound(long trials, long successes, double logTail)
    {
        if (successes == trials)
            return 1;
        double p = Start(trials, successes, logTail, 1);
        for (int step = 0; step < MostSteps; step++)
        {
            double tail = BinomialTail.LogLowerTail(trials, successes, p);
            double surplus = tail - logTail;

            // As above with failures: q = 1 − p is multiplied, and p follows without cancellation.
            double factor = -surplus * Math.Exp(tail - LogProbability(trials, successes, p)) / (trials - successes);
            double next = p + ((1 - p) * -NearOne.ExpM1(factor));
            if (!(next is > 0 and < 1))
                break;
            p = next;
            if (Math.Abs(surplus) < LastSurplus)
                return p;
        }

        return BisectHigher(trials, successes, logTail);
    }

    /// <summary>Wilson's bound (1927), which the exact one lies near.</summary>
    private static double Start(long trials, long successes, double logTail, int side)
    {
        // Abramowitz and Stegun 26.2.22: the normal quantile to 0.003.
        double t = Math.Sqrt(-2 * logTail);
        double z = Math.Max(0, t - ((2.30753 + (0.27061 * t)) / (1 + (t * (0.99229 + (0.04481 * t))))));
        double n = trials + (z * z);
        double middle = (successes + (z * z / 2)) / n;
        double half = z / n * Math.Sqrt(((double)successes / trials * (trials - successes)) + (z * z / 4));
        double bound = middle + (side * half);
        return bound is > 0 and < 1 ? bound : middle is > 0 and < 1 ? middle : 0.5;
    }

    private static double LogProbability(long trials, long successes, double p) =>
        SaddlePoint.LogBinomial(successes, trials - successes, SuccessProbability.Of(p), BinomialTail.Excess(trials, successes, p));

    private static double BisectLower(long trials, long successes, double logTail) =>
        Bisection.First(0.0, 1.0, p => BinomialTail.LogUpperTail(trials, successes, p) >= logTail);

    private static double BisectHigher(long trials, long successes, double logTail) =>
        Bisection.First(0.0, 1.0, p => BinomialTail.LogLowerTail(trials, successes, p) <= logTail);

    private static void Validate(long trials, long successes, double confidence)
    {
        BinomialTail.ValidateCounts(trials, successes);
        if (!(confidence is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "Confidence must lie strictly between 0 and 1.");
    }
}
