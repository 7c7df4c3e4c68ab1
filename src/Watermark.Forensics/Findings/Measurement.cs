using Watermark.Statistics;

namespace Watermark.Forensics.Findings;

/// <summary>
/// What a finding and a control have in common: a total, the null that decides about it, and the results of that null. All
/// numbers come from the one null named here.
/// </summary>
public abstract record Measurement
{
    /// <summary>The <see cref="NullName"/> of the null made of the totals under random keys.</summary>
    public const string RandomKeysNull = "random-keys";

    /// <summary>A short name for readers, such as the suspect's.</summary>
    public required string Title { get; init; }

    /// <summary>The name of the null that decides, such as <c>binomial</c> or <c>random-keys</c>.</summary>
    public required string NullName { get; init; }

    /// <summary>That null in words, such as <c>Binomial(n, 1/4)</c>.</summary>
    public required string NullDescription { get; init; }

    /// <summary>Natural log of the one-sided p-value of this test alone, at most 0; NaN where the null has none.</summary>
    public required double LogP { get; init; }

    /// <summary>How <see cref="LogP"/> was computed.</summary>
    public TailMethod LogPMethod { get; init; } = TailMethod.Exact;

    /// <summary>Natural log of the e-value of this test alone; NaN where the null has none.</summary>
    public required double LogE { get; init; }

    /// <summary>How large the effect is.</summary>
    public required EffectEstimate Effect { get; init; }

    /// <summary>Which effects this amount of text can show under the deciding rule.</summary>
    public required PowerStatement Power { get; init; }

    /// <summary>What was read and scored.</summary>
    public required MeasurementCounts Counts { get; init; }

    /// <summary>Every input, by digest.</summary>
    public IReadOnlyList<InputDigest> Inputs { get; init; } = [];

    /// <summary>The same text under random keys; null where none were requested.</summary>
    public PanelSummary? Panel { get; init; }

    /// <summary>The diagnostics that a reader must know.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; init; } = [];

    /// <summary>Whether a diagnostic forbids every conclusion.</summary>
    public bool IsBlocked => Diagnostics.Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Blocking);

    /// <summary>Whether the null holds only approximately (<see cref="DiagnosticCodes.ApproximateNull"/>).</summary>
    public bool IsApproximate => Diagnostics.Any(diagnostic => diagnostic.Code == DiagnosticCodes.ApproximateNull);

    /// <summary>Whether the finding can only add to others (<see cref="DiagnosticCodes.SupportingOnly"/>).</summary>
    public bool IsSupportingOnly => Diagnostics.Any(diagnostic => diagnostic.Code == DiagnosticCodes.SupportingOnly);
}

/// <summary>How large an effect is.</summary>
/// <param name="Estimate">The estimate in <paramref name="Unit"/>; NaN where nothing was scored.</param>
/// <param name="NullValue">Its expectation under H0.</param>
/// <param name="Unit">What it is, in words that can follow "the": "green fraction", "mean score".</param>
/// <param name="Interval">Its 95 % interval; null where no exact one is known.</param>
/// <param name="ReplyInterval">Its 95 % interval that treats whole replies, not tokens, as independent; null below 30 replies.</param>
public sealed record EffectEstimate(double Estimate, double NullValue, string Unit, EffectInterval? Interval = null, EffectInterval? ReplyInterval = null)
{
    /// <summary>The estimate less its expectation under H0; NaN where nothing was scored.</summary>
    public double Excess => Estimate - NullValue;
}

/// <summary>A closed interval of effects, in the effect's unit.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
public readonly record struct EffectInterval(double Low, double High);

/// <summary>
/// The power of the deciding rule, an e-value of at least the support threshold times the number of tests, under the
/// deciding null. All effects are excesses over H0 in the unit of <see cref="EffectEstimate"/>.
/// </summary>
/// <param name="LogThreshold">ln of the e-value needed, ln M included, that the other members are stated for.</param>
/// <param name="Power">The probability for which they are stated, between 0 and 1.</param>
/// <param name="SmallestEffect">The smallest effect that this amount of text shows with that probability; NaN where there is none.</param>
/// <param name="EffectOfInterest">The smallest effect that matters.</param>
/// <param name="RowsNeeded">Scored rows that show the effect of interest with that probability; null where no number is known.</param>
/// <param name="LogEAgainstInterest">Natural log of the e-value against "the effect is at least the one of interest"; NaN where the null has none.</param>
public sealed record PowerStatement(
    double LogThreshold, double Power, double SmallestEffect, double EffectOfInterest, long? RowsNeeded, double LogEAgainstInterest);

/// <summary>What was read and scored.</summary>
public sealed record MeasurementCounts
{
    /// <summary>Documents (replies) read.</summary>
    public required long Documents { get; init; }

    /// <summary>Tokens read.</summary>
    public required long Tokens { get; init; }

    /// <summary>Distinct rows (context, token) in the sample.</summary>
    public required long Rows { get; init; }

    /// <summary>Coins scored under the key, each once: the statistic adds up their scores.</summary>
    public required long Scored { get; init; }

    /// <summary>Rows left out because their coin stands in the prompts.</summary>
    public long LeftOutByPrompts { get; init; }

    /// <summary>Further counts of this kind of evidence, in a fixed order.</summary>
    public IReadOnlyList<NamedCount> Others { get; init; } = [];
}

/// <summary>A count with a name.</summary>
/// <param name="Name">The name, as a JSON member.</param>
/// <param name="Value">The count.</param>
public sealed record NamedCount(string Name, long Value);

/// <summary>An input, identified by its content.</summary>
/// <param name="Role">How it was used: <c>suspect</c>, <c>control</c>, <c>prompts</c>, …</param>
/// <param name="Name">The name it was given under; a name proves nothing.</param>
/// <param name="Sha256">SHA-256 of its bytes, 64 lower-case hexadecimal digits; empty where it is not known.</param>
/// <param name="Documents">Documents read from it.</param>
/// <param name="Unread">Documents or records that could not be read.</param>
public sealed record InputDigest(string Role, string Name, string Sha256, long Documents, long Unread);

/// <summary>The totals of the same text under random keys.</summary>
public sealed record PanelSummary
{
    /// <summary>The number of random keys, B.</summary>
    public required int Count { get; init; }

    /// <summary>1 + the number of keys whose standardised total is at least the true key's; 1 means above all of them.</summary>
    public required long Rank { get; init; }

    /// <summary>The mean of the totals, in points.</summary>
    public required double Mean { get; init; }

    /// <summary>Their standard deviation, in points; NaN for one key.</summary>
    public required double StandardDeviation { get; init; }

    /// <summary>The mean that the theoretical null gives, in points; NaN where there is none.</summary>
    public required double TheoryMean { get; init; }

    /// <summary>The standard deviation that the theoretical null gives, in points; NaN where there is none.</summary>
    public required double TheoryStandardDeviation { get; init; }

    /// <summary>Whether mean and spread agree with the theoretical null; null where there is none.</summary>
    public required bool? Agrees { get; init; }

    /// <summary>The histogram of the totals, each standardised by the theory of its own key; null where none was kept.</summary>
    public RandomKeyHistogram? Histogram { get; init; }
}
