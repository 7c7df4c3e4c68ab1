using Watermark.Statistics;

namespace Watermark.Forensics.Distillation;

/// <summary>What a test with so much text can see: exact for counts and Gumbel scores, normal for weighted sums.</summary>
internal static class PowerOf
{
    /// <summary>
    /// The smallest excess over the null, in points a row, that is found; NaN where no excess is, for want of text.
    /// </summary>
    public static double SmallestEffect(ScoreNull scoreNull, long rows, DistillationTestOptions options)
    {
        if (rows == 0)
            return double.NaN;
        double logAlpha = Math.Log(options.Alpha);
        return scoreNull switch
        {
            BinomialNull { Gamma: { } gamma } binomial =>
                BinomialPower.DetectableEffect(rows * binomial.TrialsPerRow, gamma, logAlpha, options.Power) is { } fraction
                    ? fraction - gamma.ToDouble()
                    : double.NaN,
            GammaNull => GammaPower.DetectableEffect(rows, logAlpha, options.Power) - 1,
            _ => NormalEffect(logAlpha, options.Power) * Math.Sqrt(scoreNull.Variance / rows),
        };
    }

    /// <summary>The rows needed to find an excess; the most that is counted where more would be.</summary>
    /// <param name="scoreNull">The null.</param>
    /// <param name="effect">The excess in points a row.</param>
    /// <param name="options">Level and power.</param>
    public static long RowsNeeded(ScoreNull scoreNull, double effect, DistillationTestOptions options)
    {
        double logAlpha = Math.Log(options.Alpha);
        long? rows = scoreNull switch
        {
            BinomialNull { Gamma: { } gamma } binomial => RowsForTrials(
                BinomialPower.TokensNeeded(gamma, Math.Min(1, gamma.ToDouble() + (effect / binomial.TrialsPerRow)), logAlpha, options.Power), binomial.TrialsPerRow),
            GammaNull => GammaPower.TokensNeeded(1 + effect, logAlpha, options.Power),
            _ => (long)Math.Ceiling(scoreNull.Variance * Math.Pow(NormalEffect(logAlpha, options.Power) / effect, 2)),
        };
        return rows ?? BinomialPower.MaximumTokens;
    }

    private static long? RowsForTrials(long? trials, int trialsPerRow) => trials is { } count ? (count + trialsPerRow - 1) / trialsPerRow : null;

    private static double NormalEffect(double logAlpha, double power) =>
        NormalTail.UpperQuantile(logAlpha) + NormalTail.UpperQuantile(Math.Log(1 - power));
}
