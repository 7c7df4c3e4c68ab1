using System.CommandLine;
using System.Globalization;
using Watermark.Cli.Terminal;
using Watermark.Scoring;
using Watermark.Statistics;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark power</c>: how much text an effect needs, or which effect the available text can show.</summary>
internal static class PowerCommand
{
    private const string Help = """
        Answers two questions: how many scored tokens are needed to find a green fraction, and which green fraction a given
        number of tokens finds. 'Found' means what 'verify' requires: a likelihood ratio of 1,000 times the number of
        tests that could be reported. With --alpha it means a p-value instead.

        Examples:
          watermark power --green-fraction 0.27
          watermark power --green-fraction 0.27 --ratio 1000 --tests 12
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
        var tokens = new Option<long?>("--tokens") { HelpName = "N", Description = "The number of scored tokens available." };
        var ratio = new Option<double>("--ratio") { HelpName = "E", Description = "The likelihood ratio (e-value) to reach.", DefaultValueFactory = _ => 1000 };
        var tests = new Option<long>("--tests") { HelpName = "M", Description = "How many tests could be reported; the ratio to reach is multiplied by it.", DefaultValueFactory = _ => 1 };
        var alpha = new Option<double?>("--alpha") { HelpName = "P", Description = "The p-value to reach, in place of a likelihood ratio." };
        var power = new Option<double>("--power") { HelpName = "P", Description = "The probability of reaching it.", DefaultValueFactory = _ => 0.9 };
        var json = CommonOptions.Json();
        var command = new Command("power", HelpText.Flow(Help)) { kind, gamma, green, mean, tokens, ratio, tests, alpha, power, json };
        command.SetAction((parse, _) => CommonOptions.RunAsync(() =>
        {
            bool gumbel = parse.GetValue(kind) == "gumbel";
            if (!Fraction.TryParse(parse.GetValue(gamma), out Fraction fraction) || !fraction.IsProperProbability)
                throw new InputFormatException("--gamma must be a fraction between 0 and 1, such as 1/4.");
            double? level = parse.GetValue(alpha);
            if (level is { } p && !(p is > 0 and < 1))
                throw new InputFormatException("--alpha must lie between 0 and 1.");
            if (!(parse.GetValue(ratio) is > 1 and <= 1e300))
                throw new InputFormatException("--ratio must be above 1 and at most 1e300.");
            if (level is not null && (parse.GetResult(ratio) is { Implicit: false } || parse.GetResult(tests) is { Implicit: false }))
                throw new InputFormatException("--alpha asks for a p-value; leave out --ratio and --tests.");
            if (parse.GetValue(tests) < 1)
                throw new InputFormatException("--tests must be 1 or more.");
            if (!(parse.GetValue(power) is > 0 and < 1))
                throw new InputFormatException("--power must lie between 0 and 1.");
            if (parse.GetValue(green) is { } share && !(share > fraction.ToDouble() && share <= 1))
                throw new InputFormatException($"--green-fraction must lie above gamma ({fraction}) and be at most 1.");
            if (parse.GetValue(mean) is { } score && !(score > 1 && double.IsFinite(score)))
                throw new InputFormatException("--mean-score must be above 1, the score of unrelated text.");
            if (parse.GetValue(tokens) is < 1 or > BinomialPower.MaximumTokens)
                throw new InputFormatException(string.Create(CultureInfo.InvariantCulture, $"--tokens must be from 1 to {BinomialPower.MaximumTokens:N0}."));
            var question = new Question(gumbel, fraction, level, parse.GetValue(ratio), parse.GetValue(tests), parse.GetValue(power));
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
                if (question.Alpha is { } alpha)
                {
                    writer.WriteNumber("alpha", alpha);
                }
                else
                {
                    writer.WriteNumber("ratio", question.Ratio);
                    writer.WriteNumber("tests", question.Tests);
                }

                writer.WriteNumber("power", question.Power);
                writer.WriteEndObject();
            });
            return;
        }

        string what = question.Gumbel ? "A mean score" : "A green fraction";
        string origin = question.Gumbel ? "1" : question.Gamma.ToString();
        string odds = string.Create(CultureInfo.InvariantCulture, $"found {question.Rule} with probability {question.Power:G3}");
        console.WriteLine((effect, tokens) switch
        {
            (null, { } count) => string.Create(CultureInfo.InvariantCulture, $"With {count:N0} scored tokens nothing is {odds}: too few."),
            ({ } value, null) => string.Create(CultureInfo.InvariantCulture, $"{what} of {value:G6} (unrelated text: {origin}) is not {odds} with any amount of text up to {BinomialPower.MaximumTokens:N0} tokens."),
            ({ } value, { } count) => string.Create(CultureInfo.InvariantCulture, $"{what} of {value:G6} (unrelated text: {origin}) is {odds} with {count:N0} scored tokens."),
            _ => throw new InvalidOperationException("Either the effect or the tokens are known."),
        });
    }

    private sealed record Question(bool Gumbel, Fraction Gamma, double? Alpha, double Ratio, long Tests, double Power)
    {
        /// <summary>The rule in words.</summary>
        public string Rule => Alpha is { } alpha
            ? string.Create(CultureInfo.InvariantCulture, $"at p = {alpha:G3}")
            : Tests == 1
                ? string.Create(CultureInfo.InvariantCulture, $"by a likelihood ratio of {Ratio:G6}")
                : string.Create(CultureInfo.InvariantCulture, $"by a likelihood ratio of {Ratio:G6} times {Tests:N0} tests");

        private double LogThreshold => Math.Log(Ratio) + Math.Log(Tests);

        private double NullMean => Gumbel ? 1 : Gamma.ToDouble();

        public long? TokensNeeded(double effect)
        {
            if (Alpha is { } alpha)
                return Gumbel ? GammaPower.TokensNeeded(effect, Math.Log(alpha), Power) : BinomialPower.TokensNeeded(Gamma, effect, Math.Log(alpha), Power);
            return Null(1).RowsNeeded(effect - NullMean, LogThreshold, Power);
        }

        public double? Detectable(long tokens)
        {
            if (Alpha is { } alpha)
                return Gumbel ? GammaPower.DetectableEffect(tokens, Math.Log(alpha), Power) : BinomialPower.DetectableEffect(tokens, Gamma, Math.Log(alpha), Power);
            double smallest = Null(tokens).SmallestEffect(LogThreshold, Power);
            return double.IsNaN(smallest) ? null : NullMean + smallest;
        }

        private TotalNull Null(long rows) => TotalNull.For(Gumbel ? new GammaNull() : new BinomialNull(Gamma), rows);
    }
}
