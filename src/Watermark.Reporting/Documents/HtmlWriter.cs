using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Watermark.Reporting.Figures;
using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Documents;

/// <summary>
/// A report as one HTML file that needs nothing else and runs nothing: no script, no font, no address is loaded, and its
/// policy forbids all of them. The same report gives the same bytes.
/// </summary>
internal sealed class HtmlWriter
{
    private static readonly string StyleSheet = ReadStyleSheet();

    private readonly StringBuilder html = new(1 << 16);
    private int figures;
    private int tables;

    private HtmlWriter()
    {
    }

    /// <summary>Writes a report as UTF-8 with line feeds.</summary>
    /// <param name="report">The report.</param>
    /// <param name="stream">Where to; left open.</param>
    public static void Write(ReportDocument report, Stream stream)
    {
        var writer = new HtmlWriter();
        writer.Write(report);
        stream.Write(Encoding.UTF8.GetBytes(writer.html.ToString()));
    }

    private static string ReadStyleSheet()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private void Write(ReportDocument report)
    {
        string title = HtmlText.Escape(PlainCharacters.Name(report.Title));
        string digest = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(StyleSheet)));
        Line("<!DOCTYPE html>");
        Line("<html lang=\"en\">");
        Line("<head>");
        Line("<meta charset=\"utf-8\">");
        Line($"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'\">");
        Line("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        Line("<meta name=\"color-scheme\" content=\"light dark\">");
        Line("<meta name=\"referrer\" content=\"no-referrer\">");
        Line("<meta name=\"robots\" content=\"noindex\">");
        Line($"<title>{title} · report</title>");
        Line($"<style>{StyleSheet}</style>");
        Line("</head>");
        Line("<body>");
        Line("<a class=\"skip\" href=\"#expert\">To the expert part</a>");
        Line("<header class=\"page\">");
        Line($"<p class=\"kind\">Report on a test of a language model</p><h1>{title}</h1>");
        Line($"<p class=\"facts\">{string.Join(" · ", report.Lines.Select(HtmlText.Words))}</p>");
        Line("</header>");
        Line("<main>");
        Line("<section class=\"judge page\" id=\"summary\" aria-label=\"Summary on one page\">");
        Blocks(report.Summary);
        Line("</section>");
        Line("<div class=\"page\" id=\"expert\">");
        Line("<h2 class=\"part\">Expert part</h2>");
        Contents(report.Sections);
        for (int i = 0; i < report.Sections.Count; i++)
        {
            Section section = report.Sections[i];
            Line($"<section id=\"{section.Id}\" aria-labelledby=\"{section.Id}-h\">");
            Line($"<h2 id=\"{section.Id}-h\"><span class=\"number\">{Number(i + 1)}.</span> {HtmlText.Words(section.Title)}</h2>");
            Blocks(section.Blocks);
            Line("</section>");
        }

        Line("</div>");
        Line("</main>");
        Line($"<footer class=\"page\"><p>{string.Join(" · ", report.Lines.Select(HtmlText.Words))}</p></footer>");
        Line("</body>");
        Line("</html>");
    }

    private void Contents(IReadOnlyList<Section> sections)
    {
        Line("<nav class=\"contents\" aria-label=\"Contents of the expert part\"><ol>");
        foreach (Section section in sections)
            Line($"<li><a href=\"#{section.Id}\">{HtmlText.Words(section.Title)}</a></li>");
        Line("</ol></nav>");
    }

    private void Blocks(IReadOnlyList<Block> blocks)
    {
        foreach (Block block in blocks)
            Write(block);
    }

    private void Write(Block block)
    {
        switch (block)
        {
            case Paragraph paragraph:
                Line($"<p>{(paragraph.Lead.Length > 0 ? $"<strong>{HtmlText.Words(paragraph.Lead)}</strong> " : string.Empty)}{HtmlText.Words(paragraph.Text)}</p>");
                break;
            case Subheading heading:
                Line($"<h{Number(heading.Level + 2)}>{HtmlText.Words(heading.Text)}</h{Number(heading.Level + 2)}>");
                break;
            case Warning warning:
                Line($"<p class=\"warning\" role=\"note\"><strong>Note.</strong> {HtmlText.Words(warning.Text)}</p>");
                break;
            case Bullets bullets:
                Line("<ul>");
                foreach (string item in bullets.Items)
                    Line($"<li>{HtmlText.Words(item)}</li>");
                Line("</ul>");
                break;
            case Facts facts:
                Line("<dl class=\"facts\">");
                foreach (Fact fact in facts.Items)
                    Line($"<div><dt>{HtmlText.Words(fact.Term)}</dt><dd>{(fact.IsCode ? HtmlText.Code(fact.Text) : HtmlText.Words(fact.Text))}</dd></div>");
                Line("</dl>");
                break;
            case Command command:
                Line($"<pre><code>{HtmlText.Escape(PlainCharacters.Of(command.Text))}</code></pre>");
                break;
            case FillIn blank:
                Line($"<div class=\"blank\"><p>{HtmlText.Words(blank.Label)}</p>{string.Concat(Enumerable.Repeat("<p class=\"line\" aria-label=\"blank line\">&nbsp;</p>", blank.Lines))}</div>");
                break;
            case Table table:
                Write(table);
                break;
            case FigureBlock figure:
                Write(figure.Figure, figure.WithNumbers);
                break;
            case Answer answer:
                Line($"<div class=\"answer {answer.Style}\"><p class=\"outcome\"><span class=\"sign\" aria-hidden=\"true\">{HtmlText.Escape(answer.Sign)}</span> {HtmlText.Words(answer.Word)}</p><p>{HtmlText.Words(answer.Sentences)}</p></div>");
                break;
            case KeyFigures numbers:
                Line("<ul class=\"numbers\">");
                foreach (KeyFigure number in numbers.Items)
                    Line($"<li><p class=\"label\">{HtmlText.Words(number.Label)}</p><p class=\"value\">{HtmlText.Words(number.Value)}</p><p class=\"detail\">{HtmlText.Words(number.Detail)}</p></li>");
                Line("</ul>");
                break;
            case Statuses statuses:
                Line("<ul class=\"statuses\">");
                foreach (Status status in statuses.Items)
                    Line($"<li class=\"{StyleOf(status.State)}\"><span class=\"sign\" aria-hidden=\"true\">{SignOf(status.State)}</span> <strong>{HtmlText.Words(status.Term)}:</strong> {HtmlText.Words(status.Text)}</li>");
                Line("</ul>");
                break;
            case Panels panels:
                Line("<div class=\"panels\">");
                foreach (Panel panel in panels.Items)
                {
                    Line($"<section class=\"panel{(panel.IsWide ? " wide" : string.Empty)}\"><h2>{HtmlText.Words(panel.Heading)}</h2>");
                    Blocks(panel.Blocks);
                    Line("</section>");
                }

                Line("</div>");
                break;
            default:
                throw new NotSupportedException($"A block of the kind {block.GetType().Name} has no HTML.");
        }
    }

    private void Write(Table table)
    {
        // The roles keep a table a table where a narrow screen shows its rows as cards.
        string id = $"t{Number(++tables)}";
        Line($"<div class=\"table\"><table role=\"table\" aria-labelledby=\"{id}\"><caption id=\"{id}\">{HtmlText.Words(table.Caption)}</caption>");
        Line("<thead role=\"rowgroup\"><tr role=\"row\">" + string.Concat(table.Columns.Select(column => $"<th role=\"columnheader\" scope=\"col\"{ClassOf(column)}>{HtmlText.Words(column.Name)}</th>")) + "</tr></thead>");
        Line("<tbody role=\"rowgroup\">");
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            html.Append("<tr role=\"row\">");
            for (int i = 0; i < table.Columns.Count; i++)
            {
                Column column = table.Columns[i];
                string text = column.Kind == ColumnKind.Code ? HtmlText.Code(row[i]) : HtmlText.Words(row[i]);
                html.Append(i == 0
                    ? $"<th role=\"rowheader\" scope=\"row\"{ClassOf(column)}>{text}</th>"
                    : $"<td role=\"cell\" data-label=\"{HtmlText.Escape(column.Name)}\"{ClassOf(column)}><span>{text}</span></td>");
            }

            Line("</tr>");
        }

        Line("</tbody></table></div>");
    }

    private void Write(Figure figure, bool withNumbers)
    {
        if (figure.Wide is not { } wide || figure.Narrow is not { } narrow)
        {
            Line($"<p class=\"missing\"><strong>{HtmlText.Words(figure.Title)}:</strong> {HtmlText.Words(figure.Description)}</p>");
            return;
        }

        string id = $"f{Number(++figures)}";
        Line($"<figure aria-labelledby=\"{id}\"><div class=\"whole\">");
        Line($"<figcaption id=\"{id}\"><strong>Figure {Number(figures)}. {HtmlText.Words(figure.Title)}.</strong> {HtmlText.Words(figure.Description)}</figcaption>");
        Write(wide, "wide", id + "w", figure);
        Write(narrow, "narrow", id + "n", figure);
        Line("</div>");
        if (withNumbers)
        {
            Line("<details><summary>The numbers of this figure</summary>");
            Write(new Table(figure.Title, [.. figure.Columns.Select((name, i) => new Column(name, i == 0 ? ColumnKind.Text : ColumnKind.Number))], figure.Rows));
            Line("</details>");
        }

        Line("</figure>");
    }

    private void Write(Drawing drawing, string style, string id, Figure figure)
    {
        Line($"<svg class=\"{style}\" role=\"img\" aria-labelledby=\"{id}t {id}d\" viewBox=\"0 0 {HtmlText.Coordinate(drawing.Width)} {HtmlText.Coordinate(drawing.Height)}\" xmlns=\"http://www.w3.org/2000/svg\">");
        Line($"<title id=\"{id}t\">{HtmlText.Escape(PlainCharacters.Of(figure.Title))}</title><desc id=\"{id}d\">{HtmlText.Escape(PlainCharacters.Of(figure.Description))}</desc>");
        html.Append(drawing.Body.Replace(Canvas.PatternId, id + "p", StringComparison.Ordinal));
        Line("</svg>");
    }

    private static string ClassOf(Column column) => column.Kind switch
    {
        ColumnKind.Number => " class=\"n\"",
        ColumnKind.Code => " class=\"c\"",
        _ => string.Empty,
    };

    private static string StyleOf(State state) => state switch
    {
        State.Good => "good",
        State.Bad => "bad",
        _ => "absent",
    };

    private static string SignOf(State state) => state switch
    {
        State.Good => "✓",
        State.Bad => "✗",
        _ => "–",
    };

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private void Line(string text) => html.Append(text).Append('\n');
}
