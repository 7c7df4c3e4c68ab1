namespace Watermark.Statistics;

/// <summary>
/// The total is a count of ones: Binomial(rows · <see cref="TrialsPerRow"/>, <see cref="ScoreNull.Gamma"/>).
/// </summary>
public sealed record BinomialNull : ScoreNull
{
    private readonly Fraction gamma;

    /// <summary>Creates the null.</summary>
    /// <param name="gamma">The exact probability of a one, strictly between 0 and 1.</param>
    /// <param name="trialsPerRow">Independent trials a row, at least 1.</param>
    public BinomialNull(Fraction gamma, int trialsPerRow = 1)
    {
        if (!gamma.IsProperProbability)
            throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "Gamma must lie strictly between 0 and 1.");
        ArgumentOutOfRangeException.ThrowIfLessThan(trialsPerRow, 1);
        this.gamma = gamma;
        TrialsPerRow = trialsPerRow;
    }

    /// <inheritdoc/>
    public override long UnitsPerPoint => 1;

    /// <inheritdoc/>
    public override bool CountsOnes => true;

    /// <inheritdoc/>
    public override int TrialsPerRow { get; }

    /// <inheritdoc/>
    public override Fraction? Gamma => gamma;

    /// <inheritdoc/>
    public override double Mean => TrialsPerRow * gamma.ToDouble();

    /// <inheritdoc/>
    public override double Variance => TrialsPerRow * gamma.ToDouble() * gamma.Complement().ToDouble();

    /// <inheritdoc/>
    public override string Description => TrialsPerRow == 1 ? $"Binomial(n, {gamma})" : $"Binomial({TrialsPerRow}n, {gamma})";

    /// <inheritdoc/>
    public override ScoreTest Test(long rows, Int128 total)
    {
        long trials = checked(rows * TrialsPerRow);
        long ones = checked((long)total);
        if (trials == 0)
            return new ScoreTest(0, TailMethod.Exact, double.NaN, 0);
        double excess = (double)gamma.ExcessNumerator(trials, ones) / gamma.Denominator;
        double z = excess / Math.Sqrt(trials * gamma.ToDouble() * gamma.Complement().ToDouble());
        return new ScoreTest(
            BinomialTail.LogUpperTail(trials, ones, gamma),
            TailMethod.Exact,
            z,
            BetaMixtureEValue.LogE(trials, ones, gamma));
    }
}
