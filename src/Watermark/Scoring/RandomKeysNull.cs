using System.Globalization;
using Watermark.Statistics;

namespace Watermark.Scoring;

/// <summary>
/// The totals of the same sample under B fresh keys, each standardised by the theory of its own key. Exact for any
/// dependence between rows, because only keys are random. It requires that the true key was drawn like the others and never
/// selected, and that B was fixed beforehand.
/// </summary>
/// <remarks>
/// <para>The p-value is (1 + #{b : z_b ≥ z_0})/(B + 1); ties count against the owner.</para>
/// <para>The e-value is (B+1)·L(y_0)/Σ_{b=0…B} L(y_b). All B + 1 scores, including that of the true key, are standardised to
/// y by their common mean and standard deviation, which treats all keys alike. So under H0 the true key is equally likely to
/// have any of the scores, and the mean of the e-value is exactly 1, for any L ≥ 0 of the y. L is the mean of exp(t·y −
/// t²/2) over a fixed grid of t, cut off at (B + 1)², so that one key far out reduces ln E by at most ln(B + 1). It is at
/// most B + 1.</para>
/// <para>Against an effect, the effect is subtracted from the true key's score and the e-value of the reflected scores is
/// taken. This is valid if the key shifts the total and does not change its spread.</para>
/// </remarks>
public sealed class RandomKeysNull : TotalNull
{
    private static readonly double[] Tilts = [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5];

    private CriticalExcess? lastCritical;
    private readonly TotalNull theory;
    private readonly double[] others;

    internal RandomKeysNull(TotalNull theory, ReadOnlySpan<double> others)
    {
        ArgumentNullException.ThrowIfNull(theory);
        if (others.IsEmpty)
            throw new ArgumentException("At least one random key is needed.", nameof(others));
        foreach (double score in others)
        {
            if (!double.IsFinite(score))
                throw new ArgumentException($"The score {score} is not finite.", nameof(others));
            ScoreMean += score / others.Length;
        }

        this.theory = theory;
        this.others = others.ToArray();
        double squares = 0;
        foreach (double score in others)
            squares += (score - ScoreMean) * (score - ScoreMean);
        ScoreDeviation = others.Length == 1 ? double.NaN : Math.Sqrt(squares / (others.Length - 1));
    }

    /// <summary>B, the number of random keys.</summary>
    public int Keys => others.Length;

    /// <summary>The mean of their standardised totals: about 0 ± 1/√B where the theory holds.</summary>
    public double ScoreMean { get; }

    /// <summary>
    /// The standard deviation of their standardised totals: about 1 ± 1/√(2B) where the theory holds; NaN for one key.
    /// </summary>
    public double ScoreDeviation { get; }

    /// <inheritdoc/>
    public override string Name => "random-keys";

    /// <inheritdoc/>
    public override string Description => string.Create(CultureInfo.InvariantCulture, $"{others.Length:N0} random keys on {theory.Rows:N0} rows");

    /// <inheritdoc/>
    public override string Prior => "standardised-tilts 1";

    /// <inheritdoc/>
    public override long Rows => theory.Rows;

    /// <inheritdoc/>
    public override long UnitsPerPoint => theory.UnitsPerPoint;

    /// <inheritdoc/>
    public override double Mean => theory.Mean + (ScoreMean * theory.StandardDeviation);

    /// <inheritdoc/>
    public override double StandardDeviation => ScoreDeviation * theory.StandardDeviation;

    /// <inheritdoc/>
    public override bool IsAnytime => false;

    /// <inheritdoc/>
    public override TotalTest Test(Int128 total)
    {
        if (Rows == 0)
            return new TotalTest(0, TailMethod.Exact, double.NaN, 0);
        double own = theory.Standardise(total);
        return new TotalTest(Math.Log(Rank(total) / (others.Length + 1.0)), TailMethod.Exact, (own - ScoreMean) / ScoreDeviation, LogE(own));
    }

    /// <summary>
    /// 1 + the number of random keys whose standardised total is at least that of the true key; 1 means above all of them.
    /// </summary>
    /// <param name="total">The true key's total, in units.</param>
    public int Rank(Int128 total)
    {
        double own = theory.Standardise(total);
        return 1 + others.Count(score => score >= own);
    }

    /// <summary>The random keys' standardised totals, binned.</summary>
    /// <param name="total">The true key's total, in units; it only extends the axis, and is not counted.</param>
    /// <param name="bins">Bins, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no bin.</exception>
    public RandomKeyHistogram Histogram(Int128 total, int bins) => RandomKeyTest.Histogram(theory.Standardise(total), others, bins);

