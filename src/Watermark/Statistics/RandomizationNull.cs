using System.Numerics;
using System.Runtime.InteropServices;

namespace Watermark.Statistics;

/// <summary>
/// The distribution of Σ_u x_u[a_u], where every a_u was drawn uniformly and independently among the K choices of its unit, and
/// the scores x were fixed without looking at the draws: exact randomisation inference (Fisher 1935).
/// </summary>
/// <remarks>
/// <para>The sum is tilted exponentially so that its mean lies at the total, and the tilted distribution is built unit by unit from
/// positive terms: P(T ≥ t) = e^(Σ K_u(θ) − θt)·Σ_{s ≥ t} P_θ(s)·e^(−θ(s − t)). Nothing is sampled, so the p-value has no floor.</para>
/// <para>The e-value is the mean of exp(θ·T − Σ K_u(θ)) over tilts of 2^(j/2) standard deviations, j = 0 … 11, each with expectation
/// exactly 1.</para>
/// </remarks>
public sealed class RandomizationNull
{
    /// <summary>The prior of the e-value with its version.</summary>
    public const string Prior = "tilt-grid 1";

    /// <summary>The most units times the span of sums: what bounds time and memory.</summary>
    public const long Budget = 4_000_000_000;

    private const int Tilts = 12;
    private const double SteepestTilt = 60;

    private readonly int[][] scores;
    private readonly long least;
    private readonly long greatest;

    /// <summary>Creates it.</summary>
    /// <param name="scores">For every unit the score of each of its choices; at least one choice a unit.</param>
    /// <exception cref="ArgumentException">A unit has no choice, or units times span is above <see cref="Budget"/>.</exception>
    public RandomizationNull(IReadOnlyList<int[]> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        if (scores.Any(unit => unit.Length == 0))
            throw new ArgumentException("Every unit needs at least one choice.", nameof(scores));
        this.scores = [.. scores.Where(unit => unit.Max() > unit.Min())];
        long fixedPart = scores.Where(unit => unit.Max() == unit.Min()).Sum(unit => (long)unit[0]);
        least = fixedPart + this.scores.Sum(unit => (long)unit.Min());
        greatest = fixedPart + this.scores.Sum(unit => (long)unit.Max());
        if ((greatest - least + 1) * Math.Max(1, this.scores.Length) > Budget)
            throw new ArgumentException($"The sums of {this.scores.Length} units span {greatest - least}; units times span may be at most {Budget}. Round the scores.", nameof(scores));
        Mean = fixedPart + this.scores.Sum(unit => unit.Average());
        StandardDeviation = Math.Sqrt(this.scores.Sum(Variance));
    }

    /// <summary>Units whose choices have different scores; the others say nothing.</summary>
    public int Units => scores.Length;

    /// <summary>The mean of the sum.</summary>
    public double Mean { get; }

    /// <summary>Its standard deviation.</summary>
    public double StandardDeviation { get; }

    /// <summary>ln P(T ≥ total).</summary>
    /// <param name="total">The observed sum.</param>
    /// <returns>At most 0; exact to about 1e-10.</returns>
    /// <exception cref="ArgumentOutOfRangeException">No draw gives so large a sum.</exception>
    public double LogUpperTail(long total)
    {
        if (total > greatest)
            throw new ArgumentOutOfRangeException(nameof(total), total, $"The largest sum is {greatest}.");
        if (total <= least)
            return 0;
        double tilt = TiltFor(total);
        double[] sums = Distribution(tilt);
        double tail = 0;
        for (long s = greatest - least; s >= total - least; s--)
            tail += sums[s] * Math.Exp(-tilt * (s - (total - least)));
        return Math.Min(0, Cumulant(tilt) - (tilt * (total - Mean)) + Math.Log(tail));
    }

    /// <summary>ln of the e-value.</summary>
    /// <param name="total">The observed sum.</param>
    public double LogE(long total)
    {
        if (Units == 0)
            return 0;
        double[] logs = [.. Enumerable.Range(0, Tilts).Select(j => Math.Pow(2, j / 2.0) / StandardDeviation).Select(tilt => (tilt * (total - Mean)) - Cumulant(tilt))];
        return Multiplicity.LogMeanE(logs);
    }

