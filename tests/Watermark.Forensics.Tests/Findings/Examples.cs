using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Tests.Findings;

/// <summary>Findings and plans that hold together, to be changed by a test.</summary>
internal static class Examples
{
    public const string KeyId = "42626650d46095de";

    public static readonly double Log1000 = Math.Log(1000);

    public static Finding Finding(double logE, double logEAgainst = double.NaN, double logP = -1, TestCount? tests = null, string title = "suspect", long scored = 20_000) => new()
    {
        Title = title,
        Question = "distillation",
        Alternative = $"the outputs of {title} depend on key {KeyId}",
        Null = "they do not",
        SupportCaveat = "H1 does not say how the key's text reached the suspect.",
        NoSupportCaveat = "This is not innocence: paraphrasing can remove an inherited mark.",
        Statistic = "green-list/coins 2",
        Prior = "log-grid 1",
        NullName = "binomial",
        NullDescription = "Binomial(n, 1/4)",
        LogP = logP,
        LogE = logE,
        Effect = new EffectEstimate(0.26, 0.25, "green fraction", new EffectInterval(0.25, 0.27)),
        Power = new PowerStatement(Log1000 + (tests ?? TestCount.One).LogM, 0.9, 0.0085, 0.00866, 17_000, logEAgainst),
        Counts = new MeasurementCounts { Documents = 100, Tokens = 25_000, Rows = 21_000, Scored = scored, LeftOutByPrompts = 300 },
        Inputs = [new InputDigest("suspect", title + ".jsonl", new string('a', 64), 100, 0)],
        Key = new KeyIdentity { Id = KeyId, IdVersion = 2, Scheme = "green-list", Parameters = """{"gamma":"1/4","delta":2,"contextWidth":2}""" },
        Options = [new NamedValue("selection", "ngrams")],
        Panel = new PanelSummary { Count = 1000, Rank = 1, Mean = 5000, StandardDeviation = 61, TheoryMean = 5000, TheoryStandardDeviation = 61.2, Agrees = true },
        Seed = 0,
        Tests = tests ?? TestCount.One,
    };

    public static ControlFinding Control(double logP = -0.5, double smallestEffect = 0.005, char digest = 'c', long scored = 40_000) => new()
    {
        Title = "control",
        NullName = "binomial",
        NullDescription = "Binomial(n, 1/4)",
        LogP = logP,
        LogE = -1,
        Effect = new EffectEstimate(0.2504, 0.25, "green fraction"),
        Power = new PowerStatement(Log1000, 0.9, smallestEffect, 0.00866, 17_000, 5),
        Counts = new MeasurementCounts { Documents = 200, Tokens = 50_000, Rows = 42_000, Scored = scored },
        Inputs = [new InputDigest("control", "control.jsonl", new string(digest, 64), 200, 0)],
    };

    public static Plan Plan() => new()
    {
        Keys = [KeyId],
        Statistic = "green-list/coins 2",
        Prior = "log-grid 1",
        Selection = "ngrams",
        ContextWidth = 2,
        Gamma = Watermark.Statistics.Fraction.Quarter,
    };
}
