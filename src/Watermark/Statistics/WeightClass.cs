namespace Watermark.Statistics;

/// <summary>Rows that share a whole weight.</summary>
/// <param name="Weight">The weight, at least 1.</param>
/// <param name="Count">Rows that have it, 0 or more.</param>
public readonly record struct WeightClass(int Weight, long Count);
