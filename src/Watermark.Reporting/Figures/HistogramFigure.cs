using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Figures;

/// <summary>Bars that count how many values lie in each of several ranges of equal width.</summary>
/// <param name="Low">The lower end of the first range.</param>
/// <param name="Width">The width of a range, above 0.</param>
/// <param name="Counts">The counts.</param>
internal sealed record Bins(double Low, double Width, IReadOnlyList<double> Counts)
{
    /// <summary>The upper end of the last range.</summary>
    public double High => Low + (Width * Counts.Count);

    /// <summary>Why nothing can be drawn of the bins, one sentence; null where something can.</summary>
    public string? Fault()
    {
        if (Counts.Count == 0 || !(Counts.Sum() > 0))
            return "There is nothing to count, so nothing is drawn.";
        return double.IsFinite(Low) && double.IsFinite(Width) && Width > 0 && Counts.All(count => double.IsFinite(count) && count >= 0)
            ? null
            : "The ranges or counts are not finite numbers, so nothing is drawn.";
    }

    /// <summary>The rows of a table, without the empty ranges at both ends.</summary>
    /// <param name="others">Further columns by index of range.</param>
    public IReadOnlyList<IReadOnlyList<string>> Rows(params IReadOnlyList<Func<int, string>> others)
    {
        int first = 0;
        int last = Counts.Count - 1;
        while (first < last && Counts[first] == 0)
            first++;
        while (last > first && Counts[last] == 0)
            last--;
        return [.. Enumerable.Range(first, last - first + 1).Select(i => (IReadOnlyList<string>)[Range(i), Numbers.Count((long)Counts[i]), .. others.Select(other => other(i))])];
    }

    /// <summary>Draws the bars in a plot.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="plot">The plot.</param>
    public void Draw(Canvas canvas, Plot plot)
    {
        for (int i = 0; i < Counts.Count; i++)
        {
            if (Counts[i] > 0)
                canvas.Rectangle(new Box(plot.X(Low + (i * Width)) + 0.5, plot.Y(Counts[i]), plot.X(Low + ((i + 1) * Width)) - 0.5, plot.Frame.Bottom), "bar");
        }
    }

    private string Range(int i) => $"{Numbers.Of(Low + (i * Width), 3)} to {Numbers.Of(Low + ((i + 1) * Width), 3)}";
}

/// <summary>The true key among random keys.</summary>
internal static class RandomKeysFigure
{
    private const string Title = "The key against random keys on the same text";

    /// <summary>The figure.</summary>
    /// <param name="bins">The totals under random keys, in standard deviations.</param>
    /// <param name="keys">The number of random keys.</param>
    /// <param name="own">The total under the key, in standard deviations.</param>
    /// <param name="rank">1 + the number of random keys with at least that total.</param>
    public static Figure Create(Bins bins, int keys, double own, long rank)
    {
        if (bins.Fault() is { } fault)
            return Figure.Missing(Title, fault);
        if (!double.IsFinite(own))
            return Figure.Missing(Title, "The total under the key has no place on this scale, so nothing is drawn.");
        string place = rank <= 1 ? "No random key scored as high as the key." : $"{Numbers.Count(rank - 1, "random key")} scored at least as high as the key.";
        return new Figure(Title, $"The bars count random keys by their score on the suspect's text, in standard deviations from what unrelated text gives; they show chance alone. The solid line with the triangle is the key, at {Numbers.Of(own, 3)}. {place}")
        {
            Columns = ["Score", "Random keys"],
            Rows = [.. bins.Rows(), ["The key", Numbers.Of(own, 3)]],
        }.Drawn(
            canvas =>
            {
                double low = Math.Min(bins.Low, own - 0.5);
                double high = Math.Max(bins.High, own + 0.5);
                Plot plot = Plot.Draw(canvas, Scale.Round(low, high, canvas.IsNarrow ? 6 : 10), "score in standard deviations", Scale.Round(0, bins.Counts.Max() * 1.1, 5, whole: true), "number of keys", linesAbove: 1);
                bins.Draw(canvas, plot);
                canvas.Line(plot.X(own), plot.Frame.Top, plot.X(own), plot.Frame.Bottom, "mark");
                canvas.Pointer(plot.X(own), plot.Frame.Top + 1, "pointer");
                double label = canvas.WidthOf("the key") / 2;
                canvas.TextAtFree("the key", "t strong", (Math.Clamp(plot.X(own), label, canvas.Width - label), plot.Frame.Top - 13, Anchor.Middle));
                string name = $"{Numbers.Count(keys)} random keys";
                double middle = plot.X(0);
                double half = canvas.WidthOf(name) / 2;
                canvas.TextAtFree(
                    name,
                    "t",
                    (Math.Max(middle, half), plot.Frame.Top - 13, Anchor.Middle),
                    (plot.X(own) - half - label - 12 > 0 ? plot.X(own) - label - 10 : 0, plot.Frame.Top - 13, Anchor.End),
                    (plot.X(own) + label + 10, plot.Frame.Top - 13, Anchor.Start));
                return canvas.Finish();
            },
            wideHeight: 260,
            narrowHeight: 240);
    }
}

