using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Figures;

/// <summary>A row of a figure with a name for each row.</summary>
/// <param name="Name">The name, of any length.</param>
/// <param name="Value">The value; NaN where there is none.</param>
/// <param name="Low">The lower end of its interval; NaN where there is none.</param>
/// <param name="High">The upper end of its interval; NaN where there is none.</param>
/// <param name="IsStrong">Whether the row is set off.</param>
internal sealed record FigureRow(string Name, double Value, double Low, double High, bool IsStrong);

/// <summary>The suspect beside its controls: estimates with intervals.</summary>
internal static class IntervalsFigure
{
    /// <summary>The figure.</summary>
    /// <param name="rows">The rows, the suspect first.</param>
    /// <param name="nullValue">The value expected under H0.</param>
    /// <param name="unit">The unit.</param>
    public static Figure Create(IReadOnlyList<FigureRow> rows, double nullValue, string unit)
    {
        string title = $"The {unit} of the suspect and the controls";
        FigureRow[] drawn = [.. rows.Where(row => double.IsFinite(row.Value))];
        if (drawn.Length == 0 || !double.IsFinite(nullValue))
            return Figure.Missing(title, "Nothing was measured, so nothing is drawn.");
        return new Figure(title, $"Each dot is an estimate and each bar its 95 % interval, where one is known. The dashed line is what chance gives, {Numbers.Of(nullValue)}. A control should lie around that line.")
        {
            Columns = ["Text of", "Estimate", "95 % interval"],
            Rows = [.. drawn.Select(row => (IReadOnlyList<string>)[PlainCharacters.Name(row.Name), Numbers.Of(row.Value), HasInterval(row) ? Numbers.Interval(row.Low, row.High) : Numbers.None])],
        }.Drawn(canvas =>
        {
            double low = Math.Min(nullValue, drawn.Min(row => HasInterval(row) ? Math.Min(row.Low, row.Value) : row.Value));
            double high = Math.Max(nullValue, drawn.Max(row => HasInterval(row) ? Math.Max(row.High, row.Value) : row.Value));
            double pad = Math.Max((high - low) * 0.05, Math.Abs(nullValue) * 0.01);
            var rowsPlot = RowPlot.Draw(canvas, [.. drawn.Select(row => row.Name)], Scale.Round(low - pad, high + pad, canvas.IsNarrow ? 5 : 8), unit);
            rowsPlot.Mark(nullValue, $"chance: {Numbers.Of(nullValue, 3)}");
            for (int i = 0; i < drawn.Length; i++)
            {
                double y = rowsPlot.Middle(i);
                if (HasInterval(drawn[i]))
                {
                    canvas.Line(rowsPlot.X(drawn[i].Low), y, rowsPlot.X(drawn[i].High), y, "whisker");
                    canvas.Line(rowsPlot.X(drawn[i].Low), y - 5, rowsPlot.X(drawn[i].Low), y + 5, "whisker");
                    canvas.Line(rowsPlot.X(drawn[i].High), y - 5, rowsPlot.X(drawn[i].High), y + 5, "whisker");
                }

                if (drawn[i].IsStrong)
                    canvas.Diamond(rowsPlot.X(drawn[i].Value), y, "dot");
                else
                    canvas.Circle(rowsPlot.X(drawn[i].Value), y, 4.5, "ring");
            }

            return rowsPlot.Finish();
        });
    }

    private static bool HasInterval(FigureRow row) => double.IsFinite(row.Low) && double.IsFinite(row.High);
}

/// <summary>Findings in order of their likelihood ratio: which account, key or suspect stands out.</summary>
internal static class RankingFigure
{
    private const string Title = "The findings in order of their likelihood ratios";
    private static readonly double Ln10 = Math.Log(10);

    /// <summary>The figure.</summary>
    /// <param name="rows">Names with ln e, the largest first; a strong row supports H1.</param>
    /// <param name="logThreshold">ln of the e-value that support needs.</param>
    /// <param name="most">The most rows that are drawn.</param>
    public static Figure Create(IReadOnlyList<FigureRow> rows, double logThreshold, int most)
    {
        FigureRow[] usable = [.. rows.Where(row => double.IsFinite(row.Value))];
        if (usable.Length < 2 || !double.IsFinite(logThreshold))
            return Figure.Missing(Title, "There are fewer than two findings with a likelihood ratio, so nothing is drawn.");
        FigureRow[] drawn = usable.Length <= most ? usable : usable[..most];
        string others = usable.Length > most ? $" The strongest {most} of {Numbers.Count(usable.Length)} are drawn." : string.Empty;
        return new Figure(Title, $"Bars to the right speak for H1, bars to the left against it, on a logarithmic scale. The dashed line is the ratio that support needs, {Numbers.FromLn(logThreshold)}, which counts every test. Filled bars are findings that support H1.{others}")
        {
            Columns = ["Finding", "Likelihood ratio", "ln e"],
            Rows = [.. drawn.Select(row => (IReadOnlyList<string>)[PlainCharacters.Name(row.Name), Numbers.FromLn(row.Value), Numbers.Ln(row.Value)])],
        }.Drawn(canvas =>
        {
            double threshold = logThreshold / Ln10;
            double low = Math.Min(-1, drawn.Min(row => row.Value) / Ln10);
            double high = Math.Max(threshold + 1, drawn.Max(row => row.Value) / Ln10);
            var plot = RowPlot.Draw(canvas, [.. drawn.Select(row => row.Name)], Scale.Powers(low, high, canvas.IsNarrow ? 5 : 8), "likelihood ratio");
            for (int i = 0; i < drawn.Length; i++)
            {
                double at = plot.X(drawn[i].Value / Ln10);
                double zero = plot.X(0);
                canvas.Rectangle(new Box(Math.Min(at, zero), plot.Middle(i) - 6, Math.Max(at, zero), plot.Middle(i) + 6), drawn[i].IsStrong ? "bar strong" : "bar hollow");
            }

            canvas.Line(plot.X(0), plot.Frame.Top, plot.X(0), plot.Frame.Bottom, "zero");
            plot.Mark(threshold, $"support: {Numbers.FromLn(logThreshold).Replace("^", string.Empty, StringComparison.Ordinal)}");
            return plot.Finish();
        });
    }
}

