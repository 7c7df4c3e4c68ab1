namespace Watermark.Statistics;

/// <summary>
/// The e-value of a sum of Gumbel scores against H0 <em>the scored tokens are independent of the key</em>, under which
/// scores are independent Exp(1). It may be looked at after every token and the collection stopped at will.
/// </summary>
/// <remarks>
/// <para>One alternative: scores are exponential with rate λ below 1, mean 1/λ. Its likelihood ratio after n scores with
/// sum s is λ^n·e^((1−λ)s); a score x multiplies it by λ·e^((1−λ)x), whose expectation under Exp(1) is 1, and at most
/// 1 for any score that is stochastically smaller, the factor being increasing in x. So the ratio is a test martingale
/// under H0 (a supermartingale for coarse uniforms), and so is its average over a uniform λ on (0, 1), the mean score
/// having density 1/m² on (1, ∞):</para>
/// <para>E = ∫ λ^n·e^((1−λ)s) dλ over (0,1) = n!·e^s·s^(−n−1)·P(Gamma(n+1, 1) ≤ s).</para>
/// <para>Absolute error at most 1e-9 + 1e-12·|ln E| for n up to 10^12. The prior belongs to the plan.</para>
/// </remarks>
public static class ExponentialMixtureEValue
{
    /// <summary>ln E.</summary>
    /// <param name="rows">n, the number of scores, 0 or more.</param>
    /// <param name="sum">Their sum in points, at least 0 and finite.</param>
    /// <returns>Finite; at least −ln(n+1); 0 for no rows.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static double LogE(long rows, double sum)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        if (!(sum >= 0) || double.IsInfinity(sum))
            throw new ArgumentOutOfRangeException(nameof(sum), sum, "The sum must be finite and at least 0.");
        if (rows == 0)
            return 0;
        double shape = rows + 1.0;
        if (sum <= shape)
            return -GammaTail.LogLowerFraction(shape, sum);
        double density = GammaTail.LogDensity(shape, sum);
        double above = density - GammaTail.LogUpperFraction(shape, sum);
        return NearOne.LogOneMinusExp(above) - density;
    }
}
