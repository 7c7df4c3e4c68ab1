namespace Watermark.Statistics;

/// <summary>
/// The total is a sum of independent Exp(1) scores, in units of 2^-32: Gamma(rows, 1). For schemes with coarse uniforms the
/// true score is stochastically smaller, and the tail is conservative.
/// </summary>
/// <remarks>
/// The e-value is the likelihood ratio of exponential scores of mean 1/(1−θ) to mean 1, averaged over θ = √½, ½, … . It is
/// valid whenever collection stops while text is added.
/// </remarks>
public sealed record GammaNull : ScoreNull
{
    /// <inheritdoc/>
    public override string Name => "gamma";

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
        return new ScoreTest(
            GammaTail.LogUpperTail(rows, (double)total / UnitsPerPoint),
            TailMethod.Exact,
            Excess(rows, total) / Math.Sqrt(rows),
            LogE(rows, total));
    }

    /// <inheritdoc/>
    public override double LogE(long rows, Int128 total) =>
        TiltMixtureEValue.LogE(default(Row), rows, Excess(rows, total), Math.Sqrt(0.5));

    /// <summary>H1: scores are exponential of mean 1 + effect, or stochastically larger.</summary>
    /// <inheritdoc/>
    public override double LogEAgainstEffect(long rows, Int128 total, double effect)
    {
        ThrowUnlessEffect(effect);
        double tilt = effect / (1 + effect);
        return rows == 0 ? 0 : (rows * Cumulant.Exponential(tilt)) - (tilt * Excess(rows, total));
    }

    internal override double Power(long rows, Int128 critical, double effect) =>
        Math.Exp(GammaTail.LogUpperTail(rows, (double)critical / UnitsPerPoint / (1 + effect)));

    internal override double EffectReaching(long rows, Int128 critical, double power) =>
        ((double)critical / UnitsPerPoint / GammaTail.UpperQuantile(rows, Math.Log(power))) - 1;

    /// <summary>S − n without cancellation: both are integers in units.</summary>
    private double Excess(long rows, Int128 total) => (double)(total - ((Int128)rows * UnitsPerPoint)) / UnitsPerPoint;

    private readonly struct Row : ITiltedRow
    {
        public double Centred(double tilt) => Cumulant.Exponential(tilt);
    }
}
