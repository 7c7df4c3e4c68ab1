namespace Watermark.Statistics;

/// <summary>
/// Power of the exact binomial test: how many scored tokens are needed to find a green fraction, and which green fraction a
/// number of tokens finds. Exact critical counts and exact power, no normal approximation.
/// </summary>
/// <remarks>
/// Counts are whole, so power as a function of n has the shape of a saw: it falls a little whenever the critical count rises
/// by one. <see cref="TokensNeeded"/> is the smallest n that has the power; a few tokens more may have slightly less (at
/// power 0.9 about 0.002 less, once n is in the thousands).
/// </remarks>
public static class BinomialPower
{
    /// <summary>Most tokens that are considered.</summary>
    public const long MaximumTokens = 1_000_000_000_000;

    /// <summary>The smallest n with which a suspect of this green fraction is found at level α with the given probability.</summary>
    /// <param name="gamma">The null probability, strictly between 0 and 1.</param>
    /// <param name="greenFraction">The suspect's true green fraction, 0 … 1.</param>
    /// <param name="logAlpha">ln of the p-value to reach, below 0.</param>
    /// <param name="power">The probability of reaching it, strictly between 0 and 1.</param>
    /// <returns>
    /// n, or null where no n up to <see cref="MaximumTokens"/> is enough, as when the fraction is not above gamma.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static long? TokensNeeded(Fraction gamma, double greenFraction, double logAlpha, double power)
    {
        ValidateLevel(gamma, logAlpha, power);
        if (!(greenFraction is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(greenFraction), greenFraction, "A green fraction lies between 0 and 1.");
        if (greenFraction <= gamma.ToDouble() || BestPower(MaximumTokens, gamma, greenFraction, logAlpha) < power)
            return null;
        // The best test of level α, which decides at random at the critical count, never loses power with more tokens
        // (Neyman and Pearson), and the exact test never has more power than it: below this n no exact test has enough.
        long n = Bisection.First(0L, MaximumTokens, count => BestPower(count, gamma, greenFraction, logAlpha) >= power);
        while (n <= MaximumTokens)
        {
            long critical = CriticalCount(n, gamma, logAlpha);
            if (critical > n)
            {
                // Not even a fully green text reaches the level before n·ln gamma ≤ ln α.
                n = Math.Max(n + 1, (long)(logAlpha / SuccessProbability.Of(gamma).LogP));
                continue;
            }

            // While the critical count stays the same, power grows with n.
            long end = EndOfTooth(n, critical, gamma, logAlpha);
            if (Reaches(end, critical, greenFraction, power))
                return Bisection.First(n - 1, end, count => Reaches(count, critical, greenFraction, power));
            n = end + 1;
        }

        return null;
    }

    /// <summary>The smallest green fraction that is found with these tokens at level α with the given probability.</summary>
    /// <param name="tokens">Scored tokens, 0 … <see cref="MaximumTokens"/>·1000.</param>
    /// <param name="gamma">The null probability, strictly between 0 and 1.</param>
    /// <param name="logAlpha">ln of the p-value to reach, below 0.</param>
    /// <param name="power">The probability of reaching it, strictly between 0 and 1.</param>
    /// <returns>The fraction, or null where not even a fully green text would reach the level.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static double? DetectableEffect(long tokens, Fraction gamma, double logAlpha, double power)
    {
        ValidateLevel(gamma, logAlpha, power);
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, MaximumTokens * 1000);
        long critical = CriticalCount(tokens, gamma, logAlpha);
        return critical > tokens ? null : ClopperPearson.LowerBound(tokens, critical, Math.Log(power));
    }

    /// <summary>The smallest count whose exact p-value is at most α; tokens + 1 where there is none.</summary>
    internal static long CriticalCount(long tokens, Fraction gamma, double logAlpha)
    {
        // P(X ≥ ⌊n·gamma⌋) is above 1/4 (Greenberg and Mohri 2014), so small levels are reached above it.
        long below = logAlpha < -1.4 ? (long)((Int128)tokens * gamma.Numerator / gamma.Denominator) : 0;
        return Bisection.First(below, tokens + 1, count => BinomialTail.LogUpperTail(tokens, count, gamma) <= logAlpha);
    }

    internal static void ValidateLevel(double logAlpha, double power)
    {
        if (!(logAlpha < 0) || double.IsInfinity(logAlpha))
            throw new ArgumentOutOfRangeException(nameof(logAlpha), logAlpha, "The log p-value to reach must be negative and finite.");
        if (!(power is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(power), power, "Power must lie strictly between 0 and 1.");
    }

    private static bool Reaches(long tokens, long critical, double greenFraction, double power) =>
        BinomialTail.LogUpperTail(tokens, critical, greenFraction) >= Math.Log(power);

    /// <summary>Power of the test that uses all of α by deciding at random at the count below the critical one.</summary>
    private static double BestPower(long tokens, Fraction gamma, double greenFraction, double logAlpha)
    {
        long critical = CriticalCount(tokens, gamma, logAlpha);
        double above = critical > tokens ? 0 : Math.Exp(BinomialTail.LogUpperTail(tokens, critical, gamma) - logAlpha);
        double share = (1 - above) / Math.Exp(BinomialTail.LogProbability(tokens, critical - 1, gamma) - logAlpha);
        double surely = critical > tokens ? 0 : Math.Exp(BinomialTail.LogUpperTail(tokens, critical, greenFraction));
        double atLeast = Math.Exp(BinomialTail.LogUpperTail(tokens, critical - 1, greenFraction));
        return surely + (Math.Clamp(share, 0, 1) * (atLeast - surely));
    }

    /// <summary>The last n for which this count is still critical.</summary>
    private static long EndOfTooth(long tokens, long critical, Fraction gamma, double logAlpha)
    {
        bool Fails(long count) => BinomialTail.LogUpperTail(count, critical, gamma) > logAlpha;
        long reach = 1;
        while (!Fails(tokens + reach))
            reach *= 2;
        return Bisection.First(tokens + (reach / 2), tokens + reach, Fails) - 1;
    }

    private static void ValidateLevel(Fraction gamma, double logAlpha, double power)
    {
        if (!gamma.IsProperProbability)
            throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "Gamma must lie strictly between 0 and 1.");
        ValidateLevel(logAlpha, power);
    }
}
