namespace Watermark.Statistics;

/// <summary>How the logarithm of a tail probability was computed.</summary>
public enum TailMethod
{
    /// <summary>The exact tail, to the accuracy its class states.</summary>
    Exact,

    /// <summary>A guaranteed upper bound (Chernoff) on the tail.</summary>
    UpperBound,
}

/// <summary>The test of one total against its null.</summary>
/// <param name="LogP">Natural log of the one-sided p-value, at most 0, finite for every possible total.</param>
/// <param name="Method">Whether <paramref name="LogP"/> is exact or an upper bound.</param>
/// <param name="Z">The standardised total, for information only; no decision uses it. NaN for no rows.</param>
/// <param name="LogE">Natural log of the e-value for a rate above the null (mixture over alternatives); 0 for no rows; NaN where the null has no e-value.</param>
public readonly record struct ScoreTest(double LogP, TailMethod Method, double Z, double LogE);

/// <summary>
/// The distribution of a scheme's total score under H0: <em>the scored tokens are independent of the key</em>. H0 is not
/// "the suspect never saw our text"; that claim also needs an argument about who had the key.
/// </summary>
/// <remarks>
/// Totals are integers in units of 1/<see cref="UnitsPerPoint"/>, so they add up to the same value on every machine
/// and in every order.
/// </remarks>
public abstract record ScoreNull
{
    /// <summary>The kind in one word, such as <c>binomial</c>.</summary>
    public abstract string Name { get; }

    /// <summary>How many units make one point of score: 1 for counts, 2^32 for Gumbel scores.</summary>
    public abstract long UnitsPerPoint { get; }

    /// <summary>Whether the total is a count of green bits out of <see cref="TrialsPerRow"/> a row.</summary>
    public abstract bool CountsOnes { get; }

    /// <summary>Bernoulli trials per row; 1 for green lists, the number of layers for tournament schemes.</summary>
    public virtual int TrialsPerRow => 1;

    /// <summary>The exact null probability of a one where <see cref="CountsOnes"/>; null otherwise.</summary>
    public virtual Fraction? Gamma => null;

    /// <summary>Mean of one row's score in points.</summary>
    public abstract double Mean { get; }

    /// <summary>Variance of one row's score in points squared.</summary>
    public abstract double Variance { get; }

    /// <summary>A short name for reports, such as <c>Binomial(n, 1/4)</c>.</summary>
    public abstract string Description { get; }

    /// <summary>Tests a total.</summary>
    /// <param name="rows">Scored rows, 0 or more, at most 10^12.</param>
    /// <param name="total">Sum of the rows' scores, in units.</param>
    public abstract ScoreTest Test(long rows, Int128 total);

    /// <summary>The e-value of <see cref="Test"/>, without the rest of the test.</summary>
    /// <param name="rows">Scored rows, 0 or more, at most 10^12.</param>
    /// <param name="total">Sum of the rows' scores, in units.</param>
    /// <returns>Natural log; 0 for no rows, NaN where the null has no e-value.</returns>
    public virtual double LogE(long rows, Int128 total) => Test(rows, total).LogE;

    /// <summary>
    /// ln of an e-value against H1 <em>the key raises every row's score by at least so much</em>: the likelihood ratio of H0
    /// to the null tilted until its mean has risen by exactly that amount, exp(K(θ)·n − θ·S). It falls with the total, so it
    /// is an e-value for every larger rise too, and it is valid after every row.
    /// </summary>
    /// <param name="rows">Scored rows, 0 or more, at most 10^12.</param>
    /// <param name="total">Sum of the rows' scores, in units.</param>
    /// <param name="effect">The rise of a row's mean score in null standard deviations of a row, above 0.</param>
    /// <returns>Natural log; 0 for no rows, NaN where no score can rise that much or the null has no e-value.</returns>
    public virtual double LogEAgainstEffect(long rows, Int128 total, double effect) => double.NaN;

    /// <summary>The largest total that this many rows can have; null where there is no largest.</summary>
    internal virtual Int128? LargestTotal(long rows) => null;

    /// <summary>The exact interval of the mean score in points; null where none is known.</summary>
    internal virtual ConfidenceInterval? Interval(long rows, Int128 total, double confidence) => null;

    /// <summary>
    /// P(total ≥ <paramref name="critical"/>) where the mean score lies <paramref name="effect"/> points above H0. Normal
    /// approximation with the null's variance unless overridden.
    /// </summary>
    internal virtual double Power(long rows, Int128 critical, double effect) =>
        Math.Exp(NormalTail.LogUpper((((double)critical / UnitsPerPoint) - (rows * (Mean + effect))) / Math.Sqrt(rows * Variance)));

    /// <summary>
    /// The smallest effect, in points, at which <see cref="Power"/> has the given value; NaN where there is none.
    /// </summary>
    internal virtual double EffectReaching(long rows, Int128 critical, double power) =>
        ((((double)critical / UnitsPerPoint) - (NormalTail.UpperQuantile(Math.Log(power)) * Math.Sqrt(rows * Variance))) / rows) - Mean;

    internal static void ThrowUnlessEffect(double effect)
    {
        if (!(effect > 0) || double.IsInfinity(effect))
            throw new ArgumentOutOfRangeException(nameof(effect), effect, "The effect must be above 0 and finite.");
    }
}
