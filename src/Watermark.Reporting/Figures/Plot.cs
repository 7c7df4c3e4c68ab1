namespace Watermark.Reporting.Figures;

/// <summary>A frame with two axes, and the places of values in it.</summary>
internal sealed class Plot
{
    private const double Gap = 6;

    private readonly Canvas canvas;

    private Plot(Canvas canvas, Box frame, Scale x, Scale y)
    {
        this.canvas = canvas;
        Frame = frame;
        XScale = x;
        YScale = y;
    }

    /// <summary>The rectangle of the values.</summary>
    public Box Frame { get; }

    /// <summary>The horizontal axis.</summary>
    public Scale XScale { get; }

    /// <summary>The vertical axis.</summary>
    public Scale YScale { get; }

    /// <summary>Draws the axes: the name of the vertical one stands above it, that of the horizontal one below it.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="x">The horizontal axis.</param>
    /// <param name="xName">Its name.</param>
    /// <param name="y">The vertical axis.</param>
    /// <param name="yName">Its name.</param>
    /// <param name="linesAbove">Lines kept free above the frame, for labels.</param>
    public static Plot Draw(Canvas canvas, Scale x, string xName, Scale y, string yName, int linesAbove = 0)
    {
        double widest = y.Ticks.Count == 0 ? 0 : y.Ticks.Max(tick => canvas.WidthOf(tick.Label));
        double lastLabel = x.Ticks.Count == 0 ? 0 : canvas.WidthOf(x.Ticks[^1].Label) / 2;
        double firstLabel = x.Ticks.Count == 0 ? 0 : canvas.WidthOf(x.Ticks[0].Label) / 2;
        var frame = new Box(
            Math.Max(Math.Ceiling(widest) + (2 * Gap), Math.Ceiling(firstLabel)),
            ((1.5 + linesAbove) * canvas.LineHeight) + Gap,
            canvas.Width - Math.Max(Gap, Math.Ceiling(lastLabel)),
            canvas.Height - (2.5 * canvas.LineHeight) - Gap);
        var plot = new Plot(canvas, frame, x, y);
        canvas.Text(0, canvas.FontSize, canvas.Fit(yName, canvas.Width), Anchor.Start, "t axis");
        canvas.Text(frame.Right + lastLabel, canvas.Height - (0.4 * canvas.FontSize), canvas.Fit(xName, canvas.Width), Anchor.End, "t axis");
        foreach (Tick tick in y.Ticks)
        {
            double at = plot.Y(tick.Value);
            canvas.Line(frame.Left, at, frame.Right, at, "grid");
            if (canvas.IsFree(frame.Left - Gap, at + (0.35 * canvas.FontSize), tick.Label, Anchor.End))
                canvas.Text(frame.Left - Gap, at + (0.35 * canvas.FontSize), tick.Label, Anchor.End);
        }

        foreach (Tick tick in x.Ticks)
        {
            double at = plot.X(tick.Value);
            canvas.Line(at, frame.Bottom, at, frame.Bottom + 4, "frame");
            if (canvas.IsFree(at, frame.Bottom + canvas.LineHeight + 2, tick.Label, Anchor.Middle))
                canvas.Text(at, frame.Bottom + canvas.LineHeight + 2, tick.Label, Anchor.Middle);
        }

        canvas.Line(frame.Left, frame.Bottom, frame.Right, frame.Bottom, "frame");
        return plot;
    }

    /// <summary>The place of a value on the horizontal axis.</summary>
    /// <param name="value">The value.</param>
    public double X(double value) => XScale.At(value, Frame.Left, Frame.Right);

    /// <summary>The place of a value on the vertical axis.</summary>
    /// <param name="value">The value.</param>
    public double Y(double value) => YScale.At(value, Frame.Bottom, Frame.Top);

    /// <summary>Draws a dashed threshold over the whole width and labels it beside the line.</summary>
    /// <param name="value">Its value on the vertical axis.</param>
    /// <param name="label">Its name.</param>
    public void Threshold(double value, string label)
    {
        double at = Y(value);
        canvas.Line(Frame.Left, at, Frame.Right, at, "threshold");
        canvas.TextAtFree(
            label,
            "t threshold-label",
            (Frame.Left + Gap, at - 5, Anchor.Start),
            (Frame.Right - Gap, at + canvas.LineHeight, Anchor.End),
            (Frame.Left + Gap, at + canvas.LineHeight, Anchor.Start),
            (Frame.Right - Gap, at - 5, Anchor.End));
    }

    /// <summary>Draws a dashed line over the whole height and labels it above the frame.</summary>
    /// <param name="value">Its value on the horizontal axis.</param>
    /// <param name="label">Its name.</param>
    /// <param name="style">The class of the line.</param>
    public void Mark(double value, string label, string style)
    {
        double at = X(value);
        canvas.Line(at, Frame.Top, at, Frame.Bottom, style);
        double baseline = Frame.Top - 5;
        double wide = canvas.WidthOf(label);
        double shifted = Math.Clamp(at, wide / 2, canvas.Width - (wide / 2));
        canvas.TextAtFree(label, "t", (shifted, baseline, Anchor.Middle), (shifted, baseline - canvas.LineHeight, Anchor.Middle), (shifted, baseline - (2 * canvas.LineHeight), Anchor.Middle));
    }
}
