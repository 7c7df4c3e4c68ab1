using Watermark.Statistics;

namespace Watermark.Scoring;

/// <summary>The test of one total.</summary>
/// <param name="LogP">Natural log of the one-sided p-value, at most 0, finite for every possible total.</param>
/// <param name="Method">Whether <paramref name="LogP"/> is exact or a guaranteed upper bound.</param>
/// <param name="Z">The standardised total, for information only; no decision uses it. NaN for no rows.</param>
/// <param name="LogE">Natural log of the e-value for dependence on the key; 0 for no rows.</param>
public readonly record struct TotalTest(double LogP, TailMethod Method, double Z, double LogE);

/// <summary>The size of the effect, in points per row.</summary>
/// <param name="Estimate">The mean score of a row; NaN for no rows.</param>
/// <param name="Interval">Its 95% interval where an exact one is known (green counts), else null.</param>
/// <param name="Null">The expectation under H0.</param>
public readonly record struct Effect(double Estimate, ConfidenceInterval? Interval, double Null);

/// <summary>
/// The distribution of a sample's total under H0: <em>the scored tokens are independent of the key</em>. The p-value,
/// e-value, interval and power of a total all come from one such object, so that no part of an answer uses a formula that
/// another part calls invalid.
/// </summary>
/// <remarks>Totals are integers in units of 1/<see cref="UnitsPerPoint"/>. Immutable and safe for concurrent use.</remarks>
public abstract class TotalNull
{
    /// <summary>Confidence of <see cref="Effect"/>'s interval.</summary>
    public const double Confidence = 0.95;

    /// <summary>The largest number of rows for which power is computed.</summary>
    public const long MaximumRows = 1_000_000_000_000;

    private protected TotalNull()
    {
    }

    /// <summary><c>binomial</c>, <c>gamma</c>, <c>dual-gamma</c>, <c>weighted-bits</c>, <c>weighted-coins</c> or <c>random-keys</c>.</summary>
    public abstract string Name { get; }

    /// <summary>A short description for reports, such as <c>Binomial(n, 1/4), n = 14,898</c>.</summary>
    public abstract string Description { get; }

    /// <summary>
    /// What the e-value averages over, with a version that changes whenever a result would change: <c>log-grid 1</c> of the
    /// row nulls, <c>spread-grid 1</c> of weighted coins, <c>standardised-tilts 1</c> of random keys. A plan fixes it.
    /// </summary>
    public abstract string Prior { get; }

    /// <summary>The rows, or coins, scored.</summary>
    public abstract long Rows { get; }

    /// <summary>Units in one point of score.</summary>
    public abstract long UnitsPerPoint { get; }

    /// <summary>Mean of the total, in points.</summary>
    public abstract double Mean { get; }

    /// <summary>Standard deviation of the total, in points.</summary>
    public abstract double StandardDeviation { get; }

    /// <summary>
    /// Whether the e-value stays valid however often one looks while text is added without a limit: the probability that it
    /// ever reaches 1/α is then at most α. True only for the row nulls. For the others, and for a sample with a row limit,
    /// the e-value is valid for one look at a size that was fixed beforehand.
    /// </summary>
    public abstract bool IsAnytime { get; }

    /// <summary>Tests a total.</summary>
    /// <param name="total">The sum of the scores, in units.</param>
    public abstract TotalTest Test(Int128 total);

    /// <summary>
    /// ln of an e-value against H1 <em>the effect is at least so large</em>: the e-value that acquits. Of the suspects that
    /// have the effect, at most a share α reaches 1/α. It falls with the total, so it holds for every larger effect as well.
    /// </summary>
    /// <param name="total">The sum of the scores, in units.</param>
    /// <param name="effect">The rise of a row's mean score in null standard deviations of one row, above 0 and finite.</param>
    /// <returns>Natural log; 0 for no rows; NaN where no score can rise that much.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The effect is out of its range.</exception>
    public abstract double LogEAgainstEffect(Int128 total, double effect);

    /// <summary>The size of the effect that a total shows.</summary>
    /// <param name="total">The sum of the scores, in units.</param>
    public abstract Effect Effect(Int128 total);

    /// <summary>The smallest effect with which the e-value reaches the threshold with the given probability.</summary>
    /// <param name="logThreshold">Natural log of the e-value that decides, above 0 and finite.</param>
    /// <param name="power">The probability, strictly between 0 and 1.</param>
    /// <returns>In points per row above H0; NaN where no effect is large enough.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public abstract double SmallestEffect(double logThreshold, double power);

