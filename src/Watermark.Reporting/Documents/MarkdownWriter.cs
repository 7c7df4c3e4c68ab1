using System.Globalization;
using System.Text;
using Watermark.Reporting.Figures;
using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Documents;

/// <summary>A report as Markdown; figures are given by their numbers. The same report gives the same bytes.</summary>
internal sealed class MarkdownWriter
{
    private readonly StringBuilder text = new(1 << 15);
    private int figures;

    private MarkdownWriter()
    {
    }

    /// <summary>Writes a report as UTF-8 with line feeds.</summary>
    /// <param name="report">The report.</param>
    /// <param name="stream">Where to; left open.</param>
    public static void Write(ReportDocument report, Stream stream)
    {
        var writer = new MarkdownWriter();
        writer.Write(report);
        stream.Write(Encoding.UTF8.GetBytes(writer.text.ToString()));
    }

    private void Write(ReportDocument report)
    {
        text.Append("# ").Append(MarkdownText.Words(PlainCharacters.Name(report.Title))).Append('\n');
        Part($"Report on a test of a language model. {string.Join(" · ", report.Lines.Select(MarkdownText.Words))}");
        Blocks(report.Summary, 2);
        Part("# Expert part");
        for (int i = 0; i < report.Sections.Count; i++)
        {
            Part($"## {Number(i + 1)}. {MarkdownText.Words(report.Sections[i].Title)}");
            Blocks(report.Sections[i].Blocks, 2);
        }
    }

    private void Blocks(IReadOnlyList<Block> blocks, int level)
    {
        foreach (Block block in blocks)
            Write(block, level);
    }

    private void Write(Block block, int level)
    {
        switch (block)
        {
            case Paragraph paragraph:
                Part((paragraph.Lead.Length > 0 ? $"**{MarkdownText.Words(paragraph.Lead)}** " : string.Empty) + MarkdownText.Words(paragraph.Text));
                break;
            case Subheading heading:
                Part($"{new string('#', level + heading.Level)} {MarkdownText.Words(heading.Text)}");
                break;
            case Warning warning:
                Part($"> **Note.** {MarkdownText.Words(warning.Text)}");
                break;
            case Bullets bullets:
                Items(bullets.Items.Select(MarkdownText.Words));
                break;
            case Facts facts:
                Items(facts.Items.Select(fact => $"**{MarkdownText.Words(fact.Term)}:** {(fact.IsCode ? MarkdownText.Code(fact.Text) : MarkdownText.Words(fact.Text))}"));
                break;
            case Command command:
                Part($"~~~\n{PlainCharacters.Of(command.Text)}\n~~~");
                break;
            case FillIn blank:
                Part(MarkdownText.Words(blank.Label));
                for (int i = 0; i < blank.Lines; i++)
                    Part(new string('.', 60));
                break;
            case Table table:
                Write(table);
                break;
            case FigureBlock figure:
                Write(figure.Figure, figure.WithNumbers);
                break;
            case Answer answer:
                Part($"**{answer.Sign} {MarkdownText.Words(answer.Word)}**");
                Part(MarkdownText.Words(answer.Sentences));
                break;
            case KeyFigures numbers:
                Items(numbers.Items.Select(number => $"{MarkdownText.Words(number.Label)}: **{MarkdownText.Words(number.Value)}** ({MarkdownText.Words(number.Detail)})"));
                break;
            case Statuses statuses:
                Items(statuses.Items.Select(status => $"{WordOf(status.State)} **{MarkdownText.Words(status.Term)}:** {MarkdownText.Words(status.Text)}"));
                break;
            case Panels panels:
                foreach (Panel panel in panels.Items)
                {
                    Part($"{new string('#', level)} {MarkdownText.Words(panel.Heading)}");
                    Blocks(panel.Blocks, level + 1);
                }

                break;
            default:
                throw new NotSupportedException($"A block of the kind {block.GetType().Name} has no Markdown.");
        }
    }

    private void Write(Table table)
    {
        Part($"*{MarkdownText.Words(table.Caption)}*");
        text.Append("\n|");
        foreach (Column column in table.Columns)
            text.Append(CultureInfo.InvariantCulture, $" {MarkdownText.Words(column.Name)} |");
        text.Append("\n|");
        foreach (Column column in table.Columns)
            text.Append(column.Kind == ColumnKind.Number ? " ---: |" : " --- |");
        text.Append('\n');
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            text.Append('|');
            for (int i = 0; i < table.Columns.Count; i++)
                text.Append(CultureInfo.InvariantCulture, $" {(table.Columns[i].Kind == ColumnKind.Code ? MarkdownText.Code(row[i], inTable: true) : MarkdownText.Words(row[i]))} |");
            text.Append('\n');
        }
    }

    private void Write(Figure figure, bool withNumbers)
    {
        if (figure.Wide is null)
        {
            Part($"**{MarkdownText.Words(figure.Title)}:** {MarkdownText.Words(figure.Description)}");
            return;
        }

        Part($"**Figure {Number(++figures)}. {MarkdownText.Words(figure.Title)}.** {MarkdownText.Words(figure.Description)}");
        if (withNumbers)
            Write(new Table(figure.Title, [.. figure.Columns.Select((name, i) => new Column(name, i == 0 ? ColumnKind.Text : ColumnKind.Number))], figure.Rows));
    }

    private void Items(IEnumerable<string> items)
    {
        text.Append('\n');
        foreach (string item in items)
            text.Append("- ").Append(item).Append('\n');
    }

    private void Part(string line) => text.Append('\n').Append(line).Append('\n');

    private static string WordOf(State state) => state switch
    {
        State.Good => "✓",
        State.Bad => "✗",
        _ => "–",
    };

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
