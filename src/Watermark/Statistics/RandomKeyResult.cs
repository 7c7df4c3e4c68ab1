namespace Watermark.Statistics;

/// <summary>The random-key test of one total.</summary>
/// <param name="Rank">1 + #{b : T_b ≥ T_0}; 1 means above all random keys. Ties count against the owner.</param>
/// <param name="LogPValue">ln(Rank/(B + 1)).</param>
/// <param name="Mean">Mean of the random keys' totals, in units of the null.</param>
/// <param name="StandardDeviation">Their standard deviation with divisor B − 1, in units of the null; NaN for one key.</param>
public readonly record struct RandomKeyResult(long Rank, double LogPValue, double Mean, double StandardDeviation);
