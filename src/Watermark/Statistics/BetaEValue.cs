namespace Watermark.Statistics;

/// <summary>
/// The e-value of a green count with a beta prior: the likelihood ratio of a green fraction θ to gamma, averaged over
/// Beta(a, b) restricted to θ above gamma. It is valid after every token and for every rule that stops the collection: the
/// probability that it ever reaches 1/α is at most α, for every green probability up to gamma (Ville's inequality; each
/// factor 1 + λ(X − gamma) has λ ≥ 0). The prior changes the value, so a plan fixes it.
/// </summary>
/// <remarks>
/// <para>ln E = ln B(a+k, b+n−k) + ln Ī(a+k, b+n−k) − ln B(a, b) − ln Ī(a, b) − k·ln gamma − (n−k)·ln(1 − gamma), with Ī the
/// upper part of the regularised incomplete beta function from gamma on.</para>
/// <para>For a = b = 1 this is P(Bin(n+1, gamma) ≤ k)/((1 − gamma)(n + 1)·b(k; n, gamma)).</para>
/// <para>Computed by the continued fraction of DLMF 8.17.22 and Loader's saddle-point form, without factorials that cancel.
/// Absolute error at most 1e-9 + 1e-14·|ln E| for n up to 10^12; may differ between machines in the last place.</para>
/// </remarks>
public static class BetaEValue
{
    /// <summary>No bound is sought below it: a mean of successes over it would overflow.</summary>
    private const double Least = 1e-290;

    /// <summary>ln E.</summary>
    /// <param name="trials">n, 0 … 2^53.</param>
    /// <param name="successes">k, 0 … n.</param>
    /// <param name="gamma">The probability of green under H0, strictly between 0 and 1.</param>
    /// <param name="a">The prior's first parameter, above 0 and finite.</param>
    /// <param name="b">The prior's second parameter, above 0 and finite.</param>
    /// <returns>Natural log; 0 for no trials.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static double LogE(long trials, long successes, Fraction gamma, double a = 1, double b = 1)
    {
        BinomialTail.Validate(trials, successes, gamma);
        ThrowUnlessShape(a, nameof(a));
        ThrowUnlessShape(b, nameof(b));
        return LogE(trials, successes, SuccessProbability.Of(gamma), BinomialTail.Excess(trials, successes, gamma), a, b);
    }

    /// <summary>
    /// ln of the p-value that holds however often one looked: min(1, 1/max E).
    /// </summary>
    /// <param name="largestLogE">ln of the largest e-value that was reached.</param>
    /// <returns>Natural log, at most 0; 0 for NaN.</returns>
    public static double AnytimeLogP(double largestLogE) => largestLogE > 0 ? -largestLogE : 0;

    /// <summary>
    /// The green fractions θ with (n + 1)·b(k; n, θ) ≥ α: a confidence sequence, which covers the true fraction after every
    /// token at once with probability 1 − α or more.
    /// </summary>
    /// <param name="trials">n, 0 … 2^53.</param>
    /// <param name="successes">k, 0 … n.</param>
    /// <param name="confidence">1 − α, strictly between 0 and 1.</param>
    /// <returns>The ends, to about the last place.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static ConfidenceInterval ConfidenceSequence(long trials, long successes, double confidence = 0.95)
    {
        BinomialTail.ValidateCounts(trials, successes);
        double logLeast = Math.Log(Error(confidence)) - Math.Log(trials + 1.0);
        double top = trials == 0 ? 0.5 : (double)successes / trials;
        double low = successes == 0 ? 0 : Bisection.First(0.0, top, p => LogProbability(trials, successes, p) >= logLeast);
        double high = successes == trials ? 1 : Bisection.First(top, 1.0, p => LogProbability(trials, successes, p) < logLeast);
        return new ConfidenceInterval(low, high);
    }

    /// <summary>
    /// The smallest gamma that the e-value of the prior Beta(1, 1) does not reject: E(gamma) &lt; 1/α. A lower bound on the
    /// green fraction that holds after every token at once with probability 1 − α or more.
    /// </summary>
    /// <param name="trials">n, 0 … 2^53.</param>
    /// <param name="successes">k, 0 … n.</param>
    /// <param name="confidence">1 − α, strictly between 0 and 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static double LowerBound(long trials, long successes, double confidence = 0.95)
    {
        BinomialTail.ValidateCounts(trials, successes);
        double logThreshold = -Math.Log(Error(confidence));
        return successes == 0
            ? 0
            : Bisection.First(Least, 1 - 1e-16, p => LogE(trials, successes, SuccessProbability.Of(p), BinomialTail.Excess(trials, successes, p), 1, 1) < logThreshold);
    }

    private static double LogE(long trials, long successes, SuccessProbability p, double excess, double a, double b) =>
        trials == 0
            ? 0
            : LogIntegral(successes, trials - successes, p, excess, a, b) - LogIntegral(0, 0, p, 0, a, b);

    /// <summary>ln of the integral from p to 1 of θ^(a+k−1)·(1−θ)^(b+m−1), divided by p^k·(1−p)^m.</summary>
    private static double LogIntegral(double k, double m, SuccessProbability p, double excess, double a, double b)
    {
        (double first, double second) = (a + k, b + m);
        double lambda = excess + (a * p.Q) - (b * p.P);
        double edge = (a * p.LogP) + (b * p.LogQ);
        if (lambda <= 0)
            return edge - Math.Log(ContinuedFraction.Evaluate(new BetaFraction(second, first, p.Q, p.P, -lambda)));
        double whole = edge + Math.Log((first + second) / first / second) - SaddlePoint.LogBinomial(first, second, p, lambda);
        double below = edge - Math.Log(ContinuedFraction.Evaluate(new BetaFraction(first, second, p.P, p.Q, lambda)));
        return whole + NearOne.LogOneMinusExp(below - whole);
    }

    private static double LogProbability(long trials, long successes, double p) => p switch
    {
        <= 0 => successes == 0 ? 0 : double.NegativeInfinity,
        >= 1 => successes == trials ? 0 : double.NegativeInfinity,
        _ => SaddlePoint.LogBinomial(successes, trials - successes, SuccessProbability.Of(p), BinomialTail.Excess(trials, successes, p)),
    };

    private static double Error(double confidence) => confidence is > 0 and < 1
        ? 1 - confidence
        : throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "Confidence must lie strictly between 0 and 1.");

    private static void ThrowUnlessShape(double value, string name)
    {
        if (!(value > 0) || double.IsInfinity(value))
            throw new ArgumentOutOfRangeException(name, value, "A parameter of the prior must be above 0 and finite.");
    }
}
