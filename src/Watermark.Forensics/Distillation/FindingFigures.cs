using Watermark.Forensics.Findings;
using Watermark.NGrams;
using Watermark.Scoring;
using Watermark.Statistics;

namespace Watermark.Forensics.Distillation;

/// <summary>
/// The data of a finding's figures. Values that logarithms decide are rounded to 1e-6, so that a last bit that differs
/// between machines is not seen.
/// </summary>
internal static class FindingFigures
{
    private const int Bins = 40;

    /// <summary>The power curve begins at the effect of interest over 2^4 and ends at the effect times 2^4.</summary>
    private const int Octaves = 4;

    /// <summary>Edges so many standard deviations from the mean have a tail below 1e-30.</summary>
    private const double Certain = 12;

    private const double Band = 1.96;

    /// <summary>The e-value as documents are added.</summary>
    /// <param name="documents">Rows and totals by document.</param>
    /// <param name="rowNull">The null of a row.</param>
    public static IReadOnlyList<ProgressPoint> Progress(IReadOnlyList<KeyTotal> documents, ScoreNull rowNull)
    {
        int points = Math.Min(documents.Count, FindingDetails.MostProgress);
        var progress = new ProgressPoint[points];
        (long rows, Int128 total, int next) = (0, 0, 0);
        for (int point = 0; point < points; point++)
        {
            int end = (int)((long)(point + 1) * documents.Count / points);
            for (; next < end; next++)
                (rows, total) = (rows + documents[next].Rows, total + documents[next].Total);
            double logE = TotalNull.For(rowNull, rows).Test(total).LogE;
            progress[point] = new ProgressPoint(next, rows, point == points - 1 ? logE : Rounded(logE));
        }

        return progress;
    }

    /// <summary>Documents by their green fraction, and what H0 lets expect.</summary>
    /// <param name="documents">Rows and totals by document; each has at least one row.</param>
    /// <param name="rowNull">The null of a row, which counts ones.</param>
    public static DocumentHistogram Documents(IReadOnlyList<KeyTotal> documents, ScoreNull rowNull)
    {
        var counts = new int[Bins];
        foreach (KeyTotal document in documents)
            counts[Bin((long)document.Total, document.Rows * rowNull.TrialsPerRow)]++;
        (double[] expected, double[] variance) = (new double[Bins], new double[Bins]);
        foreach ((long rows, int number) in documents.CountBy(document => document.Rows).OrderBy(item => item.Key))
        {
            double above = 1;
            for (int bin = 0; bin < Bins; bin++)
            {
                double next = bin == Bins - 1 ? 0 : TailFrom(rows, bin + 1, rowNull);
                double share = above - next;
                above = next;
                expected[bin] += number * share;
                variance[bin] += number * share * (1 - share);
            }
        }

        return new DocumentHistogram(
            counts,
            [.. expected.Select(Rounded)],
            [.. expected.Select((mean, bin) => Rounded(Math.Max(0, mean - (Band * Math.Sqrt(variance[bin])))))],
            [.. expected.Select((mean, bin) => Rounded(Math.Min(documents.Count, mean + (Band * Math.Sqrt(variance[bin])))))]);
    }

    /// <summary>The power of the rule by effect.</summary>
    /// <param name="null0">The deciding null.</param>
    /// <param name="power">The effect of interest, and the threshold and the power that rows are stated for.</param>
    /// <param name="scale">Units of effect in a point.</param>
    public static IReadOnlyList<PowerPoint> Power(TotalNull null0, PowerStatement power, double scale)
    {
        double quarter = Math.Sqrt(Math.Sqrt(2));
        double[] steps = [1, quarter, Math.Sqrt(2), Math.Sqrt(2) * quarter];
        var points = new List<PowerPoint>();
        for (int i = 0; i <= 2 * Octaves * steps.Length; i++)
        {
            double effect = Math.ScaleB(power.EffectOfInterest / scale, (i / steps.Length) - Octaves) * steps[i % steps.Length];
            points.Add(new PowerPoint(effect * scale, null0.RowsNeeded(effect, power.LogThreshold, power.Power), Rounded(null0.PowerOf(effect, power.LogThreshold))));
        }

        return points;
    }

    /// <summary>Coins by weight.</summary>
    /// <param name="classes">The weights, ascending; at least one.</param>
    public static WeightHistogram Weights(IReadOnlyList<WeightClass> classes)
    {
        (long low, long high) = (classes[0].Weight, classes[^1].Weight);
        long width = (high - low) / FindingDetails.MostBins + 1;
        var counts = new long[(int)((high - low) / width) + 1];
        foreach (WeightClass item in classes)
            counts[(int)((item.Weight - low) / width)] += item.Count;
        return new WeightHistogram(low, width, counts);
    }

    private static int Bin(long ones, long trials) => Math.Min(Bins - 1, (int)(ones * Bins / trials));

    /// <summary>P(a document's fraction lies in the bin or above).</summary>
    private static double TailFrom(long rows, int bin, ScoreNull rowNull)
    {
        long trials = rows * rowNull.TrialsPerRow;
        long least = ((bin * trials) + Bins - 1) / Bins;
        double z = (least - (rows * rowNull.Mean)) / Math.Sqrt(rows * rowNull.Variance);
        return z > Certain ? 0 : z < -Certain ? 1 : Math.Exp(rowNull.Test(rows, least).LogP);
    }

    private static double Rounded(double value) => Math.Round(value, 6);
}
