namespace Watermark.Statistics;

/// <summary>
/// The total is a weighted count of ones: each row has one Bernoulli(<see cref="OnesFraction"/>) bit a weight, and scores
/// the sum of the weights of its ones. A point is the sum of all weights, so that a row's score lies between 0 and 1.
/// </summary>
/// <remarks>
/// The tail is <see cref="WeightedBernoulliTail"/>'s: exact, or a guaranteed bound where the total spans too many values. The
/// e-value averages exp(θ·S − n·K(θ)) over a fixed grid of tilts: sound whenever the collection is stopped.
/// </remarks>
public sealed record WeightedBernoulliNull : ScoreNull
{
    private readonly int[] weights;
    private readonly long weightSum;

    /// <summary>Creates the null.</summary>
    /// <param name="weights">Positive integers, one a bit of a row.</param>
    /// <param name="onesFraction">The exact probability of a one, strictly between 0 and 1.</param>
    public WeightedBernoulliNull(ReadOnlySpan<int> weights, Fraction onesFraction)
    {
        ArgumentOutOfRangeException.ThrowIfZero(weights.Length, nameof(weights));
        foreach (int weight in weights)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(weight, 1, nameof(weights));
            weightSum += weight;
        }

        if (!onesFraction.IsProperProbability)
            throw new ArgumentOutOfRangeException(nameof(onesFraction), onesFraction, "The probability of a one must lie strictly between 0 and 1.");
        this.weights = [.. weights];
        OnesFraction = onesFraction;
    }

    /// <summary>The probability of a one; <see cref="ScoreNull.Gamma"/> stays null, since the total is no count.</summary>
    public Fraction OnesFraction { get; }

    /// <summary>The weights.</summary>
    public ReadOnlySpan<int> Weights => weights;

    /// <inheritdoc/>
    public override long UnitsPerPoint => weightSum;

    /// <inheritdoc/>
    public override bool CountsOnes => false;

    /// <inheritdoc/>
    public override double Mean => OnesFraction.ToDouble();

    /// <inheritdoc/>
    public override double Variance
    {
        get
        {
            double squares = 0;
            foreach (int weight in weights)
                squares += (double)weight * weight;
            return OnesFraction.ToDouble() * OnesFraction.Complement().ToDouble() * squares / weightSum / weightSum;
        }
    }

    /// <inheritdoc/>
    public override string Description => $"sum of {weights.Length} weighted Bernoulli({OnesFraction}) bits a row, weights {weights[0]} to {weights[^1]}";

    /// <inheritdoc/>
    public override ScoreTest Test(long rows, Int128 total)
    {
        if (rows == 0)
            return new ScoreTest(0, TailMethod.Exact, double.NaN, 0);
        double points = Excess(rows, total);
        var classes = new WeightClass[weights.Length];
        for (int i = 0; i < classes.Length; i++)
            classes[i] = new WeightClass(weights[i], rows);
        WeightedTail tail = WeightedBernoulliTail.LogUpperTail(classes, checked((long)total), OnesFraction);
        return new ScoreTest(tail.LogP, tail.Method, points / Math.Sqrt(rows * Variance), LogE(rows, points));
    }

    /// <inheritdoc/>
    public override double LogE(long rows, Int128 total) => rows == 0 ? 0 : LogE(rows, Excess(rows, total));

    /// <inheritdoc/>
    public bool Equals(WeightedBernoulliNull? other) =>
        other is not null && OnesFraction == other.OnesFraction && weights.AsSpan().SequenceEqual(other.weights);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(OnesFraction);
        foreach (int weight in weights)
            hash.Add(weight);
        return hash.ToHashCode();
    }

    /// <summary>S − n·μ in points, exact before the one division.</summary>
    private double Excess(long rows, Int128 total) =>
        (double)((total * OnesFraction.Denominator) - ((Int128)rows * weightSum * OnesFraction.Numerator)) / OnesFraction.Denominator / weightSum;

    private double LogE(long rows, double excess)
    {
        double p = OnesFraction.ToDouble();
        double largest = 1 / Math.Sqrt(Variance);
        Span<double> exponents = stackalloc double[TiltMixtureEValue.Tilts];
        for (int i = 0; i < exponents.Length; i++)
        {
            double tilt = TiltMixtureEValue.Tilt(i, largest);
            double centred = 0;
            foreach (int weight in weights)
                centred += CentredCumulant(tilt * weight / weightSum, p);
            exponents[i] = (tilt * excess) - (rows * centred);
        }

        return TiltMixtureEValue.LogMean(exponents);
    }

    /// <summary>ln(1 − p + p·e^x) − p·x for x ≥ 0.</summary>
    private static double CentredCumulant(double x, double p) => double.LogP1(p * double.ExpM1(x)) - (p * x);
}
