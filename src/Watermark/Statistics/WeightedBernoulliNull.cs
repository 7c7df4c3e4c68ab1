namespace Watermark.Statistics;

/// <summary>
/// The total is a weighted count of ones: each row has one Bernoulli(<see cref="OnesFraction"/>) bit per weight, and scores
/// the sum of the weights of its ones. A point is the sum of all weights, so that a row's score lies between 0 and 1.
/// </summary>
/// <remarks>
/// The tail is that of <see cref="WeightedBernoulliTail"/>: exact, or a guaranteed upper bound where the total can have too
/// many values. The e-value averages exp(θ·S − n·K(θ)) over a fixed grid of tilts. It is valid whenever collection stops
/// while text is added.
/// </remarks>
public sealed record WeightedBernoulliNull : ScoreNull
{
    private readonly int[] weights;
    private readonly long weightSum;

    /// <summary>Creates the null.</summary>
    /// <param name="weights">Positive integers, one for each bit of a row.</param>
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

    /// <summary>
    /// The probability of a one; <see cref="ScoreNull.Gamma"/> stays null, since the total is not a count.
    /// </summary>
    public Fraction OnesFraction { get; }

    /// <summary>The weights.</summary>
    public ReadOnlySpan<int> Weights => weights;

    /// <inheritdoc/>
    public override string Name => "weighted-bits";

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
    public override string Description => $"sum of {weights.Length} weighted Bernoulli({OnesFraction}) bits per row, weights {weights[0]} to {weights[^1]}";

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
    public override double LogE(long rows, Int128 total) => LogE(rows, Excess(rows, total));

    /// <summary>
    /// H1: all bits tilted alike by their weights until the row's mean has risen by effect·sd, or ones are even more
    /// frequent.
    /// </summary>
    /// <inheritdoc/>
    public override double LogEAgainstEffect(long rows, Int128 total, double effect)
    {
        ThrowUnlessEffect(effect);
        double wanted = effect * Math.Sqrt(Variance);
        if (wanted >= (1 - 1e-12) * OnesFraction.Complement().ToDouble())
            return double.NaN;
        var row = new Row(this);
        double high = 1;
        while (row.Shift(high) < wanted)
            high *= 2;
        double tilt = Bisection.First(0.0, high, value => row.Shift(value) >= wanted);
        return rows == 0 ? 0 : (rows * row.Centred(tilt)) - (tilt * Excess(rows, total));
    }

    internal override Int128? LargestTotal(long rows) => (Int128)rows * weightSum;

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

    private double LogE(long rows, double excess) => TiltMixtureEValue.LogE(new Row(this), rows, excess, Math.Sqrt(2 / Variance));

    private readonly struct Row(WeightedBernoulliNull owner) : ITiltedRow
    {
        private readonly SuccessProbability p = SuccessProbability.Of(owner.OnesFraction);

        public double Centred(double tilt)
        {
            double sum = 0;
            foreach (int weight in owner.weights)
                sum += Cumulant.Bernoulli(tilt * weight / owner.weightSum, p);
            return sum;
        }

        public double Shift(double tilt)
        {
            double sum = 0;
            foreach (int weight in owner.weights)
                sum += Cumulant.BernoulliShift(tilt * weight / owner.weightSum, p) * weight / owner.weightSum;
            return sum;
        }
    }
}
