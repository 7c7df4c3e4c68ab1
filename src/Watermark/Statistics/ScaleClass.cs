namespace Watermark.Statistics;

/// <summary>Rows whose scores are multiplied by the same number.</summary>
/// <param name="Scale">The multiplier, above 0 and finite.</param>
/// <param name="Count">Rows that have it, 0 or more.</param>
public readonly record struct ScaleClass(double Scale, long Count);
