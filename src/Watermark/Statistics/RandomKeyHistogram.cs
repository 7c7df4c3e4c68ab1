namespace Watermark.Statistics;

/// <summary>A histogram of the totals under random keys, in units of the null. Bin i holds totals in
/// [Low + i·BinWidth, Low + (i+1)·BinWidth).</summary>
/// <param name="Low">The lower edge of the first bin, a whole number.</param>
/// <param name="BinWidth">The width of a bin, a whole number, at least 1.</param>
/// <param name="Counts">Random keys in each bin; they add up to the number of keys.</param>
public sealed record RandomKeyHistogram(double Low, double BinWidth, IReadOnlyList<int> Counts);
