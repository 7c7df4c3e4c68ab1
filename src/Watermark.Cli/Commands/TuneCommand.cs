using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Watermark.Cli.Terminal;
using Watermark.Embedding;
using Watermark.Statistics;
using Cell = Spectre.Console.Text;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark tune</c>: what each mark would cost on a model's own distributions, and how soon it would be found.</summary>
internal static class TuneCommand
{
    private const string Help = """
        Compares marks on your own model before any text is served. It reads the distributions of the next token at positions of
        typical replies: JSON Lines, {"logprobs": [-0.3, -1.9, ...]} a position, natural logs after temperature and truncation,
        the whole vocabulary or the likeliest tokens. What is missing is taken as tokens like the least likely one given.

        For each mark, averaged over all keys: KL is the divergence of the marked from the plain distribution, nats a token.
        PPL is the perplexity of marked text under the plain model over that of plain text. Key is what a token says about
        the key, nats. Text is how many scored tokens marked text needs to show the mark in half of the cases. Student is the same
        for a suspect of whose tokens only a share (--share) follow the mark.

        Examples:
          watermark tune rows.jsonl
          watermark tune rows.jsonl --delta 1 --delta 2 --gamma 1/2 --share 0.05
          watermark tune rows.jsonl --alpha 1e-9 --json
        """;

