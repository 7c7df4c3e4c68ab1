namespace Watermark.Statistics;

/// <summary>
/// The e-value of a green count against H0 <em>the scored tokens are independent of the key</em>: the likelihood ratio of
/// green fractions above gamma to gamma, averaged over a Beta prior cut off below gamma. It may be looked at after every
/// token and the collection stopped at will: it exceeds 1/α ever with probability at most α (Ville's inequality).
/// </summary>
/// <remarks>
/// E = B(a+k, b+n−k)·Ī(a+k, b+n−k)/(B(a,b)·Ī(a,b)·gamma^k·(1−gamma)^(n−k)), Ī = 1 − I_gamma. Every ratio in the
/// average is non-decreasing in k, so E stays a supermartingale when the green probability is anything up to gamma. The
/// prior changes E and belongs to the plan. Absolute error at most 1e-9 + 1e-14·|ln E| for n up to 10^12.
/// </remarks>
public static class BetaMixtureEValue
{
    /// <summary>ln E for the uniform prior.</summary>
    /// <param name="trials">n, 0 … 2^53.</param>
    /// <param name="successes">k, 0 … n.</param>
    /// <param name="gamma">The null probability, strictly between 0 and 1.</param>
    /// <returns>Finite; 0 for no trials, at least −ln(n+1).</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static double LogE(long trials, long successes, Fraction gamma) => LogE(trials, successes, gamma, 1, 1);

    /// <summary>ln E for a Beta prior.</summary>
    /// <param name="trials">n, 0 … 2^53.</param>
    /// <param name="successes">k, 0 … n.</param>
    /// <param name="gamma">The null probability, strictly between 0 and 1.</param>
    /// <param name="a">First parameter of the prior, 1e-3 … 1e12.</param>
    /// <param name="b">Second parameter of the prior, 1e-3 … 1e12.</param>
    /// <returns>Finite; 0 for no trials.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static double LogE(long trials, long successes, Fraction gamma, double a, double b)
    {
        BinomialTail.Validate(trials, successes, gamma);
        ThrowUnlessParameter(a, nameof(a));
        ThrowUnlessParameter(b, nameof(b));
        return LogE(trials, successes, SuccessProbability.Of(gamma), BinomialTail.Excess(trials, successes, gamma), a, b);
    }

    /// <summary>ln E under the uniform prior against a null that is being solved for.</summary>
    internal static double LogE(long trials, long successes, double p) =>
        LogE(trials, successes, SuccessProbability.Of(p), BinomialTail.Excess(trials, successes, p), 1, 1);

    private static double LogE(long trials, long successes, SuccessProbability p, double excess, double a, double b)
    {
        if (trials == 0)
            return 0;
        double priorExcess = (a * p.Q) - (b * p.P);
        return LogIntegral(a + successes, b + (trials - successes), p, excess + priorExcess)
            - LogIntegral(a, b, p, priorExcess);
    }

    /// <summary>
    /// ln ∫ t^(α−1)·(1−t)^(β−1) dt over (p, 1), relative to p^α·(1−p)^β: what is left when the null's likelihood has been
    /// divided out before anything large is formed.
    /// </summary>
    private static double LogIntegral(double alpha, double beta, SuccessProbability p, double excess)
    {
        if (excess <= 0)
            return -Math.Log(ContinuedFraction.Evaluate(new BetaFraction(beta, alpha, p.Q, p.P, -excess)));
        double density = SaddlePoint.LogBinomial(alpha, beta, p, excess) + Math.Log(alpha) + Math.Log(beta / (alpha + beta));
        double below = density - Math.Log(ContinuedFraction.Evaluate(new BetaFraction(alpha, beta, p.P, p.Q, excess)));
        return NearOne.LogOneMinusExp(below) - density;
    }

    private static void ThrowUnlessParameter(double value, string name)
    {
        if (!(value is >= 1e-3 and <= 1e12))
            throw new ArgumentOutOfRangeException(name, value, "A parameter of the prior must lie between 1e-3 and 1e12.");
    }
}
