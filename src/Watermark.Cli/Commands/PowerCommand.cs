using System.CommandLine;
using System.Globalization;
using Watermark.Cli.Terminal;
using Watermark.Statistics;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark power</c>: how much text for an effect, or which effect for the text at hand.</summary>
internal static class PowerCommand
{
    private const string Help = """
        Answers both directions of planning: how many scored tokens find a green fraction, and which green fraction is
        found with the tokens at hand. Exact binomial test, exact power.

        Examples:
          watermark power --green-fraction 0.27
          watermark power --tokens 20000 --gamma 1/4 --alpha 1e-6 --power 0.9
          watermark power --score gumbel --mean-score 1.05
        """;

    public static Command Create()
    {
        var kind = new Option<string>("--score") { HelpName = "green|gumbel", Description = "Green lists, or Gumbel scores.", DefaultValueFactory = _ => "green" };
        kind.AcceptOnlyFromAmong("green", "gumbel");
        var gamma = new Option<string>("--gamma") { HelpName = "A/B", Description = "The green fraction of unrelated text, exact.", DefaultValueFactory = _ => "1/4" };
        var green = new Option<double?>("--green-fraction") { HelpName = "X", Description = "The suspect's true green fraction." };
        var mean = new Option<double?>("--mean-score") { HelpName = "X", Description = "The suspect's true mean Gumbel score; unrelated text has 1." };
        var tokens = new Option<long?>("--tokens") { HelpName = "N", Description = "Scored tokens at hand." };
        var alpha = new Option<double>("--alpha") { HelpName = "P", Description = "The p-value to reach.", DefaultValueFactory = _ => 1e-6 };
        var power = new Option<double>("--power") { HelpName = "P", Description = "The probability of reaching it.", DefaultValueFactory = _ => 0.9 };
        var json = CommonOptions.Json();
        var command = new Command("power", Help) { kind, gamma, green, mean, tokens, alpha, power, json };
        command.SetAction((parse, _) => CommonOptions.RunAsync(() =>
        {
            bool gumbel = parse.GetValue(kind) == "gumbel";
            if (!Fraction.TryParse(parse.GetValue(gamma), out Fraction fraction) || !fraction.IsProperProbability)
                throw new InputFormatException("--gamma must be a fraction between 0 and 1, such as 1/4.");
            double level = parse.GetValue(alpha);
            if (!(level is > 0 and < 1))
                throw new InputFormatException("--alpha must lie between 0 and 1.");
            if (!(parse.GetValue(power) is > 0 and < 1))
                throw new InputFormatException("--power must lie between 0 and 1.");
            if (parse.GetValue(green) is { } share && !(share > fraction.ToDouble() && share <= 1))
                throw new InputFormatException($"--green-fraction must lie above gamma ({fraction}) and be at most 1.");
            if (parse.GetValue(mean) is { } score && !(score > 1 && double.IsFinite(score)))
                throw new InputFormatException("--mean-score must be above 1, the score of unrelated text.");
            if (parse.GetValue(tokens) is < 1 or > BinomialPower.MaximumTokens)
                throw new InputFormatException(string.Create(CultureInfo.InvariantCulture, $"--tokens must be from 1 to {BinomialPower.MaximumTokens:N0}."));
            var question = new Question(gumbel, fraction, Math.Log(level), level, parse.GetValue(power));
            double? effect = gumbel ? parse.GetValue(mean) : parse.GetValue(green);
            if (effect is null == parse.GetValue(tokens) is null)
                throw new InputFormatException($"Give one of {(gumbel ? "--mean-score" : "--green-fraction")} and --tokens; the other is the answer.");
            var console = ConsoleOutput.ForProcess(parse.GetValue(json));
            if (effect is { } value)
                Show(question, value, question.TokensNeeded(value), console);
            else
                Show(question, question.Detectable(parse.GetValue(tokens)!.Value), parse.GetValue(tokens), console);
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }

    private static void Show(Question question, double? effect, long? tokens, ConsoleOutput console)
    {
        if (console.Json)
        {
            console.WriteJson(writer =>
            {
                writer.WriteStartObject();
                if (question.Gumbel)
                {
                    writer.WriteNumberOrNull("meanScore", effect ?? double.NaN);
                }
                else
                {
                    writer.WriteString("gamma", question.Gamma.ToString());
                    writer.WriteNumberOrNull("greenFraction", effect ?? double.NaN);
                }

                if (tokens is { } count)
                    writer.WriteNumber("tokens", count);
                else
                    writer.WriteNull("tokens");
                writer.WriteNumber("alpha", question.Alpha);
                writer.WriteNumber("power", question.Power);
                writer.WriteEndObject();
            });
            return;
        }

        string what = question.Gumbel ? "A mean score" : "A green fraction";
        string origin = question.Gumbel ? "1" : question.Gamma.ToString();
        string odds = string.Create(CultureInfo.InvariantCulture, $"found at p = {question.Alpha:G3} with probability {question.Power:G3}");
        console.WriteLine((effect, tokens) switch
        {
            (null, { } count) => string.Create(CultureInfo.InvariantCulture, $"With {count:N0} scored tokens nothing is {odds}: too few."),
            ({ } value, null) => string.Create(CultureInfo.InvariantCulture, $"{what} of {value:G6} (unrelated text: {origin}) is not {odds} with any amount of text up to {BinomialPower.MaximumTokens:N0} tokens."),
            ({ } value, { } count) => string.Create(CultureInfo.InvariantCulture, $"{what} of {value:G6} (unrelated text: {origin}) is {odds} with {count:N0} scored tokens."),
            _ => throw new InvalidOperationException("Either the effect or the tokens are known."),
        });
    }

    private sealed record Question(bool Gumbel, Fraction Gamma, double LogAlpha, double Alpha, double Power)
    {
        public long? TokensNeeded(double effect) => Gumbel
            ? GammaPower.TokensNeeded(effect, LogAlpha, Power)
            : BinomialPower.TokensNeeded(Gamma, effect, LogAlpha, Power);

        public double? Detectable(long tokens) => Gumbel
            ? GammaPower.DetectableEffect(tokens, LogAlpha, Power)
            : BinomialPower.DetectableEffect(tokens, Gamma, LogAlpha, Power);
    }
}