    /// <summary>The smallest shift of every unit's mean that is found, in standard deviations of a unit, by the normal approximation.</summary>
    /// <param name="units">Units, at least 1.</param>
    /// <param name="logThreshold">ln of the e-value to reach, above 0.</param>
    /// <param name="power">The probability of reaching it, between 0 and 1.</param>
    public static double SmallestEffect(long units, double logThreshold, double power)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        return Deviations(logThreshold, power) / Math.Sqrt(units);
    }

    /// <summary>The units that find a shift of every unit's mean, by the normal approximation; null above 10^12.</summary>
    /// <param name="effect">The shift in standard deviations of a unit, above 0.</param>
    /// <param name="logThreshold">ln of the e-value to reach, above 0.</param>
    /// <param name="power">The probability of reaching it, between 0 and 1.</param>
    public static long? UnitsNeeded(double effect, double logThreshold, double power)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(effect);
        double needed = Math.Ceiling(Math.Pow(Deviations(logThreshold, power) / effect, 2));
        return needed <= 1e12 ? (long)needed : null;
    }

    /// <summary>A sum of z deviations gives an e-value of about z²/2 in logarithm, less what the grid of tilts costs.</summary>
    private static double Deviations(double logThreshold, double power)
    {
        if (!(logThreshold > 0))
            throw new ArgumentOutOfRangeException(nameof(logThreshold), logThreshold, "The log e-value to reach must be above 0.");
        if (!(power is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(power), power, "Power must lie strictly between 0 and 1.");
        return Math.Sqrt(2 * (logThreshold + Math.Log(Tilts))) + NormalTail.UpperQuantile(Math.Log(1 - power));
    }

    /// <summary>Σ ln E[e^(θ(x − mean))] over the units.</summary>
    private double Cumulant(double tilt)
    {
        double sum = 0;
        foreach (int[] unit in scores)
        {
            double mean = unit.Average();
            double top = tilt >= 0 ? unit.Max() - mean : unit.Min() - mean;
            double inner = 0;
            foreach (int score in unit)
                inner += Math.Exp(tilt * (score - mean - top));
            sum += (tilt * top) + Math.Log(inner / unit.Length);
        }

        return sum;
    }

    /// <summary>The tilt under which the mean of the sum is the total.</summary>
    private double TiltFor(long total)
    {
        double scale = SteepestTilt / scores.Min(unit => unit.Max() - unit.Min());
        if (total >= greatest)
            return scale;
        if (TiltedMean(0) >= total)
            return 0;
        return Bisection.First(0, scale, tilt => TiltedMean(tilt) >= total);
    }

    private double TiltedMean(double tilt)
    {
        double mean = greatest - least - scores.Sum(unit => (double)(unit.Max() - unit.Min())) + least;
        foreach (int[] unit in scores)
        {
            double top = unit.Max();
            double weight = 0, sum = 0;
            foreach (int score in unit)
            {
                double e = Math.Exp(tilt * (score - top));
                weight += e;
                sum += e * (score - unit.Min());
            }

            mean += sum / weight;
        }

        return mean;
    }

    /// <summary>The tilted probability of each sum, from the least on.</summary>
    private double[] Distribution(double tilt)
    {
        double[] sums = new double[greatest - least + 1];
        double[] next = new double[sums.Length];
        sums[0] = 1;
        int span = 0;
        foreach (int[] unit in scores)
        {
            int low = unit.Min();
            double top = unit.Max();
            double weight = unit.Sum(score => Math.Exp(tilt * (score - top)));
            int range = (int)top - low;
            next.AsSpan(0, span + range + 1).Clear();
            foreach (IGrouping<int, int> group in unit.GroupBy(score => score))
                Accumulate(sums.AsSpan(0, span + 1), group.Count() * Math.Exp(tilt * (group.Key - top)) / weight, next.AsSpan(group.Key - low, span + 1));
            span += range;
            (sums, next) = (next, sums);
        }

        return sums;
    }

    /// <summary>Adds factor·source; multiplication and addition are rounded one by one, the same in every vector width.</summary>
    private static void Accumulate(ReadOnlySpan<double> source, double factor, Span<double> target)
    {
        target = target[..source.Length];
        int done = 0;
        ref double from = ref MemoryMarshal.GetReference(source);
        ref double to = ref MemoryMarshal.GetReference(target);
        for (; done <= source.Length - Vector<double>.Count; done += Vector<double>.Count)
            Vector.StoreUnsafe((Vector.LoadUnsafe(ref from, (nuint)done) * factor) + Vector.LoadUnsafe(ref to, (nuint)done), ref to, (nuint)done);
        for (; done < source.Length; done++)
            target[done] += source[done] * factor;
    }

    private static double Variance(int[] unit)
    {
        double mean = unit.Average();
        return unit.Sum(score => (score - mean) * (score - mean)) / unit.Length;
    }
}