/// <summary>A frame with a row for each name: the name beside the row, or above it where the page is narrow.</summary>
internal sealed class RowPlot
{
    private const double Gap = 6;

    private readonly Canvas canvas;
    private readonly IReadOnlyList<string> names;
    private readonly Scale scale;
    private readonly double rowHeight;

    private RowPlot(Canvas canvas, Box frame, IReadOnlyList<string> names, Scale scale, double rowHeight)
    {
        this.canvas = canvas;
        this.names = names;
        this.scale = scale;
        this.rowHeight = rowHeight;
        Frame = frame;
    }

    /// <summary>The rectangle of the rows.</summary>
    public Box Frame { get; }

    /// <summary>Draws the frame and the axis; the canvas becomes as high as the rows need.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="names">The names.</param>
    /// <param name="scale">The horizontal axis.</param>
    /// <param name="axis">Its name.</param>
    public static RowPlot Draw(Canvas canvas, IReadOnlyList<string> names, Scale scale, string axis)
    {
        double rowHeight = canvas.IsNarrow ? (2 * canvas.LineHeight) + 8 : canvas.LineHeight + 10;
        double longest = names.Max(name => canvas.WidthOf(canvas.Fit(name, canvas.Width * 0.36)));
        double edge = Math.Ceiling(Math.Max(canvas.WidthOf(scale.Ticks[0].Label), canvas.WidthOf(scale.Ticks[^1].Label)) / 2);
        double top = (1.5 * canvas.LineHeight) + Gap;
        var frame = new Box(
            canvas.IsNarrow ? Math.Max(Gap, edge) : Math.Max(edge, Math.Ceiling(longest) + (2 * Gap)),
            top,
            canvas.Width - Math.Max(Gap, edge),
            top + (names.Count * rowHeight));
        canvas.Resize(frame.Bottom + (2.5 * canvas.LineHeight) + Gap);
        var plot = new RowPlot(canvas, frame, names, scale, rowHeight);
        foreach (Tick tick in scale.Ticks)
        {
            double at = plot.X(tick.Value);
            canvas.Line(at, frame.Top, at, frame.Bottom, "grid");
            if (canvas.IsFree(at, frame.Bottom + canvas.LineHeight + 2, tick.Label, Anchor.Middle))
                canvas.Text(at, frame.Bottom + canvas.LineHeight + 2, tick.Label, Anchor.Middle);
        }

        canvas.Text(frame.Right + edge, canvas.Height - (0.4 * canvas.FontSize), canvas.Fit(axis, canvas.Width), Anchor.End, "t axis");
        return plot;
    }

    /// <summary>Writes the names, over the lines that cross them, and finishes the drawing.</summary>
    public Drawing Finish()
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (canvas.IsNarrow)
                canvas.Text(0, Frame.Top + (i * rowHeight) + canvas.LineHeight, canvas.Fit(names[i], canvas.Width), Anchor.Start, "t halo");
            else
                canvas.Text(Frame.Left - Gap, Middle(i) + (0.35 * canvas.FontSize), canvas.Fit(names[i], Frame.Left - (2 * Gap)), Anchor.End);
        }

        return canvas.Finish();
    }

    /// <summary>The place of a value.</summary>
    /// <param name="value">The value.</param>
    public double X(double value) => scale.At(value, Frame.Left, Frame.Right);

    /// <summary>The height at which a row's value is drawn.</summary>
    /// <param name="row">The row's index.</param>
    public double Middle(int row) => Frame.Top + ((row + (canvas.IsNarrow ? 0.72 : 0.5)) * rowHeight);

    /// <summary>Draws a dashed line over all rows and labels it above them.</summary>
    /// <param name="value">Its value.</param>
    /// <param name="label">Its name.</param>
    public void Mark(double value, string label)
    {
        double at = X(value);
        double half = canvas.WidthOf(label) / 2;
        canvas.Line(at, Frame.Top, at, Frame.Bottom, "threshold");
        canvas.TextAtFree(label, "t threshold-label", (Math.Clamp(at, half, canvas.Width - half), Frame.Top - 5, Anchor.Middle));
    }
}
