using System.Globalization;
using Watermark.Statistics;

namespace Watermark.Scoring;

/// <summary>
/// Independent rows, or coins, of one distribution: p-value, e-value and acquittal are those of the row null.
/// </summary>
/// <remarks>
/// Power is exact for green counts and for Gumbel scores (assuming that the suspect's scores are exponential with a higher
/// mean); for the others it is a normal approximation.
/// </remarks>
internal sealed class TotalNullOfRows : TotalNull
{
    private readonly ScoreNull row;

    public TotalNullOfRows(ScoreNull rowNull, long rows)
    {
        ArgumentNullException.ThrowIfNull(rowNull);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, MaximumRows);
        (row, Rows) = (rowNull, rows);
    }

    public override string Name => row.Name;

    public override string Description => string.Create(CultureInfo.InvariantCulture, $"{row.Description}, n = {Rows:N0}");

    public override string Prior => "log-grid 1";

    public override long Rows { get; }

    public override long UnitsPerPoint => row.UnitsPerPoint;

    public override double Mean => Rows * row.Mean;

    public override double StandardDeviation => Math.Sqrt(Rows * row.Variance);

    public override bool IsAnytime => true;

    public override TotalTest Test(Int128 total)
    {
        ScoreTest test = row.Test(Rows, total);
        return new TotalTest(test.LogP, test.Method, test.Z, test.LogE);
    }

    public override double LogEAgainstEffect(Int128 total, double effect) => row.LogEAgainstEffect(Rows, total, effect);

    public override Effect Effect(Int128 total) => Rows == 0
        ? new Effect(double.NaN, null, row.Mean)
        : new Effect((double)total / row.UnitsPerPoint / Rows, row.Interval(Rows, total, Confidence), row.Mean);

    public override double SmallestEffect(double logThreshold, double power)
    {
        Validate(logThreshold, power);
        return CriticalTotal(Rows, logThreshold) is { } critical ? Math.Max(0, row.EffectReaching(Rows, critical, power)) : double.NaN;
    }

    /// <remarks>
    /// Totals are whole, so power as a function of n has the shape of a saw: this n has the power and n − 1 does not; a few
    /// rows more may have slightly less.
    /// </remarks>
    public override long? RowsNeeded(double effect, double logThreshold, double power)
    {
        Validate(effect, logThreshold, power);
        bool Suffices(long rows) => CriticalTotal(rows, logThreshold) is { } critical && row.Power(rows, critical, effect) >= power;
        long high = 1;
        while (!Suffices(high))
        {
            if (high == MaximumRows)
                return null;
            high = Math.Min(MaximumRows, high * 2);
        }

        return Bisection.First(high / 2, high, Suffices);
    }

    public override double PowerOf(double effect, double logThreshold)
    {
        Validate(effect, logThreshold, 0.5);
        return CriticalTotal(Rows, logThreshold) is { } critical ? row.Power(Rows, critical, effect) : 0;
    }

    /// <summary>The smallest total whose e-value reaches the threshold; null where none does.</summary>
    private Int128? CriticalTotal(long rows, double logThreshold)
    {
        if (rows == 0)
            return null;
        bool Reaches(Int128 total) => row.LogE(rows, total) >= logThreshold;
        // At its mean a total has an e-value of at most 1: there every likelihood ratio is at most 1.
        var low = (Int128)(rows * row.Mean * row.UnitsPerPoint);
        if (row.LargestTotal(rows) is { } largest)
            return Reaches(largest) ? Bisection.First(low, largest, Reaches) : null;
        Int128 step = row.UnitsPerPoint;
        while (!Reaches(low + step))
            step *= 2;
        return Bisection.First(low, low + step, Reaches);
    }
}
