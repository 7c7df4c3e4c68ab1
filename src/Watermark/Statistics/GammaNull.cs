namespace Watermark.Statistics;

/// <summary>
/// The total is a sum of independent Exp(1) scores, in units of 2^-32: Gamma(rows, 1). For schemes whose uniforms are
/// coarse the true score is stochastically smaller, and the tail conservative.
/// </summary>
public sealed record GammaNull : ScoreNull
{
    /// <inheritdoc/>
    public override long UnitsPerPoint => 1L << 32;

    /// <inheritdoc/>
    public override bool CountsOnes => false;

    /// <inheritdoc/>
    public override double Mean => 1;

    /// <inheritdoc/>
    public override double Variance => 1;

    /// <inheritdoc/>
    public override string Description => "Gamma(n, 1)";

    /// <inheritdoc/>
    public override ScoreTest Test(long rows, Int128 total)
    {
        if (rows == 0)
            return new ScoreTest(0, TailMethod.Exact, double.NaN, 0);
        double sum = (double)total / UnitsPerPoint;
        return new ScoreTest(
            GammaTail.LogUpperTail(rows, sum),
            TailMethod.Exact,
            (sum - rows) / Math.Sqrt(rows),
            ExponentialMixtureEValue.LogE(rows, sum));
    }
}
