namespace Watermark.Statistics;

/// <summary>
/// Bounds on the green fraction that hold at every look at once, so that collection may stop whenever one likes. From
/// the mixture e-process with the uniform prior.
/// </summary>
public static class ConfidenceSequence
{
    /// <summary>
    /// The two-sided set {θ : (n+1)·b(k; n, θ) ≥ α}: the fractions against which the mixture over all of [0, 1] has not
    /// reached 1/α.
    /// </summary>
    /// <param name="trials">n, 0 … 2^53.</param>
    /// <param name="successes">k, 0 … n.</param>
    /// <param name="alpha">Probability that some look misses the true fraction, strictly between 0 and 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static ConfidenceInterval Interval(long trials, long successes, double alpha)
    {
        Validate(trials, successes, alpha);
        double level = Math.Log(alpha) - Math.Log(trials + 1.0);
        double mean = trials == 0 ? 0.5 : (double)successes / trials;
        double low = successes == 0 ? 0 : Bisection.First(0.0, mean, p => LogProbability(trials, successes, p) >= level);
        double high = successes == trials ? 1 : Bisection.First(mean, 1.0, p => LogProbability(trials, successes, p) < level);
        return new ConfidenceInterval(low, high);
    }

    /// <summary>The one-sided lower bound: the infimum of {γ₀ : E_n(γ₀) &lt; 1/α}, E_n falling in γ₀.</summary>
    /// <param name="trials">n, 0 … 2^53.</param>
    /// <param name="successes">k, 0 … n.</param>
    /// <param name="alpha">Probability that some look puts the bound above the true fraction, strictly between 0 and 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static double LowerBound(long trials, long successes, double alpha)
    {
        Validate(trials, successes, alpha);
        // Below k/n only: with θ = γ₀ + (1−γ₀)u, E_n = ∫(1 + u(1−γ₀)/γ₀)^k·(1−u)^(n−k) du, which falls in γ₀, to
        // at most 1 at the mean.
        return successes == 0
            ? 0
            : Bisection.First(0.0, (double)successes / trials, p => BetaMixtureEValue.LogE(trials, successes, p) < -Math.Log(alpha));
    }

    private static double LogProbability(long trials, long successes, double p) =>
        SaddlePoint.LogBinomial(successes, trials - successes, SuccessProbability.Of(p), BinomialTail.Excess(trials, successes, p));

    private static void Validate(long trials, long successes, double alpha)
    {
        BinomialTail.ValidateCounts(trials, successes);
        if (!(alpha is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "Alpha must lie strictly between 0 and 1.");
    }
}
