namespace Watermark.Statistics;

/// <summary>Rows that share a whole weight.</summary>
/// <param name="Weight">The weight, not 0. A row of negative weight counts against the key when its token is green.</param>
/// <param name="Count">Rows that have it, 0 or more.</param>
public readonly record struct WeightClass(int Weight, long Count);
