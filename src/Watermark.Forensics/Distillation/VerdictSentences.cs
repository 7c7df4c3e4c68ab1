using System.Globalization;
using Watermark.Schemes;

namespace Watermark.Forensics.Distillation;

/// <summary>
/// The verdict in words. Every sentence gives the probability of the findings under two stated propositions, never the
/// probability of a proposition, and never says "match", "proves" or "certain".
/// </summary>
internal sealed class VerdictSentences(KeyedScheme scheme, DistillationTestOptions options)
{
    public required long TokensNeeded { get; init; }

    public required double EffectOfInterest { get; init; }

    public required double SmallestEffect { get; init; }

    private string H1 => $"the suspect's outputs depend on key {scheme.KeyId} (H1)";

    private string Quantity => scheme.Scheme.Null.CountsOnes ? "green fraction" : "mean score";

    public string Write(VerdictOutcome outcome, long scored, double logRatio, bool controlFails, bool noValidTest) => outcome switch
    {
        VerdictOutcome.Support =>
            $"The findings are {Times(logRatio)} more probable if {H1} than if they do not (H0): {VerbalScale.Word(logRatio)} support for H1. "
            + "H1 does not say how the key's text reached the suspect; the public web, a shared data set, a proxy or a leaked key are to be excluded by other evidence.",
        VerdictOutcome.NoSupport =>
            $"The findings do not support that {H1} over that they do not (H0): likelihood ratio {Ratio(logRatio)}. "
            + $"A {Quantity} {Number(SmallestEffect)} or more above the null would have been found with probability {Number(options.Power)} at p = {Number(options.Alpha)}. "
            + "This is not innocence: paraphrasing and neutralisation can remove an inherited mark.",
        _ => Inconclusive(scored, logRatio, controlFails, noValidTest),
    };

    private string Inconclusive(long scored, double logRatio, bool controlFails, bool noValidTest)
    {
        string question = $"whether {H1} or they do not (H0)";
        if (controlFails)
            return $"Inconclusive: the control shows the signal too, so this text cannot tell {question}.";
        if (noValidTest)
            return $"Inconclusive: the theoretical null does not hold here, and without random keys no valid test can tell {question}.";
        string needed = string.Create(
            CultureInfo.InvariantCulture,
            $"about {TokensNeeded:N0} scored tokens are needed to find a {Quantity} {Number(EffectOfInterest)} above the null with probability {Number(options.Power)} at p = {Number(options.Alpha)}; {scored:N0} were scored");
        return logRatio >= Math.Log(2)
            ? $"Inconclusive: the findings are {Times(logRatio)} more probable if {H1} than if they do not (H0), {VerbalScale.Word(logRatio)} support for H1, below the ratio of {Number(options.SupportThreshold)} set for a verdict; {needed}."
            : $"Inconclusive: too little text to tell {question}; {needed}.";
    }

    /// <summary>A ratio in words; beyond a thousand as a power of ten, since nobody reads the digits.</summary>
    private static string Times(double logRatio)
    {
        double log10 = logRatio / Math.Log(10);
        return log10 < 3
            ? $"about {Math.Round(Math.Exp(logRatio)).ToString("N0", CultureInfo.InvariantCulture)} times"
            : $"about 10^{Math.Floor(log10).ToString("N0", CultureInfo.InvariantCulture)} times";
    }

    private static string Ratio(double logRatio) => logRatio < -12 ? "below 0.00001" : Number(Math.Exp(logRatio));

    private static string Number(double value) => value.ToString("G3", CultureInfo.InvariantCulture).Replace("E-0", "e-", StringComparison.Ordinal).Replace("E", "e", StringComparison.Ordinal);
}
