namespace Watermark.Statistics;

/// <summary>How a tail probability was computed.</summary>
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
/// <param name="Z">The standardised total. For orientation; nothing is decided by it. NaN for no rows.</param>
/// <param name="LogE">Natural log of the e-value for a rate above the null (mixture over alternatives); 0 for no rows; NaN where the null offers none.</param>
public readonly record struct ScoreTest(double LogP, TailMethod Method, double Z, double LogE);

/// <summary>
/// The distribution of a scheme's total score under H0: <em>the scored tokens are independent of the key</em>. H0 is
/// not "the suspect never saw our text"; reaching that claim is an argument about who held the key.
/// </summary>
/// <remarks>
/// Totals are integers in units of 1/<see cref="UnitsPerPoint"/>, so they add up to the same value on every machine
/// and in every order.
/// </remarks>
public abstract record ScoreNull
{
    /// <summary>Units in one point of score: 1 for counts, 2^32 for Gumbel-like scores.</summary>
    public abstract long UnitsPerPoint { get; }

    /// <summary>Whether the total is a count of green bits out of <see cref="TrialsPerRow"/> a row.</summary>
    public abstract bool CountsOnes { get; }

    /// <summary>Bernoulli trials a row; 1 for green lists, the number of layers for tournament schemes.</summary>
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

    /// <summary>The e-value of <see cref="Test"/> alone, for the many totals of a panel.</summary>
    /// <param name="rows">Scored rows, 0 or more, at most 10^12.</param>
    /// <param name="total">Sum of the rows' scores, in units.</param>
    /// <returns>Natural log; 0 for no rows, NaN where the null offers none.</returns>
    public virtual double LogE(long rows, Int128 total) => Test(rows, total).LogE;
}
