namespace Watermark.Forensics.Findings;

/// <summary>
/// The data of a finding's figures, and how its numbers change when the test is done in another way. It is bounded in size
/// and decides nothing. A part that does not exist for this kind of evidence is null, and <see cref="Missing"/> says why.
/// </summary>
public sealed record FindingDetails
{
    /// <summary>The most points of <see cref="Progress"/>.</summary>
    public const int MostProgress = 200;

    /// <summary>The most points of <see cref="PowerCurve"/>.</summary>
    public const int MostPower = 40;

    /// <summary>The most bins of a histogram.</summary>
    public const int MostBins = 64;

    /// <summary>
    /// The e-value as documents are added in ascending order of their hashes, which no score decides; at most
    /// <see cref="MostProgress"/> points, the last of which is the finding's own.
    /// </summary>
    public IReadOnlyList<ProgressPoint>? Progress { get; init; }

    /// <summary>The green fractions of the documents.</summary>
    public DocumentHistogram? Documents { get; init; }

    /// <summary>The power of the deciding rule by effect, at most <see cref="MostPower"/> points in ascending order.</summary>
    public IReadOnlyList<PowerPoint>? PowerCurve { get; init; }

    /// <summary>The weights of the coins.</summary>
    public WeightHistogram? Weights { get; init; }

    /// <summary>The same test done in other ways.</summary>
    public IReadOnlyList<SensitivityRow> Sensitivity { get; init; } = [];

    /// <summary>The parts, and the rows of <see cref="Sensitivity"/>, that do not exist, each with the reason in one sentence.</summary>
    public IReadOnlyList<NamedValue> Missing { get; init; } = [];
}

/// <summary>The e-value after some documents.</summary>
/// <param name="Replies">Documents with at least one scored coin, so far.</param>
/// <param name="Scored">Coins scored so far.</param>
/// <param name="LogE">ln of the e-value, to 1e-6; the last is the finding's own, to its full precision.</param>
public readonly record struct ProgressPoint(long Replies, long Scored, double LogE);

/// <summary>
/// Documents by their green fraction, in bins of equal width from 0 to 1, with what H0 lets expect of documents of the same
/// lengths. Bin i holds fractions from i/n on and below (i + 1)/n; the last holds 1 too.
/// </summary>
/// <param name="Counts">Documents in each bin; bit-exact.</param>
/// <param name="Expected">The expectation of each count under H0, to 1e-6.</param>
/// <param name="Low">The expectation less 1.96 standard deviations of the count under H0, at least 0.</param>
/// <param name="High">The expectation plus 1.96 standard deviations, at most all documents.</param>
public sealed record DocumentHistogram(IReadOnlyList<int> Counts, IReadOnlyList<double> Expected, IReadOnlyList<double> Low, IReadOnlyList<double> High);

/// <summary>The power of the deciding rule at one effect.</summary>
/// <param name="Effect">The excess over H0, in the unit of the finding's effect.</param>
/// <param name="RowsNeeded">Scored rows with which the effect is supported with the stated power; null where no number is known.</param>
/// <param name="Probability">The probability of support with the rows of this finding, 0 … 1, to 1e-6.</param>
public readonly record struct PowerPoint(double Effect, long? RowsNeeded, double Probability);

/// <summary>Coins by their whole weights. Bin i holds weights from Low + i·BinWidth on; bit-exact.</summary>
/// <param name="Low">The smallest weight of the first bin.</param>
/// <param name="BinWidth">How many whole weights a bin holds.</param>
/// <param name="Counts">Coins in each bin.</param>
public sealed record WeightHistogram(long Low, long BinWidth, IReadOnlyList<long> Counts);

/// <summary>The same test done in another way.</summary>
public sealed record SensitivityRow
{
    /// <summary>A short name that stays the same, such as <c>first-half</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What was changed, one sentence.</summary>
    public required string Change { get; init; }

    /// <summary>
    /// Whether the row is a valid test by itself, had it been chosen before the data. Where it is not, the sentence of
    /// <see cref="Change"/> says why.
    /// </summary>
    public required bool IsValidTest { get; init; }

    /// <summary>Coins, n-grams or occurrences scored.</summary>
    public required long Scored { get; init; }

    /// <summary>The effect, in the unit of the finding's effect; NaN where nothing was scored.</summary>
    public required double Effect { get; init; }

    /// <summary>ln of the p-value; NaN where there is no null for this way of counting, or no p-value.</summary>
    public double LogP { get; init; } = double.NaN;

    /// <summary>ln of the e-value; NaN where there is no null for this way of counting.</summary>
    public double LogE { get; init; } = double.NaN;

    /// <summary>ln of the e-value against "the effect is at least the one of interest"; NaN where there is none.</summary>
    public double LogEAgainstInterest { get; init; } = double.NaN;
}
