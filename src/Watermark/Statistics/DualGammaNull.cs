namespace Watermark.Statistics;

/// <summary>
/// The total weighs two independent Exp(1) scores per row: (1 − alpha)·s_A + alpha·s_B, in units of 1/(b·2^32) for alpha =
/// a/b, so that a row's score is the integer (b − a)·s_A + a·s_B. With coarse uniforms it is conservative, for the reason
/// given at <see cref="GammaNull"/>.
/// </summary>
/// <remarks>
/// The tail is the exact tail of the sum of the two scaled Gammas, or a guaranteed upper bound where the exact one cannot be
/// summed; the tail of a Gamma of the same mean and variance would be too small far out. The e-value averages exp(θ·S −
/// n·K(θ)) over a fixed grid of tilts. It is valid whenever collection stops while text is added.
/// </remarks>
public sealed record DualGammaNull : ScoreNull
{
    private const long ScoreUnits = 1L << 32;

    /// <summary>Creates the null.</summary>
    /// <param name="alpha">The weight of the second score, strictly between 0 and 1, denominator at most 2^30.</param>
    public DualGammaNull(Fraction alpha)
    {
        if (!alpha.IsProperProbability || alpha.Denominator > 1 << 30)
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "Alpha must lie strictly between 0 and 1, with a denominator up to 2^30.");
        Alpha = alpha;
    }

    /// <summary>The weight of the second score.</summary>
    public Fraction Alpha { get; }

    /// <inheritdoc/>
    public override string Name => "dual-gamma";

    /// <inheritdoc/>
    public override long UnitsPerPoint => ScoreUnits * Alpha.Denominator;

    /// <inheritdoc/>
    public override bool CountsOnes => false;

    /// <inheritdoc/>
    public override double Mean => 1;

    /// <inheritdoc/>
    public override double Variance => (First * First) + (Second * Second);

    /// <inheritdoc/>
    public override string Description => $"{Alpha.Complement()}·Gamma(n, 1) + {Alpha}·Gamma(n, 1)";

    /// <inheritdoc/>
    public override ScoreTest Test(long rows, Int128 total)
    {
        if (rows == 0)
            return new ScoreTest(0, TailMethod.Exact, double.NaN, 0);
        double sum = (double)total / UnitsPerPoint;
        double excess = Excess(rows, total);
        (double logP, TailMethod method) = TwoScaleGammaTail.LogUpperTail(rows, First, Second, sum);
        return new ScoreTest(logP, method, excess / Math.Sqrt(rows * Variance), LogE(rows, excess));
    }

    /// <inheritdoc/>
    public override double LogE(long rows, Int128 total) => LogE(rows, Excess(rows, total));

    /// <summary>H1: both scores tilted alike until the row's mean is 1 + effect·sd, or stochastically larger.</summary>
    /// <inheritdoc/>
    public override double LogEAgainstEffect(long rows, Int128 total, double effect)
    {
        ThrowUnlessEffect(effect);
        double wanted = effect * Math.Sqrt(Variance);
        double Shift(double tilt) => (First * First * tilt / (1 - (First * tilt))) + (Second * Second * tilt / (1 - (Second * tilt)));
        double most = 1 / Math.Max(First, Second);
        double tilt = Bisection.First(0.0, most, value => value >= most || Shift(value) >= wanted);
        return rows == 0 ? 0 : (rows * new Row(First, Second).Centred(tilt)) - (tilt * Excess(rows, total));
    }

    private double First => Alpha.Complement().ToDouble();

    private double Second => Alpha.ToDouble();

    /// <summary>S − n without cancellation: both are integers in units.</summary>
    private double Excess(long rows, Int128 total) => (double)(total - ((Int128)rows * UnitsPerPoint)) / UnitsPerPoint;

    private double LogE(long rows, double excess) => TiltMixtureEValue.LogE(new Row(First, Second), rows, excess, Math.Sqrt(0.5) / Math.Max(First, Second));

    private readonly struct Row(double first, double second) : ITiltedRow
    {
        public double Centred(double tilt) => Cumulant.Exponential(tilt * first) + Cumulant.Exponential(tilt * second);
    }
}
