using System.Globalization;
using Spectre.Console;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases.Validation;
using Cell = Spectre.Console.Text;

namespace Watermark.Cli.Commands;

/// <summary>Shows measured error rates.</summary>
internal static class ValidationTable
{
    // The distance that exact p-values exceed in one of twenty validations, times the root of the number of runs.
    private const double CriticalDistance = 1.358;

    /// <summary>Prints the rates, the corpora and the planted marks, then what they say.</summary>
    /// <param name="validation">The rates.</param>
    /// <param name="console">The output to write to.</param>
    public static void Print(ProcedureValidation validation, ConsoleOutput console)
    {
        if (console.Json)
            return;
        Table table = New("Corpus", "Scored tokens", "Runs", "Support");
        foreach (ValidatedCorpus corpus in validation.Corpora)
            Row(table, corpus.Name, Count(corpus.Scored), Count(corpus.Runs), Count(corpus.FalsePositives));
        Row(table, "All", string.Empty, Count(validation.Runs), Count(validation.FalsePositives));
        console.Write(table);
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"p at most 1 %: {validation.AtMostOnePercent:N0} of {validation.Runs:N0}; at most 0.1 %: {validation.AtMostOnePerMille:N0}. Distance of the p-values from uniform: {validation.Distance:F3} (exact ones exceed {CriticalDistance / Math.Sqrt(validation.Runs):F3} in one of twenty validations)."));
        if (validation.Spikes.Count > 0)
        {
            Table spikes = New("Planted in", "Runs", "Support", "Found", "Stated");
            foreach (SpikeResult spike in validation.Spikes)
                Row(spikes, Percent(spike.Share), Count(spike.Runs), Count(spike.Supported), Percent(spike.Supported / (double)spike.Runs), Percent(spike.StatedPower));
            console.Write(spikes);
        }

        console.WriteLine(validation.Sentence);
    }

    private static Table New(params ReadOnlySpan<string> titles)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn(titles[0]);
        foreach (string title in titles[1..])
            table.AddColumn(new TableColumn(title).RightAligned());
        return table;
    }

    private static void Row(Table table, params string[] cells) => table.AddRow([.. cells.Select(cell => new Cell(PlainText.Of(cell)))]);

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(double value) => string.Create(CultureInfo.InvariantCulture, $"{100 * value:0.#} %");
}
