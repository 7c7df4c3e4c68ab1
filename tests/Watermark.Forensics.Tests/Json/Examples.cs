using System.Text;
using System.Text.Json;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;
using Watermark.Statistics;

namespace Watermark.Forensics.Tests.Json;

/// <summary>Verdicts with every member in use, and with none that may be absent.</summary>
internal static class Examples
{
    private static readonly TestCount Tests = new() { Keys = 2, Suspects = 3 };

    public static Plan Plan { get; } = new()
    {
        Keys = ["42626650d46095de", "sha256:0123"],
        Tests = Tests,
        Statistic = "green-list/coins 2",
        Prior = "log-grid 1",
        Alpha = 1e-4,
        Rule = new DecisionRule { SupportThreshold = 1000, AcquittalThreshold = 20, EffectOfInterest = 0.02 },
        RandomKeys = 200,
        Seed = ulong.MaxValue,
        ControlsRequired = 1,
        Combination = CombinationRule.Holm,
        Selection = "ngrams",
        ContextWidth = 2,
        Gamma = Fraction.Quarter,
    };

    public static Finding Finding { get; } = new Finding
    {
        Title = "suspect \"Ü\" <1>",
        Question = "distillation",
        Alternative = "the suspect's outputs depend on key 42626650d46095de",
        Null = "they do not",
        SupportCaveat = "H1 does not say how the key's text reached the suspect.",
        NoSupportCaveat = "This is not innocence.",
        Statistic = "green-list/coins 2",
        Prior = "log-grid 1",
        NullName = "binomial",
        NullDescription = "Binomial(n, 1/4)",
        LogP = -31.125,
        LogPMethod = TailMethod.UpperBound,
        LogE = 23.5,
        Effect = new EffectEstimate(0.2912, 0.25, "green fraction", new EffectInterval(0.28, 0.3), new EffectInterval(0.27, 0.31)),
        Power = new PowerStatement(Math.Log(1000) + Math.Log(6), 0.9, 0.0093, 0.00866, 18_200, -4.25),
        Counts = new MeasurementCounts { Documents = 120, Tokens = 25_000, Rows = 21_000, Scored = 20_000, LeftOutByPrompts = 300, Others = [new NamedCount("green", 5824), new NamedCount("huge", long.MaxValue)] },
        Inputs = [new InputDigest("suspect", "a.jsonl", new string('a', 64), 120, 3), new InputDigest("suspect", "-", string.Empty, 0, 0)],
        Panel = new PanelSummary
        {
            Count = 200, Rank = 1, Mean = 5001.5, StandardDeviation = 60.9, TheoryMean = 5000, TheoryStandardDeviation = 61.2, Agrees = true, Histogram = new RandomKeyHistogram(4800, 100, [50, 100, 50]),
        },
        Rule = Plan.Rule,
        Tests = Tests,
        Key = new KeyIdentity { Id = "42626650d46095de", IdVersion = 2, Commitment = "sha256:0123", Scheme = "green-list", Parameters = """{"gamma":"1/4","delta":2.5,"contextWidth":2}""" },
        Options = [new NamedValue("selection", "ngrams"), new NamedValue("normalise", "none")],
        Seed = ulong.MaxValue,
        Assumptions = ["Replies were not chosen by their score."],
        Waivers = ["--without-prompts"],
        Diagnostics = [Diagnostic.Warning(DiagnosticCodes.UnreadRecords, "3 of 123 records were not read.")],
        ToolVersion = "0.2.0",
        Created = new DateTimeOffset(2026, 11, 27, 2, 0, 0, TimeSpan.Zero),
    }.WithControls([Control]);

    public static Finding Bare { get; } = Finding with
    {
        Title = "bare",
        LogP = 0,
        LogPMethod = TailMethod.Exact,
        LogE = double.NaN,
        Effect = new EffectEstimate(double.NaN, 0.25, "green fraction"),
        Power = new PowerStatement(Math.Log(1000) + Math.Log(6), 0.9, double.NaN, 0.00866, null, double.NaN),
        Counts = new MeasurementCounts { Documents = 0, Tokens = 0, Rows = 0, Scored = 0 },
        Inputs = [],
        Panel = null,
        Key = null,
        Options = [],
        Seed = null,
        Assumptions = [],
        Waivers = [],
        Diagnostics = [],
        Controls = [],
        ToolVersion = string.Empty,
        Created = null,
    };

    private static ControlFinding Control => new()
    {
        Title = "control",
        NullName = "binomial",
        NullDescription = "Binomial(n, 1/4)",
        LogP = -0.4,
        LogE = -2.5,
        Effect = new EffectEstimate(0.2502, 0.25, "green fraction"),
        Power = new PowerStatement(Math.Log(1000), 0.9, 0.006, 0.00866, 15_000, 3.5),
        Counts = new MeasurementCounts { Documents = 200, Tokens = 50_000, Rows = 42_000, Scored = 41_000 },
        Inputs = [new InputDigest("control", "c.jsonl", new string('c', 64), 200, 0)],
    };

    public static Verdict Full() => Verdict.From(
        [Finding, Bare], Plan, Tests, new ToolRun("watermark", "0.2.0", new DateTimeOffset(2026, 11, 27, 2, 0, 0, TimeSpan.Zero), "watermark verify --key owner.wmkey --suspect a.jsonl"));

    public static Verdict WithoutPlan() => Verdict.From([Finding, Bare], null, Tests);

    public static byte[] Bytes(Verdict verdict)
    {
        using var stream = new MemoryStream();
        VerdictJson.Write(verdict, stream);
        return stream.ToArray();
    }

    public static string Text(Verdict verdict) => Encoding.UTF8.GetString(Bytes(verdict));

    public static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(property => property.Name)];
}