    /// <summary>
    /// The number of rows with which the e-value of an effect reaches the threshold with the given probability.
    /// </summary>
    /// <param name="effect">The rise of a row's mean score, in points, above 0 and finite.</param>
    /// <param name="logThreshold">Natural log of the e-value that decides, above 0 and finite.</param>
    /// <param name="power">The probability, strictly between 0 and 1.</param>
    /// <returns>The number of rows; null where no number up to <see cref="MaximumRows"/> is enough.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public abstract long? RowsNeeded(double effect, double logThreshold, double power);

    /// <summary>The probability that the e-value of an effect reaches the threshold with the rows of this null.</summary>
    /// <param name="effect">The rise of a row's mean score, in points, above 0 and finite.</param>
    /// <param name="logThreshold">Natural log of the e-value that decides, above 0 and finite.</param>
    /// <returns>0 … 1; 0 where no total reaches it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public abstract double PowerOf(double effect, double logThreshold);

    /// <summary>The theoretical null: rows, or coins, each scored once.</summary>
    /// <remarks>
    /// Tokens drawn without replacement from one list of fixed size are negatively associated, not independent. The e-value then
    /// has an expectation of at most 1 for any amount of text that was fixed beforehand.
    /// </remarks>
    /// <param name="rowNull">The distribution of one row's score.</param>
    /// <param name="rows">Rows, 0 … 10^12.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of rows is out of its range.</exception>
    public static TotalNull For(ScoreNull rowNull, long rows) => new TotalNullOfRows(rowNull, rows);

    /// <summary>The null of a signed, weighted count of green coins.</summary>
    /// <param name="gamma">The exact probability of green, strictly between 0 and 1.</param>
    /// <param name="classes">
    /// The coins by weight, in any order, each weight once; the weights must not depend on the key. A coin of negative
    /// weight is evidence for the key when it is <em>not</em> green; one of weight 0 does not count. Sizes of all weights
    /// must add up to at most 2^53.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static TotalNull Weighted(Fraction gamma, IEnumerable<WeightClass> classes) => new TotalNullOfCoins(gamma, classes);

    /// <summary>
    /// The null made of the same sample's totals under fresh keys; valid for any dependence between its rows.
    /// </summary>
    /// <param name="rowNull">The distribution of one row's score, by which totals of different numbers of rows are standardised.</param>
    /// <param name="own">What the sample scores under the true key.</param>
    /// <param name="others">What it scores under the random keys; at least one.</param>
    /// <exception cref="ArgumentException">There are no random keys.</exception>
    public static RandomKeysNull RandomKeys(ScoreNull rowNull, KeyTotal own, ReadOnlySpan<KeyTotal> others)
    {
        double[] scores = new double[others.Length];
        for (int i = 0; i < scores.Length; i++)
            scores[i] = For(rowNull, others[i].Rows).Standardise(others[i].Total);
        return RandomKeys(For(rowNull, own.Rows), scores);
    }

    /// <summary>
    /// The null made of standardised totals under fresh keys, for weighted samples and others whose theoretical null is
    /// their own.
    /// </summary>
    /// <param name="theory">The theoretical null of the true key's total: its mean and standard deviation.</param>
    /// <param name="others">The totals under the random keys, each standardised by the theory of its own key
    /// (<see cref="Standardise"/>); at least one, finite.</param>
    /// <exception cref="ArgumentException">There are no random keys, or a value is not finite.</exception>
    public static RandomKeysNull RandomKeys(TotalNull theory, ReadOnlySpan<double> others) => new RandomKeysNull(theory, others);

    /// <summary>A total in standard deviations from its mean; 0 for no rows.</summary>
    /// <param name="total">The sum of the scores, in units.</param>
    public double Standardise(Int128 total) =>
        StandardDeviation > 0 ? (((double)total / UnitsPerPoint) - Mean) / StandardDeviation : 0;

    private protected static void Validate(double logThreshold, double power)
    {
        if (!(logThreshold > 0) || double.IsInfinity(logThreshold))
            throw new ArgumentOutOfRangeException(nameof(logThreshold), logThreshold, "The log e-value to reach must be above 0 and finite.");
        if (!(power is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(power), power, "Power must lie strictly between 0 and 1.");
    }

    private protected static void Validate(double effect, double logThreshold, double power)
    {
        ScoreNull.ThrowUnlessEffect(effect);
        Validate(logThreshold, power);
    }

    /// <summary>
    /// The number of rows by the square-root law: <paramref name="rows"/> rows find an effect of
    /// <paramref name="smallest"/>, and the excess in standard deviations grows with the square root of the number of rows.
    /// </summary>
    private protected static long? Scale(long rows, double smallest, double effect)
    {
        double needed = Math.Ceiling(rows * (smallest / effect) * (smallest / effect));
        return needed <= MaximumRows ? Math.Max(1, (long)needed) : null;
    }
}
