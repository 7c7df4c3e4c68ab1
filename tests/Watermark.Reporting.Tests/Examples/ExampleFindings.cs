using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Statistics;

namespace Watermark.Reporting.Tests.Examples;

/// <summary>Findings whose numbers come from the exact null at a green count, as those of the product do.</summary>
internal static class ExampleFindings
{
    public static readonly Fraction Gamma = new(1, 4);

    private const int TokensPerReply = 120;
    private static readonly BinomialNull Null = new(Gamma);

    /// <summary>A finding about a suspect of which so many tokens were scored and found green.</summary>
    public static Finding Of(string title, long scored, long green, TestCount? tests = null, string key = "3f1c9a7de0b2465f", string question = DistillationTest.Question, bool hasPanel = true)
    {
        tests ??= TestCount.One;
        var rule = new DecisionRule();
        ScoreTest test = Null.Test(scored, green);
        double logThreshold = Math.Log(rule.SupportThreshold) + tests.LogM;
        return new Finding
        {
            Question = question,
            Title = title,
            Alternative = $"the suspect's outputs depend on key {key}",
            Null = "they do not",
            SupportCaveat = "H1 does not say how the key's text reached the suspect; the public web, a shared data set, a proxy or a leaked key are to be excluded by other evidence.",
            NoSupportCaveat = "This is not innocence: paraphrasing and neutralisation can remove an inherited mark.",
            Statistic = "green-list/coins 2",
            Prior = "log-grid 1",
            Rule = rule,
            Tests = tests,
            Key = new KeyIdentity { Id = key, IdVersion = 2, Commitment = ExampleCases.Digest("commitment " + key), Scheme = "green-list", Parameters = """{"gamma":"1/4","contextWidth":2,"prf":"aes"}""" },
            Options =
            [
                new("kind", "text"), new("origin", "suspect"), new("selection", "coins, without prompts"), new("promptsKept", "true"), new("rowLimit", "none"),
                new("tokenizer", "cl100k_base"), new("tokenizerHash", ExampleCases.Digest("tokenizer")), new("randomKeys", "1000"),
            ],
            Seed = 0,
            ToolVersion = "0.3.0",
            NullName = "binomial",
            NullDescription = "Binomial(n, 1/4)",
            LogP = test.LogP,
            LogE = test.LogE,
            Effect = Effect(scored, green),
            Power = Power(scored, green, logThreshold, rule),
            Counts = Counts(scored),
            Inputs = [new("suspect", $"{title}/replies.jsonl", ExampleCases.Digest(title), scored / TokensPerReply, 0), new("suspect-sample", "sample", ExampleCases.Digest(title + " sample"), scored / TokensPerReply, 0)],
            Panel = hasPanel ? Panel(scored, green) : null,
            Details = hasPanel ? ExampleDetails.Of(scored, green, logThreshold) : null,
            Assumptions =
            [
                "The key was drawn at random, and nobody chose it or the text after seeing a score.",
                "The prompts do not depend on the key, or stand in the recorded prompts of their replies.",
                "Given its coins, the scheme's generator makes distinct ones independent; the e-value holds however often one looks while text is added.",
            ],
            Diagnostics =
            [
                Diagnostic.Note(DiagnosticCodes.SelectionUnrecorded, "Nothing shows which replies were collected, or that none was chosen by its score."),
                Diagnostic.Note(DiagnosticCodes.SpoofingPossible, "Anyone who has much text marked with the key can write text that carries the mark: support does not exclude a forgery."),
            ],
        };
    }

    /// <summary>A control of which so many tokens were scored and found green.</summary>
    public static ControlFinding Control(string title, long scored, long green)
    {
        ScoreTest test = Null.Test(scored, green);
        return new ControlFinding
        {
            Title = title,
            NullName = "binomial",
            NullDescription = "Binomial(n, 1/4)",
            LogP = test.LogP,
            LogE = test.LogE,
            Effect = Effect(scored, green),
            Power = Power(scored, green, Math.Log(1000), new DecisionRule()),
            Counts = Counts(scored),
            Inputs = [new("control", $"{title}/replies.jsonl", ExampleCases.Digest(title), scored / TokensPerReply, 0)],
            Panel = Panel(scored, green),
        };
    }

    private static EffectEstimate Effect(long scored, long green)
    {
        double estimate = (double)green / scored;
        double deviation = Math.Sqrt(estimate * (1 - estimate) / scored);
        return new EffectEstimate(
            estimate, 0.25, "green fraction", new EffectInterval(estimate - (1.96 * deviation), estimate + (1.96 * deviation)), new EffectInterval(estimate - (2.3 * deviation), estimate + (2.3 * deviation)));
    }

    private static PowerStatement Power(long scored, long green, double logThreshold, DecisionRule rule)
    {
        double deviation = Math.Sqrt(0.1875);
        double smallest = (Math.Sqrt(2 * logThreshold) + 1.28) * deviation / Math.Sqrt(scored);
        double interest = rule.EffectOfInterest * deviation;
        return new PowerStatement(logThreshold, 0.9, smallest, interest, (long)Math.Pow((Math.Sqrt(2 * logThreshold) + 1.28) / rule.EffectOfInterest, 2), Null.LogEAgainstEffect(scored, green, rule.EffectOfInterest));
    }

    private static MeasurementCounts Counts(long scored) => new()
    {
        Documents = scored / TokensPerReply,
        Tokens = scored * 7 / 5,
        Rows = scored * 11 / 10,
        Scored = scored,
        LeftOutByPrompts = scored / 10,
        Others = [new("documentsWithPrompts", scored / TokensPerReply), new("sharedCoins", scored / 50), new("unread", 0)],
    };

    private static PanelSummary Panel(long scored, long green)
    {
        double deviation = Math.Sqrt(scored * 0.1875);
        double own = (green - (scored * 0.25)) / deviation;
        const int Bins = 40;
        double low = Math.Min(-3.4, own - 0.2);
        double width = (Math.Max(3.4, own + 0.2) - low) / Bins;
        int[] counts = new int[Bins];
        for (int i = 0; i < Bins; i++)
        {
            double middle = low + ((i + 0.5) * width);
            counts[i] = (int)Math.Round(1000 * width * Math.Exp(-middle * middle / 2) / Math.Sqrt(2 * Math.PI));
        }

        int count = counts.Sum();
        return new PanelSummary
        {
            Count = count,
            Rank = 1 + counts.Where((_, i) => low + ((i + 0.5) * width) >= own).Sum(),
            Mean = (scored * 0.25) + (0.02 * deviation),
            StandardDeviation = 1.01 * deviation,
            TheoryMean = scored * 0.25,
            TheoryStandardDeviation = deviation,
            Agrees = true,
            Histogram = new RandomKeyHistogram(low, width, counts),
        };
    }
}
