namespace Watermark.Scoring;

/// <summary>What a sample scores under one key.</summary>
/// <param name="Rows">The rows, or coins, that count under this key.</param>
/// <param name="Total">The sum of their scores, in units of the scheme's null.</param>
public readonly record struct KeyTotal(long Rows, Int128 Total);
