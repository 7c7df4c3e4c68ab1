namespace Watermark.Forensics.Findings;

/// <summary>
/// The verbal scale of evaluative reporting for a likelihood ratio (ENFSI guideline; Marquis et al. 2016). An e-value is a
/// likelihood ratio of stated propositions and may be described with it; 1/p may not. Capped at "extremely strong".
/// </summary>
internal static class VerbalScale
{
    private static readonly (double LogBound, string Word)[] Bands =
    [
        (Math.Log(2), "no"),
        (Math.Log(10), "weak"),
        (Math.Log(100), "moderate"),
        (Math.Log(1000), "moderately strong"),
        (Math.Log(10_000), "strong"),
        (Math.Log(1_000_000), "very strong"),
    ];

    /// <summary>The word for the strength of support: "no" below a ratio of 2, "extremely strong" from 10^6.</summary>
    /// <param name="logLikelihoodRatio">Natural log of the likelihood ratio.</param>
    public static string Word(double logLikelihoodRatio)
    {
        foreach ((double bound, string word) in Bands)
        {
            if (!(logLikelihoodRatio >= bound))
                return word;
        }

        return "extremely strong";
    }
}
