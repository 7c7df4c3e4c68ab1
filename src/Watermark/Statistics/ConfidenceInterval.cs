namespace Watermark.Statistics;

/// <summary>A closed interval of probabilities.</summary>
/// <param name="Low">The lower end, 0 … 1.</param>
/// <param name="High">The upper end, 0 … 1.</param>
public readonly record struct ConfidenceInterval(double Low, double High);