    public static Command Create()
    {
        Argument<string[]> files = CommonOptions.Inputs("Files of distributions of the next token.");
        var gammas = new Option<string[]>("--gamma") { HelpName = "A/B", Description = "Green shares to try; may be repeated. By default 1/4 and 1/2." };
        var deltas = new Option<double[]>("--delta") { HelpName = "X", Description = "Biases to try; may be repeated. By default 0.5, 1, 2, 3 and 4." };
        var layers = new Option<int>("--layers") { HelpName = "N", Description = "Layers of the tournament.", DefaultValueFactory = _ => 30 };
        var share = new Option<double>("--share") { HelpName = "X", Description = "The share of a student's tokens that follow the mark.", DefaultValueFactory = _ => 0.1 };
        var alpha = new Option<double>("--alpha") { HelpName = "P", Description = "The p-value to reach.", DefaultValueFactory = _ => 1e-6 };
        var power = new Option<double>("--power") { HelpName = "P", Description = "The probability of reaching it.", DefaultValueFactory = _ => 0.5 };
        var json = CommonOptions.Json();
        var command = new Command("tune", HelpText.Flow(Help)) { files, gammas, deltas, layers, share, alpha, power, json };
        command.SetAction((parse, _) => CommonOptions.RunAsync(() =>
        {
            var settings = new Settings(parse.GetValue(share), parse.GetValue(alpha), parse.GetValue(power));
            settings.Validate();
            List<Mark> marks = [];
            foreach (string text in parse.GetValue(gammas) is { Length: > 0 } given ? given : ["1/4", "1/2"])
            {
                if (!Fraction.TryParse(text, out Fraction gamma) || !gamma.IsProperProbability)
                    throw new InputFormatException("--gamma must be a fraction between 0 and 1, such as 1/4.");
                foreach (double delta in parse.GetValue(deltas) is { Length: > 0 } several ? several : [0.5, 1, 2, 3, 4])
                {
                    if (!(delta is > 0 and <= 50))
                        throw new InputFormatException("--delta must lie above 0 and be at most 50.");
                    marks.Add(new Mark(string.Create(CultureInfo.InvariantCulture, $"green {gamma}, delta {delta:0.##}"), "green-list", gamma, delta, null, MarkForecast.GreenList(gamma, delta)));
                }
            }

            if (parse.GetValue(layers) is < 1 or > 64)
                throw new InputFormatException("--layers must be from 1 to 64.");
            marks.Add(new Mark("gumbel", "gumbel", null, null, null, MarkForecast.Gumbel()));
            marks.Add(new Mark(string.Create(CultureInfo.InvariantCulture, $"tournament, {parse.GetValue(layers)} layers"), "tournament", null, null, parse.GetValue(layers), MarkForecast.Tournament(parse.GetValue(layers))));
            var console = ConsoleOutput.ForProcess(parse.GetValue(json));
            IReadOnlyList<double[]> rows = TuneRows.Read(parse.GetValue(files)!);
            foreach (Mark mark in marks)
            {
                foreach (double[] row in rows)
                    mark.Forecast.Add(row);
            }

            if (console.Json)
                WriteJson(marks, settings, console);
            else
                WriteText(marks, settings, console);
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }

    private static void WriteText(IReadOnlyList<Mark> marks, Settings settings, ConsoleOutput console)
    {
        MarkForecast any = marks[0].Forecast;
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{any.Tokens:N0} positions, mean entropy {any.Entropy:0.000} nats. Tokens until p = {settings.Alpha:G3} with probability {settings.Power:G3};"));
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a student follows the mark in {100 * settings.Share:0.##} % of its tokens."));
        Table table = new Table().Border(TableBorder.Simple);
        table.AddColumn("mark");
        foreach (string heading in new[] { "KL", "PPL", "score", "unrelated", "key", "text", "student" })
            table.AddColumn(new TableColumn(heading).RightAligned().NoWrap());
        foreach (Mark mark in marks)
        {
            MarkForecast f = mark.Forecast;
            table.AddRow([
                new Cell(mark.Title), .. new[] { f.Divergence, f.PerplexityRatio, f.Score, f.NullScore, f.Information }.Select(value => new Cell(value.ToString("0.000", CultureInfo.InvariantCulture))),
                new Cell(Count(settings.Needed(f, 1))), new Cell(Count(settings.Needed(f, settings.Share))),
            ]);
        }

        console.Write(table);
        static string Count(long? tokens) => tokens?.ToString("N0", CultureInfo.InvariantCulture) ?? "never";
    }

    private static void WriteJson(IReadOnlyList<Mark> marks, Settings settings, ConsoleOutput console) => console.WriteJson(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("positions", marks[0].Forecast.Tokens);
        writer.WriteNumber("entropy", marks[0].Forecast.Entropy);
        writer.WriteNumber("alpha", settings.Alpha);
        writer.WriteNumber("power", settings.Power);
        writer.WriteNumber("share", settings.Share);
        writer.WriteStartArray("marks");
        foreach (Mark mark in marks)
        {
            MarkForecast f = mark.Forecast;
            writer.WriteStartObject();
            writer.WriteString("scheme", mark.Scheme);
            if (mark.Gamma is { } gamma)
                writer.WriteString("gamma", gamma.ToString());
            if (mark.Delta is { } delta)
                writer.WriteNumber("delta", delta);
            if (mark.Layers is { } layers)
                writer.WriteNumber("layers", layers);
            writer.WriteNumber("divergence", f.Divergence);
            writer.WriteNumber("perplexityRatio", f.PerplexityRatio);
            writer.WriteNumber("score", f.Score);
            writer.WriteNumber("unrelatedScore", f.NullScore);
            writer.WriteNumber("information", f.Information);
            WriteCount("tokensOfText", settings.Needed(f, 1));
            WriteCount("tokensOfStudent", settings.Needed(f, settings.Share));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();

        void WriteCount(string name, long? tokens)
        {
            if (tokens is { } count)
                writer.WriteNumber(name, count);
            else
                writer.WriteNull(name);
        }
    });

    private sealed record Mark(string Title, string Scheme, Fraction? Gamma, double? Delta, int? Layers, MarkForecast Forecast);

    private sealed record Settings(double Share, double Alpha, double Power)
    {
        public void Validate()
        {
            if (!(Share is > 0 and <= 1))
                throw new InputFormatException("--share must lie above 0 and be at most 1.");
            if (!(Alpha is > 0 and < 1))
                throw new InputFormatException("--alpha must lie between 0 and 1.");
            if (!(Power is > 0 and < 1))
                throw new InputFormatException("--power must lie between 0 and 1.");
        }

        public long? Needed(MarkForecast forecast, double share) => forecast.TokensNeeded(share, Math.Log(Alpha), Power);
    }
}