/// <summary>The green fraction of each document.</summary>
internal static class DocumentsFigure
{
    /// <summary>The figure.</summary>
    /// <param name="bins">The documents by their effect.</param>
    /// <param name="expected">The documents expected in each range if the text had nothing to do with the key; empty where it is not known.</param>
    /// <param name="nullValue">The effect expected under H0.</param>
    /// <param name="unit">The effect's unit.</param>
    public static Figure Create(Bins bins, IReadOnlyList<(double Low, double High)> expected, double nullValue, string unit)
    {
        string title = $"The {unit} of each reply";
        if (bins.Fault() is { } fault)
            return Figure.Missing(title, fault);
        bool hasBand = expected.Count == bins.Counts.Count && expected.All(band => double.IsFinite(band.Low) && double.IsFinite(band.High));
        string band = hasBand ? " The hatched band is where the counts would lie if the text had nothing to do with the key." : string.Empty;
        return new Figure(title, $"The bars count the suspect's replies by their {unit}. The dashed line is what chance gives, {Numbers.Of(nullValue)}.{band} A mark moves the whole hill to the right; a few copied replies make a few bars far to the right.")
        {
            Columns = hasBand ? [Capital(unit), "Replies", "By chance"] : [Capital(unit), "Replies"],
            Rows = hasBand ? bins.Rows(i => $"{Numbers.Of(expected[i].Low, 3)} to {Numbers.Of(expected[i].High, 3)}") : bins.Rows(),
        }.Drawn(
            canvas =>
            {
                (double low, double high) = Occupied(bins, hasBand ? expected : [], nullValue);
                double top = Math.Max(bins.Counts.Max(), hasBand ? expected.Max(one => one.High) : 0);
                Plot plot = Plot.Draw(canvas, Scale.Round(low, high, canvas.IsNarrow ? 5 : 9), unit + " of a reply", Scale.Round(0, top * 1.05, 5, whole: true), "number of replies", linesAbove: 1);
                bins.Draw(canvas, plot);
                if (hasBand)
                    DrawBand(canvas, plot, bins, expected);
                if (double.IsFinite(nullValue) && nullValue >= plot.XScale.Low && nullValue <= plot.XScale.High)
                    plot.Mark(nullValue, $"chance: {Numbers.Of(nullValue, 3)}", "threshold");
                return canvas.Finish();
            },
            wideHeight: 260,
            narrowHeight: 240);
    }

    private static void DrawBand(Canvas canvas, Plot plot, Bins bins, IReadOnlyList<(double Low, double High)> expected)
    {
        for (int i = 0; i < expected.Count; i++)
        {
            double left = plot.X(bins.Low + (i * bins.Width));
            double right = plot.X(bins.Low + ((i + 1) * bins.Width));
            if (right > left && expected[i].High > 0)
                canvas.Hatched(new Box(left, plot.Y(expected[i].High), right, Math.Max(plot.Y(expected[i].Low), plot.Y(expected[i].High) + 1.5)));
        }
    }

    /// <summary>The part of the axis on which something stands.</summary>
    private static (double Low, double High) Occupied(Bins bins, IReadOnlyList<(double Low, double High)> expected, double nullValue)
    {
        int[] used = [.. Enumerable.Range(0, bins.Counts.Count).Where(i => bins.Counts[i] > 0 || (expected.Count > 0 && expected[i].High >= 0.5))];
        double low = bins.Low + (used[0] * bins.Width);
        double high = bins.Low + ((used[^1] + 1) * bins.Width);
        return double.IsFinite(nullValue) ? (Math.Min(low, nullValue), Math.Max(high, nullValue)) : (low, high);
    }

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}

/// <summary>The weights of the rows.</summary>
internal static class WeightsFigure
{
    private const string Title = "The weights of the rows";

    /// <summary>The figure.</summary>
    /// <param name="bins">The rows by their weight.</param>
    public static Figure Create(Bins bins)
    {
        if (bins.Fault() is { } fault)
            return Figure.Missing(Title, fault);
        return new Figure(Title, "The bars count rows by their weight. A row of weight 0 counts for nothing; if a few rows had most of the weight, few tokens would decide.")
        {
            Columns = ["Weight", "Rows"],
            Rows = bins.Rows(),
        }.Drawn(
            canvas =>
            {
                Plot plot = Plot.Draw(canvas, Scale.Round(bins.Low, bins.High, canvas.IsNarrow ? 5 : 9), "weight", Scale.Round(0, bins.Counts.Max() * 1.05, 5, whole: true), "number of rows");
                bins.Draw(canvas, plot);
                return canvas.Finish();
            },
            wideHeight: 240,
            narrowHeight: 220);
    }
}
