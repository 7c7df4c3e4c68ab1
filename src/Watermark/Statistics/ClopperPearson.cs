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

    /// <summary>The p at which P(X ≥ k) = e^<paramref name="logTail"/>, rounded up; 0 for k = 0.</summary>
    internal static double LowerBound(long trials, long successes, double logTail) => successes == 0
        ? 0
        : Solve(new Upper(trials, successes, logTail), trials, successes, logTail, -1);

    private static double HigherBound(long trials, long successes, double logTail) => successes == trials
        ? 1
        : Solve(new Lower(trials, successes, logTail), trials, successes, logTail, 1);

    /// <summary>Near the end of Wilson's interval, which is off by some 1/n.</summary>
    private static double Solve<TFunction>(TFunction function, long trials, long successes, double logTail, int side)
        where TFunction : struct, IIncreasing
    {
        double n = trials, p = successes / n;
        double z = Math.Sqrt(Math.Max(0.1, -2 * logTail - Math.Log(Math.Max(1, -4 * Math.PI * logTail))));
        double centre = (p + (z * z / (2 * n))) / (1 + (z * z / n));
        double half = z / (1 + (z * z / n)) * Math.Sqrt((p * (1 - p) / n) + (z * z / (4 * n * n)));
        return MonotoneRoot.First(function, 0, 1, centre + (side * half), (half / 8) + (1 / n), 1e-15 * half);
    }

    private readonly struct Upper(long trials, long successes, double logTail) : IIncreasing
    {
        public double At(double x) => BinomialTail.LogUpperTail(trials, successes, x) - logTail;
    }

    private readonly struct Lower(long trials, long successes, double logTail) : IIncreasing
    {
        public double At(double x) => logTail - BinomialTail.LogLowerTail(trials, successes, x);
    }

    private static void Validate(long trials, long successes, double confidence)
    {
        BinomialTail.ValidateCounts(trials, successes);
        if (!(confidence is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "Confidence must lie strictly between 0 and 1.");
    }
}
