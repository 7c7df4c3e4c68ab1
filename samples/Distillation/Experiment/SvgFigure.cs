using System.Globalization;
using System.Security;
using System.Text;

namespace Distillation.Experiment;

/// <summary>Draws a figure: cases side by side, a column and a colour for every series.</summary>
internal static class SvgFigure
{
    private const int Left = 90;
    private const int Top = 40;
    private const int Height = 300;
    private const int Step = 11;
    private const int LegendWidth = 230;

    private static readonly string[] Colours = ["#0b3954", "#1b6ca8", "#7fb3d5", "#a9a9a9", "#7b241c", "#c0392b", "#e59866", "#d4ac0d"];

    public static void Write(string path, Figure figure)
    {
        string[] cases = [.. figure.Points.Select(point => point.Case).Distinct(StringComparer.Ordinal)];
        string[] series = [.. figure.Points.Select(point => point.Series).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        int caseWidth = Step * (series.Length + 2);
        int right = Left + (cases.Length * caseWidth);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {right + LegendWidth} {Top + Height + 130}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        Text(svg, Left, 22, figure.Title, "font-size=\"15\"");
        foreach ((double height, string text) in figure.Lines)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{right}\" y1=\"{Y(height):F1}\" y2=\"{Y(height):F1}\" stroke=\"#ddd\"/>\n");
            Text(svg, Left - 8, Y(height) + 4, text, "text-anchor=\"end\"");
        }

        for (int i = 0; i < cases.Length; i++)
        {
            double x = Left + ((i + 0.5) * caseWidth);
            Text(svg, x, Top + Height + 16, cases[i], $"text-anchor=\"end\" transform=\"rotate(-30 {x.ToString("F1", CultureInfo.InvariantCulture)} {Top + Height + 16})\"");
            foreach (FigurePoint point in figure.Points.Where(point => point.Case == cases[i]))
                Dot(svg, x, Array.IndexOf(series, point.Series), series.Length, point);
        }

        for (int i = 0; i < series.Length; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{right + 24}\" cy=\"{Top + 14 + (i * 20)}\" r=\"5\" fill=\"{Colours[i % Colours.Length]}\"/>\n");
            Text(svg, right + 36, Top + 18 + (i * 20), series[i], "");
        }

        File.WriteAllText(path, svg.Append("</svg>\n").ToString());
    }

    private static double Y(double height) => Top + Height - (Height * height);

    private static void Dot(StringBuilder svg, double x, int index, int count, FigurePoint point) =>
        svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{x + ((index - ((count - 1) / 2.0)) * Step):F1}\" cy=\"{Y(point.Height):F1}\" r=\"5\" fill=\"{Colours[index % Colours.Length]}\" fill-opacity=\"0.85\"><title>{SecurityElement.Escape(point.Title)}</title></circle>\n");

    private static void Text(StringBuilder svg, double x, double y, string text, string attributes) =>
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:F1}\" y=\"{y:F1}\" {attributes}>{SecurityElement.Escape(text)}</text>\n");
}
