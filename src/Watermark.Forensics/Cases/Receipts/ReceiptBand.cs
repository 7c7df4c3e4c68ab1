using Watermark.Forensics.Json;
using Watermark.Scoring;

namespace Watermark.Forensics.Cases.Receipts;

/// <summary>The answer of a receipt in one of four words.</summary>
public enum ReceiptBand
{
    /// <summary>Fewer tokens than <see cref="ReceiptBands.MinimumTokens"/>, or too few of them scored: nothing is said.</summary>
    TooShort,

    /// <summary>The text is what unmarked text is like. It may still be marked text that was rewritten.</summary>
    NoMarkFound,

    /// <summary>Neither.</summary>
    Undecided,

    /// <summary>Text without the mark gives this answer in at most one of a million texts.</summary>
    MarkFound,
}

/// <summary>
/// The thresholds of <see cref="ReceiptBand"/>, the same for every key and scheme. Of unmarked texts of any length, at most one
/// in 1,000,000 is "mark found" and at most one in 100 "undecided" or "mark found", since the p-value is exact or an upper bound.
/// </summary>
public static class ReceiptBands
{
    /// <summary>The fewest tokens about which anything is said.</summary>
    public const int MinimumTokens = 200;

    /// <summary>The fewest scored tokens about which anything is said: text that repeats itself has many tokens and says little.</summary>
    public const int MinimumScored = 100;

    private static readonly string[] Words = ["too short", "no mark found", "undecided", "mark found"];

    /// <summary>The largest ln p of "mark found": ln 10^-6.</summary>
    public static double MarkFound { get; } = Math.Log(1e-6);

    /// <summary>The ln p above which "no mark found" is said: ln 10^-2.</summary>
    public static double NoMarkFound { get; } = Math.Log(1e-2);

    /// <summary>The band of a test.</summary>
    /// <param name="result">The test of one text.</param>
    public static ReceiptBand Of(DetectionResult result) => Of(result.Tokens, result.Scored, result.LogP);

    /// <summary>The band's words, such as <c>mark found</c>.</summary>
    /// <param name="band">The band.</param>
    public static string NameOf(ReceiptBand band) => Words[(int)band];

    internal static ReceiptBand Of(long tokens, long scored, double logP)
    {
        if (tokens < MinimumTokens || scored < MinimumScored)
            return ReceiptBand.TooShort;
        return logP <= MarkFound ? ReceiptBand.MarkFound : logP > NoMarkFound ? ReceiptBand.NoMarkFound : ReceiptBand.Undecided;
    }

    internal static ReceiptBand Read(JsonFields fields, string name) =>
        fields.Choice(name, [.. Enum.GetValues<ReceiptBand>().Select(band => (NameOf(band), band))]);
}