    /// <summary>
    /// ln of an e-value against H1 <em>the key shifts the total by at least so much and leaves its spread as it is</em>:
    /// that of the reflected scores, after the shift is subtracted from the true key's score. Between −ln(B + 1) and ln(B +
    /// 1), to first order.
    /// </summary>
    /// <inheritdoc/>
    public override double LogEAgainstEffect(Int128 total, double effect)
    {
        ScoreNull.ThrowUnlessEffect(effect);
        return Rows == 0 ? 0 : LogE(theory.Standardise(total) - (effect * Math.Sqrt(Rows)), -1);
    }

    /// <inheritdoc/>
    public override Effect Effect(Int128 total) => theory.Effect(total) with { Interval = null, Null = Mean / Rows };

    /// <remarks>Normal, with the spread of the random keys' totals; NaN where the threshold is above B + 1.</remarks>
    /// <inheritdoc/>
    public override double SmallestEffect(double logThreshold, double power)
    {
        Validate(logThreshold, power);
        if (Rows == 0 || !(ScoreDeviation > 0) || logThreshold > Math.Log(others.Length + 1.0))
            return double.NaN;
        double critical = Critical(logThreshold);
        if (double.IsNaN(critical))
            return double.NaN;
        double needed = critical - (NormalTail.UpperQuantile(Math.Log(power)) * ScoreDeviation);
        return Math.Max(0, needed * theory.StandardDeviation / Rows);
    }

    /// <remarks>
    /// By the square-root law from the rows of the sample; null where B is too small for the threshold with any amount of
    /// text.
    /// </remarks>
    /// <inheritdoc/>
    public override long? RowsNeeded(double effect, double logThreshold, double power)
    {
        Validate(effect, logThreshold, power);
        double smallest = SmallestEffect(logThreshold, power);
        return double.IsNaN(smallest) ? null : Scale(Rows, smallest, effect);
    }

    /// <remarks>Normal, with the spread of the random keys' totals; 0 where the threshold is above B + 1.</remarks>
    /// <inheritdoc/>
    public override double PowerOf(double effect, double logThreshold)
    {
        Validate(effect, logThreshold, 0.5);
        if (Rows == 0 || !(ScoreDeviation > 0))
            return 0;
        double critical = Critical(logThreshold);
        if (double.IsNaN(critical))
            return 0;
        return Math.Exp(NormalTail.LogUpper((critical - (effect * Rows / theory.StandardDeviation)) / ScoreDeviation));
    }

    /// <summary>
    /// The smallest excess over the random keys' mean whose e-value reaches a threshold; NaN where none does. The last one is
    /// remembered: a power curve asks for the same threshold many times, and each search scores all random keys.
    /// </summary>
    private double Critical(double logThreshold)
    {
        if (Volatile.Read(ref lastCritical) is { } last && last.Threshold == logThreshold)
            return last.Excess;
        double far = 1e6 * ScoreDeviation;
        double excess = LogE(ScoreMean + far) < logThreshold ? double.NaN : Bisection.First(0.0, far, value => LogE(ScoreMean + value) >= logThreshold);
        Volatile.Write(ref lastCritical, new CriticalExcess(logThreshold, excess));
        return excess;
    }

    private sealed record CriticalExcess(double Threshold, double Excess);

    /// <summary>ln E of a score of the true key.</summary>
    /// <param name="own">z_0.</param>
    /// <param name="sign">1 for high scores, −1 for low ones.</param>
    private double LogE(double own, int sign = 1)
    {
        double centre = own;
        foreach (double score in others)
            centre += score;
        int count = others.Length + 1;
        centre /= count;
        double squares = (own - centre) * (own - centre);
        foreach (double score in others)
            squares += (score - centre) * (score - centre);
        if (!(squares > 0))
            return 0;
        double scale = sign / Math.Sqrt(squares / count);
        double cut = 2 * Math.Log(count);
        var logs = new double[others.Length];
        for (int i = 0; i < logs.Length; i++)
            logs[i] = Math.Min(cut, LogLikelihood((others[i] - centre) * scale));
        return RandomKeyTest.LogEValue(Math.Min(cut, LogLikelihood((own - centre) * scale)), logs);
    }

    private static double LogLikelihood(double y)
    {
        Span<double> exponents = stackalloc double[Tilts.Length];
        for (int i = 0; i < exponents.Length; i++)
            exponents[i] = (Tilts[i] * y) - (Tilts[i] * Tilts[i] / 2);
        return TiltMixtureEValue.LogSum(exponents) - Math.Log(Tilts.Length);
    }
}
