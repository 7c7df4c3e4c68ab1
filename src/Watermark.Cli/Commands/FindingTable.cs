using System.Globalization;
using Spectre.Console;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Findings;
using Cell = Spectre.Console.Text;

namespace Watermark.Cli.Commands;

/// <summary>
/// Shows findings as a table that a lawyer can read: one column per finding, or one row where there are many.
/// </summary>
internal static class FindingTable
{
    private const int MostColumns = 3;

    /// <summary>
    /// Prints a verdict: the table, the sentence of each finding with its diagnostics, and the sentence of the verdict.
    /// </summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="console">The output to write to.</param>
    public static void Print(Verdict verdict, ConsoleOutput console)
    {
        Print(verdict.Findings, console);
        if (console.Json)
            return;
        console.WriteLine();
        if (verdict.Findings.Count > 1)
            console.WriteLine($"Verdict: {verdict.Sentence}");
        foreach (Diagnostic diagnostic in verdict.Diagnostics)
            console.WriteLine(Line(diagnostic));
    }

    /// <summary>Prints findings: the table, then the sentence of each with its diagnostics.</summary>
    /// <param name="findings">The findings, at least one.</param>
    /// <param name="console">The output to write to.</param>
    public static void Print(IReadOnlyList<Finding> findings, ConsoleOutput console)
    {
        if (console.Json)
            return;
        (Measurement Measurement, Finding? Finding)[] columns =
            [.. findings.SelectMany(finding => finding.Controls.Select(control => ((Measurement)control, (Finding?)null)).Prepend((finding, finding)))];
        console.Write(columns.Length <= MostColumns ? Columns(columns) : Rows(columns));
        foreach (Finding finding in findings)
        {
            console.WriteLine();
            console.WriteLine($"{finding.Title}: {finding.Sentence}");
            foreach (Diagnostic diagnostic in finding.Diagnostics)
                console.WriteLine(Line(diagnostic));
            foreach (ControlFinding control in finding.Controls)
            {
                foreach (Diagnostic diagnostic in control.Diagnostics)
                    console.WriteLine($"{control.Title}: {Line(diagnostic)}");
            }
        }
    }

    private static Table Columns((Measurement Measurement, Finding? Finding)[] columns)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn(string.Empty);
        foreach ((Measurement measurement, Finding? finding) in columns)
            table.AddColumn(new TableColumn(new Cell(PlainText.Of(finding is null ? $"{measurement.Title} (control)" : measurement.Title))).RightAligned());
        Measurement first = columns[0].Measurement;
        string unit = first.Effect.Unit;
        bool share = IsShare(first);
        bool readsMarks = columns.All(column => column.Finding is null or { Question: Questions.Distillation });
        Row("Replies", column => Count(column.Counts.Documents));
        if (readsMarks)
            Row("Tokens read", column => Count(column.Counts.Tokens));
        Row(readsMarks ? "Scored (each coin once)" : "Counted", column => Count(column.Counts.Scored));
        Row($"{Capital(unit)} ({Expected(first, share)} if unrelated)", column => Effect(column.Effect.Estimate, IsShare(column)));
        if (columns.Any(column => column.Measurement.Effect.Interval is not null))
            Row("  95% interval", column => Interval(column.Effect.Interval, IsShare(column)));
        if (columns.Any(column => column.Measurement.Effect.ReplyInterval is not null))
            Row("  95% interval over replies", column => Interval(column.Effect.ReplyInterval, IsShare(column)));
        Row(readsMarks ? "p-value if unrelated to the key" : "p-value if H0 is true", column => Probability(column.LogP));
        Row("Likelihood ratio (e-value)", column => Ratio(column.LogE));
        Row("  by the null of", column => column.NullName.Replace('-', ' '));
        if (columns.Any(column => column.Measurement.Panel is not null))
            Row("Rank among random keys", column => column.Panel is { } panel ? $"{Count(panel.Rank)} of {Count(panel.Count + 1)}" : "–");
        table.AddRow([new Cell(readsMarks ? "Support for dependence on the key" : "Support for H1"), .. columns.Select(column => new Cell(Answer(column.Finding)))]);
        return table;

        void Row(string label, Func<Measurement, string> cell) =>
            table.AddRow([new Cell(label), .. columns.Select(column => new Cell(cell(column.Measurement)))]);
    }

    private static Table Rows((Measurement Measurement, Finding? Finding)[] columns)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn("Finding");
        foreach (string title in new[] { "Scored", Capital(columns[0].Measurement.Effect.Unit), "p-value", "Likelihood ratio", "Support" })
            table.AddColumn(new TableColumn(title).RightAligned());
        foreach ((Measurement measurement, Finding? finding) in columns)
        {
            table.AddRow(
                new Cell(PlainText.Of(finding is null ? $"  {measurement.Title} (control)" : measurement.Title)),
                new Cell(Count(measurement.Counts.Scored)),
                new Cell(Effect(measurement.Effect.Estimate, IsShare(measurement))),
                new Cell(Probability(measurement.LogP)),
                new Cell(Ratio(measurement.LogE)),
                new Cell(Answer(finding)));
        }

        return table;
    }

    private static string Line(Diagnostic diagnostic) => $"{diagnostic.Severity} [{diagnostic.Code}]: {diagnostic.Message}";

    private static string Answer(Finding? finding) => finding?.Outcome switch
    {
        null => "–",
        Outcome.Support => finding.Strength,
        Outcome.NoSupport => "no support",
        _ => "inconclusive",
    };

    private static bool IsShare(Measurement measurement) => measurement.Effect.Unit == "green fraction";

    private static string Expected(Measurement measurement, bool share) => Effect(measurement.Effect.NullValue, share);

    private static string Effect(double value, bool share) => share ? Percent(value) : Number(value, "F4");

    private static string Interval(EffectInterval? interval, bool share) => interval is { } bounds ? $"{Effect(bounds.Low, share)} – {Effect(bounds.High, share)}" : "–";

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Number(double value, string format) => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "–";

    private static string Percent(double value) => double.IsFinite(value) ? string.Create(CultureInfo.InvariantCulture, $"{100 * value:F2}%") : "–";

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static string Probability(double logP)
    {
        if (!double.IsFinite(logP))
            return "–";
        double log10 = logP / Math.Log(10);
        return log10 > -4 ? Math.Exp(logP).ToString("G3", CultureInfo.InvariantCulture) : PowerOfTen(log10);
    }

    private static string Ratio(double logE)
    {
        if (!double.IsFinite(logE))
            return "–";
        double log10 = logE / Math.Log(10);
        return Math.Abs(log10) < 4 ? Math.Exp(logE).ToString("G3", CultureInfo.InvariantCulture) : PowerOfTen(log10);
    }

    private static string PowerOfTen(double log10)
    {
        double exponent = Math.Floor(log10);
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Pow(10, log10 - exponent):F1}e{exponent:F0}");
    }
}
