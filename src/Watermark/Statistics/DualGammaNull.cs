namespace Watermark.Statistics;

/// <summary>
/// The total weighs two independent Exp(1) scores a row: (1 − alpha)·s_A + alpha·s_B, in units of 1/(b·2^32) for
/// alpha = a/b, so that a row's score is the integer (b − a)·s_A + a·s_B. For coarse uniforms conservative, as
/// <see cref="GammaNull"/>.
/// </summary>
/// <remarks>
/// The tail is the exact one of the two scaled Gammas, or a guaranteed bound beyond what can be summed; a Gamma of the same
/// mean and variance would be too small far out. The e-value averages exp(θ·S − n·K(θ)) over a fixed grid of tilts: sound
/// whenever the collection is stopped.
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
    public override long UnitsPerPoint => ScoreUnits * Alpha.Denominator;

    /// <inheritdoc/>
    public override bool CountsOnes => false;

    /// <inheritdoc/>
    public override double Mean => 1;

    /// <inheritdoc/>
    public override double Variance => Square(Alpha.ToDouble()) + Square(Alpha.Complement().ToDouble());

    /// <inheritdoc/>
    public override string Description => $"{Alpha.Complement()}·Gamma(n, 1) + {Alpha}·Gamma(n, 1)";

    /// <inheritdoc/>
    public override ScoreTest Test(long rows, Int128 total)
    {
        if (rows == 0)
            return new ScoreTest(0, TailMethod.Exact, double.NaN, 0);
        double sum = (double)total / UnitsPerPoint;
        double excess = Excess(rows, total);
        (double logP, TailMethod method) = TwoScaleGammaTail.LogUpperTail(rows, Alpha.Complement().ToDouble(), Alpha.ToDouble(), sum);
        return new ScoreTest(logP, method, excess / Math.Sqrt(rows * Variance), LogE(rows, excess));
    }

    /// <inheritdoc/>
    public override double LogE(long rows, Int128 total) => rows == 0 ? 0 : LogE(rows, Excess(rows, total));

    /// <summary>S − n without cancellation: both are integers in units.</summary>
    private double Excess(long rows, Int128 total) => (double)(total - ((Int128)rows * UnitsPerPoint)) / UnitsPerPoint;

    private double LogE(long rows, double excess)
    {
        double first = Alpha.Complement().ToDouble();
        double second = Alpha.ToDouble();
        double largest = 1 / Math.Max(first, second);
        Span<double> exponents = stackalloc double[TiltMixtureEValue.Tilts];
        for (int i = 0; i < exponents.Length; i++)
        {
            double tilt = TiltMixtureEValue.Tilt(i, largest);
            exponents[i] = (tilt * excess) + (rows * (LogOneMinusPlus(tilt * first) + LogOneMinusPlus(tilt * second)));
        }

        return TiltMixtureEValue.LogMean(exponents);
    }

    /// <summary>ln(1 − x) + x for 0 ≤ x &lt; 1.</summary>
    private static double LogOneMinusPlus(double x)
    {
        if (x > 0.1)
            return double.LogP1(-x) + x;
        double power = x;
        double sum = 0;
        for (int k = 2; k < 20; k++)
        {
            power *= x;
            sum -= power / k;
        }

        return sum;
    }

    private static double Square(double x) => x * x;
}
