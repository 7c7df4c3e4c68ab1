using System.Globalization;
using Spectre.Console;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Distillation;
using Cell = Spectre.Console.Text;

namespace Watermark.Cli.Commands;

/// <summary>Verdicts as a table that a lawyer can read, one column a verdict.</summary>
internal static class VerdictTable
{
    /// <summary>Prints the table and, under it, each verdict's sentence and warnings.</summary>
    /// <param name="verdicts">Column titles and verdicts, at least one; of one key.</param>
    /// <param name="console">Where to.</param>
    public static void Print(IReadOnlyList<(string Title, DistillationVerdict Verdict)> verdicts, ConsoleOutput console)
    {
        DistillationVerdict first = verdicts[0].Verdict;
        List<(string Title, DistillationVerdict Verdict, CorpusFinding Corpus, bool IsControl)> columns = [];
        foreach ((string title, DistillationVerdict verdict) in verdicts)
        {
            columns.Add((title, verdict, verdict.Suspect, false));
            if (verdict.Control is { } control)
                columns.Add(("Control", verdict, control, true));
        }

        if (console.Json)
            return;
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn(string.Empty);
        foreach ((string title, _, _, _) in columns)
            table.AddColumn(new TableColumn(new Cell(title)).RightAligned());
        bool counts = first.Scheme.Null.CountsOnes;
        Row("Replies", column => Count(column.Corpus.Documents));
        Row("Tokens read", column => Count(column.Corpus.Result.Tokens));
        Row("Tokens scored (each n-gram once)", column => Count(column.Corpus.Result.Scored));
        if (counts)
        {
            Row("Green tokens", column => Count(column.Corpus.Result.Green ?? 0));
            Row($"Green fraction (unrelated text: {Percent(first.Scheme.Null.Gamma!.Value.ToDouble())})", column => Percent(column.Corpus.Result.GreenFraction));
            Row("  95% interval", column => Interval(column.Corpus.Result.GreenFractionInterval));
            Row("  95% interval over replies", column => Interval(column.Corpus.DocumentInterval));
        }
        else
        {
            Row("Mean score (unrelated text: 1)", column => column.Corpus.Result.Scored == 0 ? "–" : Number(column.Corpus.Result.Score / column.Corpus.Result.Scored, "F4"));
        }

        Row("p-value if unrelated to the key", column => Probability(column.Corpus.Result.LogP));
        Row("z", column => Number(column.Corpus.Result.Z, "F1"));
        Row("Likelihood ratio (e-value)", column => Ratio(column.Corpus.Result.LogE));
        if (columns.Any(column => column.Verdict.RandomKeys is not null))
        {
            Row("Rank among random keys", column => column.IsControl || column.Verdict.RandomKeys is not { } panel ? "–" : $"{Count(panel.Rank)} of {Count(panel.Count + 1)}");
            Row("  their mean and spread", column => column.IsControl || column.Verdict.RandomKeys is not { } panel ? "–" : $"{Number(panel.Mean, "N0")} ± {Number(panel.StandardDeviation, "N0")}");
        }

        Row("Support for training on marked text", column => column.IsControl ? "–" : Answer(column.Verdict));
        console.Write(table);

        foreach ((string title, DistillationVerdict verdict) in verdicts)
        {
            console.WriteLine();
            console.WriteLine($"{title}: {verdict.Sentence}");
            foreach (string warning in verdict.Warnings)
            {
                console.WriteLine($"Note: {warning}");
            }
        }

        void Row(string label, Func<(string Title, DistillationVerdict Verdict, CorpusFinding Corpus, bool IsControl), string> cell) =>
            table.AddRow([new Cell(label), .. columns.Select(column => new Cell(cell(column)))]);
    }

    private static string Answer(DistillationVerdict verdict) => verdict.Outcome switch
    {
        VerdictOutcome.Support => verdict.Strength,
        VerdictOutcome.NoSupport => "no support",
        _ => "inconclusive",
    };

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Number(double value, string format) => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "–";

    private static string Percent(double? value) => value is { } fraction && double.IsFinite(fraction)
        ? string.Create(CultureInfo.InvariantCulture, $"{100 * fraction:F2}%")
        : "–";

    private static string Interval((double Low, double High)? interval) => interval is { } bounds ? $"{Percent(bounds.Low)} – {Percent(bounds.High)}" : "–";

    private static string Probability(double logP)
    {
        double log10 = logP / Math.Log(10);
        return log10 > -4
            ? Math.Exp(logP).ToString("G3", CultureInfo.InvariantCulture)
            : PowerOfTen(log10);
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
