namespace Watermark.Statistics;

/// <summary>
/// Power of the exact Gumbel test against a suspect whose scores are exponential with a mean above 1: exact level and
/// exact power.
/// </summary>
public static class GammaPower
{
    /// <summary>The smallest n with which a suspect of this mean score is found at level α with the given probability.</summary>
    /// <param name="meanScore">The suspect's true mean score in points; unrelated text has 1.</param>
    /// <param name="logAlpha">ln of the p-value to reach, below 0.</param>
    /// <param name="power">The probability of reaching it, strictly between 0 and 1.</param>
    /// <returns>
    /// n, or null where no n up to <see cref="BinomialPower.MaximumTokens"/> is enough, as when the mean is not above 1.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static long? TokensNeeded(double meanScore, double logAlpha, double power)
    {
        BinomialPower.ValidateLevel(logAlpha, power);
        if (!(meanScore >= 0) || double.IsInfinity(meanScore))
            throw new ArgumentOutOfRangeException(nameof(meanScore), meanScore, "A mean score is finite and at least 0.");
        // The test is the most powerful one, and the total is continuous: power grows with n.
        bool Suffices(long tokens) => DetectableEffect(tokens, logAlpha, power) <= meanScore;
        return meanScore <= 1 || !Suffices(BinomialPower.MaximumTokens)
            ? null
            : Bisection.First(0L, BinomialPower.MaximumTokens, Suffices);
    }

    /// <summary>The smallest mean score that is found with these tokens at level α with the given probability.</summary>
    /// <param name="tokens">Scored tokens, at least 1.</param>
    /// <param name="logAlpha">ln of the p-value to reach, below 0.</param>
    /// <param name="power">The probability of reaching it, strictly between 0 and 1.</param>
    /// <returns>The mean score in points; above 1 where the power is above α.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static double DetectableEffect(long tokens, double logAlpha, double power)
    {
        BinomialPower.ValidateLevel(logAlpha, power);
        return GammaTail.UpperQuantile(tokens, logAlpha) / GammaTail.UpperQuantile(tokens, Math.Log(power));
    }
}
