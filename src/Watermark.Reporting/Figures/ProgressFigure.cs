using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Figures;

/// <summary>The evidence while text is added: the likelihood ratio on a logarithmic scale, with what support needs.</summary>
internal static class ProgressFigure
{
    private const string Title = "How the evidence grew as text was read";
    private const int MostRows = 25;
    private static readonly double Ln10 = Math.Log(10);

    /// <summary>The figure.</summary>
    /// <param name="points">Replies, scored coins and ln e, in order.</param>
    /// <param name="logThreshold">ln of the e-value that support needs.</param>
    /// <param name="tests">The number of tests in the threshold.</param>
    /// <param name="missing">Why there are no points; null where there are some.</param>
    public static Figure Create(IReadOnlyList<(long Replies, long Scored, double LogE)> points, double logThreshold, long tests, string? missing = null)
    {
        if (missing is not null)
            return Figure.Missing(Title, missing);
        if (points.Count < 2 || points[^1].Scored <= 0 || points.Any(point => !double.IsFinite(point.LogE)) || !double.IsFinite(logThreshold))
            return Figure.Missing(Title, "There are fewer than two points with a likelihood ratio, so nothing is drawn.");
        double threshold = logThreshold / Ln10;
        double end = points[^1].LogE / Ln10;
        string needs = $"{Numbers.Of(Math.Pow(10, threshold), 3)}";
        bool reached = points.Any(point => point.LogE >= logThreshold);
        string description = $"The line is the likelihood ratio (e-value) after each part of the replies. The dashed line is the ratio that support needs, {needs}"
            + (tests > 1 ? $", with the {Numbers.Count(tests)} tests counted. " : ". ")
            + (reached ? "The line reaches it." : "The line does not reach it.")
            + $" It ends at {Numbers.FromLn(points[^1].LogE)}.";
        return new Figure(Title, description)
        {
            Columns = ["Replies", "Scored tokens", "ln e", "Likelihood ratio"],
            Rows =
            [
                .. Thinned(points).Select(point => (IReadOnlyList<string>)[Numbers.Count(point.Replies), Numbers.Count(point.Scored), Numbers.Ln(point.LogE), Numbers.FromLn(point.LogE)]),
            ],
        }.Drawn(canvas =>
        {
            double low = Math.Min(-1, points.Min(point => point.LogE) / Ln10);
            double high = Math.Max(threshold + 1, points.Max(point => point.LogE) / Ln10);
            Plot plot = Plot.Draw(canvas, Scale.Round(0, points[^1].Scored, canvas.IsNarrow ? 4 : 7, whole: true), "scored tokens", Scale.Powers(low, high, 7), "likelihood ratio");
            canvas.Line(plot.Frame.Left, plot.Y(0), plot.Frame.Right, plot.Y(0), "zero");
            (double X, double Y)[] line = [(plot.X(0), plot.Y(0)), .. points.Select(point => (plot.X(point.Scored), plot.Y(point.LogE / Ln10)))];
            canvas.Path(line, "curve");
            canvas.Circle(line[^1].X, line[^1].Y, 4.5, "dot");
            string last = Ends(end);
            canvas.TextAtFree(last, "t strong", (line[^1].X - 9, line[^1].Y - 7, Anchor.End), (line[^1].X - 9, line[^1].Y + canvas.LineHeight, Anchor.End));
            plot.Threshold(threshold, $"support needs {needs}");
            return canvas.Finish();
        });
    }

    private static string Ends(double log10) => log10 is > -4 and < 6 ? Numbers.Of(Math.Pow(10, log10), 3) : Numbers.PowerLabel(Math.Floor(log10));

    private static IEnumerable<T> Thinned<T>(IReadOnlyList<T> points)
    {
        int step = Math.Max(1, (points.Count + MostRows - 2) / (MostRows - 1));
        for (int i = 0; i < points.Count - 1; i += step)
            yield return points[i];
        yield return points[^1];
    }
}
