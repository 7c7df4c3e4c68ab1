using Watermark.Statistics;

namespace Watermark.Forensics.Distillation;

/// <summary>
/// The same text scored under fresh keys of the same scheme: what the score looks like when the key has nothing to do
/// with the text, measured and not assumed.
/// </summary>
public sealed record RandomKeySummary
{
    /// <summary>B, the number of keys.</summary>
    public required int Count { get; init; }

    /// <summary>Mean of their totals, in points.</summary>
    public required double Mean { get; init; }

    /// <summary>Standard deviation of their totals, in points.</summary>
    public required double StandardDeviation { get; init; }

    /// <summary>The mean that theory gives, in points.</summary>
    public required double ExpectedMean { get; init; }

    /// <summary>The standard deviation that theory gives for independent rows, in points.</summary>
    public required double ExpectedStandardDeviation { get; init; }

    /// <summary>1 + the number of keys whose total is at least the true key's; 1 means above all of them.</summary>
    public required long Rank { get; init; }

    /// <summary>ln((1 + #{T_b ≥ T_0})/(B + 1)), exact whatever the dependence between tokens.</summary>
    public required double LogP { get; init; }

    /// <summary>ln of (B+1)·L_0/ΣL_b; at most ln(B+1).</summary>
    public required double LogE { get; init; }

    /// <summary>
    /// Whether mean and spread agree with theory. False where the panel is wider than the theoretical null allows: the
    /// exact tail is then not to be trusted.
    /// </summary>
    public required bool AgreesWithTheory { get; init; }

    /// <summary>The histogram of the totals, in units of the null.</summary>
    public required RandomKeyHistogram Histogram { get; init; }
}
