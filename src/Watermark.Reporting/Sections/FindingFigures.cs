using Watermark.Forensics.Findings;
using Watermark.Reporting.Figures;

namespace Watermark.Reporting.Sections;

/// <summary>The figures of findings, from their numbers.</summary>
internal static class FindingFigures
{
    /// <summary>The suspect beside its controls.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="most">The most controls that are drawn.</param>
    public static Figure Intervals(Finding finding, int most) => IntervalsFigure.Create(
        [Row(finding, $"suspect: {finding.Title}", isStrong: true), .. finding.Controls.Take(most).Select(control => Row(control, $"control: {control.Title}", isStrong: false))],
        finding.Effect.NullValue,
        finding.Effect.Unit);

    /// <summary>The findings in order of their likelihood ratios, without those that are blocked.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="most">The most findings that are drawn.</param>
    public static Figure Ranking(Verdict verdict, int most)
    {
        IEnumerable<FigureRow> rows = verdict.Findings.Where(finding => !finding.IsBlocked)
            .OrderByDescending(finding => finding.LogE)
            .Select(finding => new FigureRow(finding.Title, finding.LogE, double.NaN, double.NaN, finding.Outcome == Outcome.Support));
        return RankingFigure.Create([.. rows], verdict.Findings.Max(finding => finding.LogThreshold), most);
    }

    /// <summary>The key among random keys; null where no histogram was kept.</summary>
    /// <param name="finding">The finding.</param>
    public static Figure? RandomKeys(Finding finding)
    {
        if (finding.Panel is not { Histogram: { } histogram } panel)
            return null;

        // The total under the key, from the effect: its expectation under the null that decides is known in points.
        double expected = finding.NullName == Measurement.RandomKeysNull ? panel.Mean : panel.TheoryMean;
        double own = ((finding.Effect.Estimate / finding.Effect.NullValue * expected) - panel.TheoryMean) / panel.TheoryStandardDeviation;
        return RandomKeysFigure.Create(new Bins(histogram.Low, histogram.BinWidth, [.. histogram.Counts]), panel.Count, own, panel.Rank);
    }

    private static FigureRow Row(Measurement measurement, string name, bool isStrong)
    {
        EffectInterval? interval = measurement.Effect.ReplyInterval ?? measurement.Effect.Interval;
        return new FigureRow(name, measurement.Effect.Estimate, interval?.Low ?? double.NaN, interval?.High ?? double.NaN, isStrong);
    }
}
