namespace Watermark.Statistics;

/// <summary>
/// The total is a count of ones: Binomial(rows · <see cref="TrialsPerRow"/>, <see cref="ScoreNull.Gamma"/>).
/// </summary>
/// <remarks>
/// The e-value is the likelihood ratio of raised green fractions to gamma, (p/gamma)^k·((1−p)/(1−gamma))^(n−k), averaged
/// over a fixed grid of odds ratios whose logarithms fall by √2 (see <see cref="LogE"/>). It is valid whenever collection
/// stops while text is added, and for any green probability up to gamma, since every ratio is non-decreasing in k. Absolute
/// error at most 1e-9 + 1e-14·|ln E| for n up to 10^12.
/// </remarks>
public sealed record BinomialNull : ScoreNull
{
    private readonly Fraction gamma;
    private readonly SuccessProbability p;

    /// <summary>Creates the null.</summary>
    /// <param name="gamma">The exact probability of a one, strictly between 0 and 1.</param>
    /// <param name="trialsPerRow">Independent trials per row, at least 1.</param>
    public BinomialNull(Fraction gamma, int trialsPerRow = 1)
    {
        if (!gamma.IsProperProbability)
            throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "Gamma must lie strictly between 0 and 1.");
        ArgumentOutOfRangeException.ThrowIfLessThan(trialsPerRow, 1);
        this.gamma = gamma;
        p = SuccessProbability.Of(gamma);
        TrialsPerRow = trialsPerRow;
    }

    /// <inheritdoc/>
    public override string Name => "binomial";

    /// <inheritdoc/>
    public override long UnitsPerPoint => 1;

    /// <inheritdoc/>
    public override bool CountsOnes => true;

    /// <inheritdoc/>
    public override int TrialsPerRow { get; }

    /// <inheritdoc/>
    public override Fraction? Gamma => gamma;

    /// <inheritdoc/>
    public override double Mean => TrialsPerRow * p.P;

    /// <inheritdoc/>
    public override double Variance => TrialsPerRow * p.P * p.Q;

    /// <inheritdoc/>
    public override string Description => TrialsPerRow == 1 ? $"Binomial(n, {gamma})" : $"Binomial({TrialsPerRow}n, {gamma})";

    /// <inheritdoc/>
    public override ScoreTest Test(long rows, Int128 total)
    {
        long trials = checked(rows * TrialsPerRow);
        long ones = checked((long)total);
        if (trials == 0)
            return new ScoreTest(0, TailMethod.Exact, double.NaN, 0);
        double z = BinomialTail.Excess(trials, ones, gamma) / Math.Sqrt(trials * p.P * p.Q);
        return new ScoreTest(BinomialTail.LogUpperTail(trials, ones, gamma), TailMethod.Exact, z, LogE(rows, total));
    }

    /// <summary>The e-value: odds ratios e^θ with θ = √2/σ, 1/σ, … , σ² = gamma·(1−gamma), for every gamma.</summary>
    /// <inheritdoc/>
    public override double LogE(long rows, Int128 total)
    {
        long trials = checked(rows * TrialsPerRow);
        long ones = checked((long)total);
        BinomialTail.Validate(trials, ones, gamma);
        return TiltMixtureEValue.LogE(new Trial(p), trials, BinomialTail.Excess(trials, ones, gamma), Math.Sqrt(2 / (p.P * p.Q)));
    }

    /// <inheritdoc/>
    public override double LogEAgainstEffect(long rows, Int128 total, double effect)
    {
        ThrowUnlessEffect(effect);
        long trials = checked(rows * TrialsPerRow);
        long ones = checked((long)total);
        BinomialTail.Validate(trials, ones, gamma);
        double shift = effect * Math.Sqrt(p.P * p.Q / TrialsPerRow);
        if (shift >= p.Q)
            return double.NaN;
        double tilt = NearOne.Log1P(shift / p.P) - NearOne.Log1P(-shift / p.Q);
        return trials == 0 ? 0 : (trials * Cumulant.Bernoulli(tilt, p)) - (tilt * BinomialTail.Excess(trials, ones, gamma));
    }

    internal override Int128? LargestTotal(long rows) => (Int128)rows * TrialsPerRow;

    internal override ConfidenceInterval? Interval(long rows, Int128 total, double confidence)
    {
        ConfidenceInterval one = ClopperPearson.Interval(checked(rows * TrialsPerRow), checked((long)total), confidence);
        return new ConfidenceInterval(TrialsPerRow * one.Low, TrialsPerRow * one.High);
    }

    internal override double Power(long rows, Int128 critical, double effect) =>
        Math.Exp(BinomialTail.LogUpperTail(rows * TrialsPerRow, (long)critical, p.P + (effect / TrialsPerRow)));

    internal override double EffectReaching(long rows, Int128 critical, double power) =>
        TrialsPerRow * (ClopperPearson.LowerBound(rows * TrialsPerRow, (long)critical, Math.Log(power)) - p.P);

    private readonly struct Trial(SuccessProbability p) : ITiltedRow
    {
        public double Centred(double tilt) => Cumulant.Bernoulli(tilt, p);
    }
}
