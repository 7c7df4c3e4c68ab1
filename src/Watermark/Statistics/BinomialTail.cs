namespace Watermark.Statistics;

/// <summary>
/// The exact binomial tail in logarithms: the p-value of a green count. H0 is <em>the scored tokens are independent of
/// the key</em>; then each of n trials is green with probability gamma, exactly.
/// </summary>
/// <remarks>
/// P(X ≥ k) = b(k)·(1−gamma)·k/F with b from Loader's saddle-point form and F from the continued fraction of
/// DLMF 8.17.22 (its even part); k − n·gamma enters as an exact integer over gamma's denominator. Absolute error at most
/// 1e-9 + 1e-14·|ln p| for n up to 10^12. May differ between machines in the last place. Time: one or two
/// microseconds in the tails, a millisecond or two where k = n·gamma at n = 10^12.
/// </remarks>
internal static class BinomialTail
{
    /// <summary>The largest number of trials: every integer up to it is a <see cref="double"/>.</summary>
    private const long MaximumTrials = 1L << 53;

    /// <summary>ln P(X ≥ <paramref name="successes"/>) for X ~ Binomial(<paramref name="trials"/>, <paramref name="gamma"/>).</summary>
    /// <param name="trials">n, 0 … 2^53.</param>
    /// <param name="successes">k, 0 … n.</param>
    /// <param name="gamma">The success probability, strictly between 0 and 1.</param>
    /// <returns>At most 0; finite. 0 for k = 0, n·ln gamma for k = n.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static double LogUpperTail(long trials, long successes, Fraction gamma)
    {
        Validate(trials, successes, gamma);
        return LogUpperTail(trials, successes, SuccessProbability.Of(gamma), Excess(trials, successes, gamma));
    }

    /// <summary>ln P(X = <paramref name="successes"/>) for X ~ Binomial(<paramref name="trials"/>, <paramref name="gamma"/>).</summary>
    /// <param name="trials">n, 0 … 2^53.</param>
    /// <param name="successes">k, 0 … n.</param>
    /// <param name="gamma">The success probability, strictly between 0 and 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static double LogProbability(long trials, long successes, Fraction gamma)
    {
        Validate(trials, successes, gamma);
        return SaddlePoint.LogBinomial(successes, trials - successes, SuccessProbability.Of(gamma), Excess(trials, successes, gamma));
    }

    /// <summary>The tail for a success probability that belongs to an alternative or is being solved for.</summary>
    internal static double LogUpperTail(long trials, long successes, double p)
    {
        if (p <= 0)
            return successes == 0 ? 0 : double.NegativeInfinity;
        return p >= 1 ? 0 : LogUpperTail(trials, successes, SuccessProbability.Of(p), Excess(trials, successes, p));
    }

    /// <summary>ln P(X ≤ k) for a probability that is being solved for; as precise for p near 0 as the upper tail.</summary>
    internal static double LogLowerTail(long trials, long successes, double p)
    {
        if (p <= 0)
            return 0;
        return p >= 1
            ? successes == trials ? 0 : double.NegativeInfinity
            : LogUpperTail(trials, trials - successes, SuccessProbability.Of(p).Complement(), -Excess(trials, successes, p));
    }

    /// <summary>k − n·p, rounded once.</summary>
    internal static double Excess(long trials, long successes, double p) => Math.FusedMultiplyAdd(-trials, p, successes);

    /// <summary>k − n·gamma, rounded once.</summary>
    internal static double Excess(long trials, long successes, Fraction gamma) =>
        (double)gamma.ExcessNumerator(trials, successes) / gamma.Denominator;

    internal static void Validate(long trials, long successes, Fraction gamma)
    {
        ValidateCounts(trials, successes);
        if (!gamma.IsProperProbability)
            throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "Gamma must lie strictly between 0 and 1.");
    }

    internal static void ValidateCounts(long trials, long successes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(trials);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(trials, MaximumTrials);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
    }

    private static double LogUpperTail(long trials, long successes, SuccessProbability p, double excess)
    {
        if (successes == 0)
            return 0;
        if (successes == trials)
            return trials * p.LogP;
        if (excess >= 0)
            return LogFarTail(trials, successes, p, excess);
        // Below the mean the complement, P(X ≤ k−1), is the smaller part; it is the upper tail of the failures.
        double complement = LogFarTail(trials, trials - successes + 1, p.Complement(), 1 - excess);
        return NearOne.LogOneMinusExp(complement);
    }

    /// <summary>The tail from k ≥ 1 at or above the mean.</summary>
    private static double LogFarTail(long trials, long k, SuccessProbability p, double excess)
    {
        double mass = SaddlePoint.LogBinomial(k, trials - k, p, excess);
        if (k == trials)
            return mass;
        double fraction = ContinuedFraction.Evaluate(new BetaFraction(k, trials - k + 1, p.P, p.Q, excess - p.P));
        return Math.Min(0, mass + p.LogQ + Math.Log(k / fraction));
    }
}
