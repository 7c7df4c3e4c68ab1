using System.Globalization;
using System.Security;
using System.Text;

namespace Distillation.Experiment;

/// <summary>
/// A figure of p-values: cases side by side, one mark for every way of testing. The scale is the logarithm of −log₁₀ p,
/// stretched so that p = 1 lies at the bottom: 1e-3 and 1e-300 fit one page.
/// </summary>
internal static class SvgFigure
{
    private const int Left = 70;
    private const int Top = 40;
    private const int Height = 300;
    private const int CaseWidth = 90;
    private const int LegendWidth = 230;

    private static readonly double[] Ticks = [0, 1, 3, 6, 15, 40, 100, 300, 1000];
    private static readonly string[] Colours = ["#1b6ca8", "#7fb3d5", "#0b3954", "#c0392b", "#e59866", "#7b241c"];

    public static void Write(string path, string title, IReadOnlyList<Measurement> measurements)
    {
        string[] cases = [.. measurements.Select(Label).Distinct(StringComparer.Ordinal)];
        string[] series = [.. measurements.Select(item => item.Series).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        double largest = Math.Max(15, measurements.Max(item => -item.LogP / Math.Log(10)));
        int width = Left + (cases.Length * CaseWidth) + LegendWidth;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {Top + Height + 110}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        Text(svg, Left, 22, title, "font-size=\"15\"");
        foreach (double tick in Ticks.Where(tick => tick <= largest))
        {
            double y = Y(tick, largest);
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Left + (cases.Length * CaseWidth)}\" y1=\"{y:F1}\" y2=\"{y:F1}\" stroke=\"#ddd\"/>\n");
            Text(svg, Left - 8, y + 4, tick == 0 ? "p = 1" : $"1e-{tick.ToString(CultureInfo.InvariantCulture)}", "text-anchor=\"end\"");
        }

        for (int i = 0; i < cases.Length; i++)
        {
            double x = Left + ((i + 0.5) * CaseWidth);
            Text(svg, x, Top + Height + 16, cases[i], $"text-anchor=\"end\" transform=\"rotate(-30 {x.ToString("F1", CultureInfo.InvariantCulture)} {Top + Height + 16})\"");
            foreach (Measurement item in measurements.Where(item => Label(item) == cases[i]))
                Dot(svg, x, Array.IndexOf(series, item.Series), series.Length, Y(Math.Max(0, -item.LogP / Math.Log(10)), largest), $"{item.Series}: ln p = {item.LogP.ToString("F1", CultureInfo.InvariantCulture)}");
        }

        for (int i = 0; i < series.Length; i++)
        {
            double y = Top + 14 + (i * 20);
            double x = Left + (cases.Length * CaseWidth) + 24;
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{x}\" cy=\"{y}\" r=\"5\" fill=\"{Colours[i % Colours.Length]}\"/>\n");
            Text(svg, x + 12, y + 4, series[i], "");
        }

        File.WriteAllText(path, svg.Append("</svg>\n").ToString());
    }

    private static string Label(Measurement item) =>
        item.Case.IsControl ? string.Create(CultureInfo.InvariantCulture, $"{item.Case.Plan.Architecture} control, key h={item.ContextWidth}") : item.Case.Name;

    private static double Y(double minusLog10P, double largest) => Top + Height - (Height * Math.Log(1 + minusLog10P) / Math.Log(1 + largest));

    private static void Dot(StringBuilder svg, double x, int index, int count, double y, string title) =>
        svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{x + ((index - ((count - 1) / 2.0)) * 11):F1}\" cy=\"{y:F1}\" r=\"5\" fill=\"{Colours[index % Colours.Length]}\"><title>{SecurityElement.Escape(title)}</title></circle>\n");

    private static void Text(StringBuilder svg, double x, double y, string text, string attributes) =>
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:F1}\" y=\"{y:F1}\" {attributes}>{SecurityElement.Escape(text)}</text>\n");
}
