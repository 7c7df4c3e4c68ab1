using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Figures;

/// <summary>How probable support is for an effect of each size, with this amount of text.</summary>
internal static class PowerFigure
{
    private const string Title = "Which effects this amount of text can show";

    /// <summary>The figure.</summary>
    /// <param name="points">Excess over H0, the rows needed (null where no number is known) and the probability of support at this size.</param>
    /// <param name="power">The probability that the rows needed are stated for.</param>
    /// <param name="interest">The smallest effect that matters.</param>
    /// <param name="found">The effect that was found; NaN for none.</param>
    /// <param name="unit">The effect's unit.</param>
    /// <param name="missing">Why there are no points; null where there are some.</param>
    public static Figure Create(IReadOnlyList<(double Effect, long? RowsNeeded, double Probability)> points, double power, double interest, double found, string unit, string? missing = null)
    {
        if (missing is not null)
            return Figure.Missing(Title, missing);
        if (points.Count < 2 || points.Any(point => !double.IsFinite(point.Effect) || !double.IsFinite(point.Probability)))
            return Figure.Missing(Title, "The probability of support is not known for two effects or more, so nothing is drawn.");
        return new Figure(Title, $"The line says how often this amount of text ends in support, for each excess in the {unit}. The dotted line is the smallest effect that matters, {Numbers.Of(interest, 3)}{(double.IsFinite(found) ? $"; the diamond on the axis is the excess that was found, {Numbers.Of(found, 3)}" : string.Empty)}. Numbers of rows are given for a probability of {Numbers.Of(power, 2)}, the dashed line.")
        {
            Columns = ["Excess", "Probability of support", "Rows needed"],
            Rows = [.. points.Select(point => (IReadOnlyList<string>)[Numbers.Of(point.Effect, 3), Numbers.Of(point.Probability, 3), point.RowsNeeded is { } rows ? Numbers.Count(rows) : Numbers.None])],
        }.Drawn(
            canvas =>
            {
                double last = Math.Max(points[^1].Effect, interest * 1.05);
                Plot plot = Plot.Draw(canvas, Scale.Round(0, last, canvas.IsNarrow ? 5 : 8, tight: false), $"excess in the {unit}", Scale.Round(0, 1, 5), "probability of support", linesAbove: 1);
                canvas.Path([.. points.Select(point => (plot.X(point.Effect), plot.Y(point.Probability)))], "curve");
                plot.Mark(interest, "smallest effect that matters", "dotted");
                plot.Threshold(power, Numbers.Percent(power));
                if (double.IsFinite(found) && found >= plot.XScale.Low && found <= plot.XScale.High)
                {
                    canvas.Diamond(plot.X(found), plot.Frame.Bottom, "dot");
                    canvas.TextAtFree("found", "t strong", (plot.X(found) + 9, plot.Frame.Bottom - 8, Anchor.Start), (plot.X(found) - 9, plot.Frame.Bottom - 8, Anchor.End));
                }

                return canvas.Finish();
            },
            wideHeight: 260,
            narrowHeight: 240);
    }
}
