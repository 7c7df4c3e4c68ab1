using System.Globalization;
using Watermark.Statistics;

namespace Watermark.Scoring;

/// <summary>
/// Independent coins, each with its own whole weight: the total is the sum of the weights of the green ones.
/// </summary>
/// <remarks>
/// <para>The p-value is that of <see cref="WeightedBernoulliTail"/>: exact, or Chernoff's bound where the total can have too
/// many values.</para>
/// <para>The e-value is the mean of exp(θ·T − Σ K(θ·w)), K a coin's cumulant generating function, over a fixed grid of tilts
/// in units of 1/sd of the total: each term has expectation exactly 1, since the coins are independent and the grid depends
/// on the weights only, not on the key. A tilt of t/sd is best for a total that is t standard deviations above its mean. The
/// e-value is valid for one look, since the weights change when the sample grows.</para>
/// <para>Power uses the normal approximation, with the variance of the null.</para>
/// </remarks>
internal sealed class TotalNullOfCoins : TotalNull
{
    /// <summary>The grid starts at a tilt of one standard deviation and steps by √2; nine tenths of the weight lie evenly on these.</summary>
    private const int MainTilts = 10;

    private readonly WeightClass[] coins;
    private readonly Fraction gamma;
    private readonly SuccessProbability p;
    private readonly long weightSum;
    private readonly Lazy<double[]> cumulants;

    public TotalNullOfCoins(Fraction gamma, IEnumerable<WeightClass> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        if (!gamma.IsProperProbability)
            throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "Gamma must lie strictly between 0 and 1.");
        coins = WeightedBernoulliTail.Merge([.. classes.Where(item => item.Weight != 0)]);
        this.gamma = gamma;
        p = SuccessProbability.Of(gamma);
        double squares = 0;
        foreach (WeightClass item in coins)
        {
            weightSum += item.Weight * item.Count;
            Rows += item.Count;
            squares += (double)item.Weight * item.Weight * item.Count;
            LargestExcess += (double)item.Weight * item.Count * (item.Weight > 0 ? p.Q : -p.P);
        }

        StandardDeviation = Math.Sqrt(p.P * p.Q * squares);
        // The last tilt is four times the best one for the largest total in its normal approximation; larger ones only lose
        // digits.
        int tilts = Math.Max(MainTilts + 1, (int)Math.Ceiling(2 * Math.Log2(1 + (4 * LargestExcess / StandardDeviation))));
        cumulants = new Lazy<double[]>(() => [.. Enumerable.Range(0, tilts).Select(i => Centred(Tilt(i)))]);
    }

    public override string Name => "weighted-coins";

    public override string Description => coins.Length == 0
        ? "no coin has a weight"
        : string.Create(CultureInfo.InvariantCulture, $"{Rows:N0} Bernoulli({gamma}) coins of whole weights from {coins[0].Weight} to {coins[^1].Weight}");

    public override string Prior => "spread-grid 1";

    public override long Rows { get; }

    public override long UnitsPerPoint => 1;

    public override double Mean => p.P * weightSum;

    public override double StandardDeviation { get; }

    public override bool IsAnytime => false;

    public override TotalTest Test(Int128 total)
    {
        if (Rows == 0)
            return new TotalTest(0, TailMethod.Exact, double.NaN, 0);
        WeightedTail tail = WeightedBernoulliTail.LogUpperTail(coins, checked((long)total), gamma);
        return new TotalTest(tail.LogP, tail.Method, Excess(total) / StandardDeviation, LogE(Excess(total)));
    }

    /// <remarks>
    /// H1: every coin is tilted in the direction of its weight, and in proportion to it, until the total's mean has risen by
    /// √rows·effect standard deviations or more.
    /// </remarks>
    public override double LogEAgainstEffect(Int128 total, double effect)
    {
        ScoreNull.ThrowUnlessEffect(effect);
        if (Rows == 0)
            return 0;
        double wanted = effect * Math.Sqrt(Rows) * StandardDeviation;
        if (wanted >= (1 - 1e-12) * LargestExcess)
            return double.NaN;
        double high = 1 / StandardDeviation;
        while (Shift(high) < wanted)
            high *= 2;
        double tilt = Bisection.First(0.0, high, value => Shift(value) >= wanted);
        return Centred(tilt) - (tilt * Excess(total));
    }

    public override Effect Effect(Int128 total) =>
        Rows == 0 ? new Effect(double.NaN, null, double.NaN) : new Effect((double)total / Rows, null, Mean / Rows);

    public override double SmallestEffect(double logThreshold, double power)
    {
        Validate(logThreshold, power);
        if (Rows == 0 || LogE(LargestExcess) < logThreshold)
            return double.NaN;
        double critical = Bisection.First(0.0, LargestExcess, excess => LogE(excess) >= logThreshold);
        double needed = critical - (NormalTail.UpperQuantile(Math.Log(power)) * StandardDeviation);
        return Math.Max(0, needed / Rows);
    }

    public override long? RowsNeeded(double effect, double logThreshold, double power)
    {
        Validate(effect, logThreshold, power);
        double smallest = SmallestEffect(logThreshold, power);
        return double.IsNaN(smallest) ? null : Scale(Rows, smallest, effect);
    }

    public override double PowerOf(double effect, double logThreshold)
    {
        Validate(effect, logThreshold, 0.5);
        if (Rows == 0 || LogE(LargestExcess) < logThreshold)
            return 0;
        double critical = Bisection.First(0.0, LargestExcess, excess => LogE(excess) >= logThreshold);
        return Math.Exp(NormalTail.LogUpper((critical - (effect * Rows)) / StandardDeviation));
    }

    /// <summary>The excess if all coins of positive weight are green and none of negative weight is.</summary>
    private double LargestExcess { get; }

    /// <summary>T − gamma·Σw, exact before the one division.</summary>
    private double Excess(Int128 total) => (double)((total * gamma.Denominator) - ((Int128)weightSum * gamma.Numerator)) / gamma.Denominator;

    private double Tilt(int index) => Math.ScaleB((index & 1) == 0 ? 1 : Math.Sqrt(2), index >> 1) / StandardDeviation;

    private double LogE(double excess)
    {
        double[] known = cumulants.Value;
        double main = Math.Log(0.9 / MainTilts);
        double rest = Math.Log(0.1 / (known.Length - MainTilts));
        Span<double> exponents = stackalloc double[known.Length];
        for (int i = 0; i < exponents.Length; i++)
            exponents[i] = (Tilt(i) * excess) - known[i] + (i < MainTilts ? main : rest);
        return TiltMixtureEValue.LogSum(exponents);
    }

    /// <summary>K(θ) − θ·E[T], summed over the coins.</summary>
    private double Centred(double tilt)
    {
        double sum = 0;
        foreach (WeightClass item in coins)
            sum += item.Count * Cumulant.Bernoulli(tilt * item.Weight, p);
        return sum;
    }

    /// <summary>The rise of the total's mean under a tilt.</summary>
    private double Shift(double tilt)
    {
        double sum = 0;
        foreach (WeightClass item in coins)
            sum += item.Count * (item.Weight * Cumulant.BernoulliShift(tilt * item.Weight, p));
        return sum;
    }
}
