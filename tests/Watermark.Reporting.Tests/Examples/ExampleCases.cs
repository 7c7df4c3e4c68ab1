using System.Security.Cryptography;
using System.Text;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;

namespace Watermark.Reporting.Tests.Examples;

/// <summary>Cases of every kind that a report must show.</summary>
internal static class ExampleCases
{
    private static readonly DateTimeOffset Start = new(2026, 9, 14, 8, 0, 0, TimeSpan.Zero);

    /// <summary>All cases by name.</summary>
    public static IReadOnlyList<(string Name, Case Case)> All { get; } =
    [
        ("support", Support()),
        ("no-support", NoSupport()),
        ("too-little", TooLittle()),
        ("missing-control", MissingControl()),
        ("blocked", Blocked()),
        ("several", Several()),
        ("accounts", Accounts(12)),
        ("many", Accounts(200)),
        ("no-plan", NoPlan()),
        ("deviations", Deviations()),
        ("no-timestamp", NoTimestamp()),
        ("damaged", Damaged()),
        ("other-kind", OtherKind()),
        ("hostile", Hostile()),
        ("empty", Empty()),
    ];

    /// <summary>The cases with one finding, whose first page must be one printed page.</summary>
    public static IReadOnlyList<(string Name, Case Case)> WithOneFinding { get; } = [.. All.Where(one => one.Case.Verdict.Findings.Count == 1)];

    public static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static Case Named(string name) => All.Single(one => one.Name == name).Case;

    private static Case Support() => Of("Acme Chat 3 (suspect A)", [ExampleFindings.Of("acme-chat-3", 48_000, 12_700).WithControls(Controls())], planned: true);

    private static Case NoSupport() => Of("Acme Chat 3 (suspect A)", [ExampleFindings.Of("acme-chat-3", 180_000, 44_930).WithControls(Controls())], planned: true);

    private static Case TooLittle() => Of("Acme Chat 3 (suspect A)", [ExampleFindings.Of("acme-chat-3", 4_200, 1_098).WithControls(Controls())], planned: true);

    private static Case MissingControl() => Of("Acme Chat 3 (suspect A)", [ExampleFindings.Of("acme-chat-3", 48_000, 12_700).WithControls([])], planned: true);

    private static Case Blocked()
    {
        Finding finding = ExampleFindings.Of("acme-chat-3", 48_000, 12_900).WithControls(Controls())
            .With([Diagnostic.Blocking(DiagnosticCodes.PromptsMissing, "1,204 of 5,000 replies came without the prompt that they answer: a model that copies a marked prompt looks marked.")])
            .Waive(DiagnosticCodes.ReplyInPrompt, "--prompts-unmarked", "No prompt holds text marked with the key.");
        return Of("Acme Chat 3 (suspect A)", [finding], planned: true) with { Validation = null };
    }

    private static Case Several()
    {
        TestCount tests = new() { Keys = 2, Suspects = 3 };
        return Of(
            "Acme, Borealis and Corvid: two keys",
            [
                ExampleFindings.Of("acme-chat-3, key 2025", 48_000, 12_820, tests).WithControls(Controls()),
                ExampleFindings.Of("acme-chat-3, key 2026", 48_000, 12_110, tests, "a94f00c2d17be835").WithControls(Controls()),
                ExampleFindings.Of("borealis-large, key 2025", 160_000, 40_050, tests).WithControls(Controls()),
                ExampleFindings.Of("borealis-large, key 2026", 160_000, 39_870, tests, "a94f00c2d17be835").WithControls(Controls()),
                ExampleFindings.Of("corvid-7b, key 2025", 9_000, 2_260, tests).WithControls(Controls()),
            ],
            planned: true);
    }

    private static Case Accounts(int count)
    {
        TestCount tests = new() { Keys = count };
        Finding[] findings =
        [
            .. Enumerable.Range(0, count).Select(i => ExampleFindings.Of(
                $"account {1000 + (i * 37 % 900)}", 30_000, i switch { 5 => 8_150, 7 => 7_960, _ => 7_500 + (i * 7919 % 181) - 90 }, tests, Digest($"account {i}")[..16]).WithControls([ExampleFindings.Control("independent-1", 90_000, 22_590)])),
        ];
        return Of("Which account leaked?", findings, planned: true) with { Question = "Do the outputs of acme-chat-3 depend on the key of one of the accounts, and of which?" };
    }

    private static Case NoPlan() => Of("Acme Chat 3 (suspect A)", [ExampleFindings.Of("acme-chat-3", 48_000, 12_700).WithControls(Controls())], planned: false) with
    {
        Plan = null, Commitments = null, Timestamps = [], Custody = null, Validation = null, SignerKeyId = null, StatementSha256 = null, BuildHash = string.Empty, Files = [],
        KeyOrderFault = "No commitment was stamped: key not shown to precede the data.",
    };

    private static Case Deviations()
    {
        Finding finding = ExampleFindings.Of("acme-chat-3", 48_000, 12_700).WithControls(Controls()) with { Seed = 7, Rule = new DecisionRule { SupportThreshold = 500 } };
        finding = finding with { Power = finding.Power with { LogThreshold = finding.LogThreshold } };
        Plan plan = PlanOf([finding]) with { Gamma = new Statistics.Fraction(1, 2), RandomKeys = 2_000, Prior = "log-grid 2" };
        return Of("Acme Chat 3 (suspect A)", [finding], planned: true, plan: plan);
    }

    private static Case NoTimestamp() => Support() with { Timestamps = [], KeyOrderFault = "The commitment has no valid time stamp from before the first record: key not shown to precede the data." };

    private static Case Damaged()
    {
        Case support = Support();
        return support with
        {
            Custody = support.Custody! with
            {
                Faults = ["collection/log.jsonl, line 812: the record was changed; its hash is not the one that line 813 holds.", "collection/log.jsonl, line 2,044: a record is missing.", "collection/log.jsonl, line 3,100: the record stands twice."],
                Warnings = ["Between 2026-09-15 02:11:09 UTC and 2026-09-15 09:40:00 UTC nothing was collected."],
            },
            Timestamps = [.. support.Timestamps.Take(2), new CaseTimestamp("log", null, "Example Time Authority", "The token was made for other bytes.")],
        };
    }

    private static Case OtherKind() => Of("Weights of Acme Chat 3", [ExampleFindings.Of("acme-chat-3 weights", 48_000, 12_700, question: "weight-fingerprint", hasPanel: false).WithControls(Controls())], planned: true);

    private static Case Hostile()
    {
        string name = "<script>alert(1)</script>\u202egpj.exe|`*_[x](http://evil.example)&lt;\u0000\n# heading " + new string('x', 10_000);
        Case support = Of(name, [ExampleFindings.Of(name, 48_000, 12_700).WithControls([ExampleFindings.Control(name, 90_000, 22_590)])], planned: false);
        return support with
        {
            Question = name,
            Files = [new CaseFile(name, Digest("x"), 1)],
            Custody = support.Custody! with { Subjects = [new CaseSubject(name, name, name, name, 1, 0, null)], Imports = [new CaseImport(name, name, Digest("y"), name, Start)], Warnings = [name] },
            Timestamps = [new CaseTimestamp(name, null, name, name)],
            KeyOrderFault = name,
        };
    }

    private static Case Empty()
    {
        var effect = new EffectEstimate(double.NaN, double.NaN, "green fraction");
        Finding finding = ExampleFindings.Of("acme-chat-3", 1, 0, hasPanel: false);
        finding = finding with
        {
            LogP = double.NaN, LogE = double.NaN, Effect = effect, Counts = new MeasurementCounts { Documents = 0, Tokens = 0, Rows = 0, Scored = 0 }, Key = null, Options = [], Seed = null, Inputs = [], Assumptions = [],
            Power = finding.Power with { SmallestEffect = double.NaN, RowsNeeded = null, LogEAgainstInterest = double.NaN },
            Diagnostics = [Diagnostic.Blocking(DiagnosticCodes.NothingScored, "Nothing was scored: 0 tokens of 0 documents were read and left 0 rows, of which 0 were decided by prompts and 0 are the same under every key.")],
        };
        return new Case { Title = "Nothing", Question = "Do the outputs of acme-chat-3 depend on the key?", Verdict = Verdict.From([finding], null, TestCount.One) };
    }

    private static ControlFinding[] Controls() => [ExampleFindings.Control("independent-1", 120_000, 30_110), ExampleFindings.Control("independent-2", 110_000, 27_390)];

    private static Plan PlanOf(IReadOnlyList<Finding> findings) => new()
    {
        Title = "Acme",
        Created = Start.AddDays(-3),
        Keys = [.. findings.Select(finding => finding.Key!.Id).Distinct()],
        Tests = findings[0].Tests,
        Statistic = "green-list/coins 2",
        Prior = "log-grid 1",
        RandomKeys = findings[0].Panel?.Count ?? 0,
        Selection = "coins, without prompts",
        ContextWidth = 2,
        Gamma = ExampleFindings.Gamma,
    };

    private static Case Of(string title, IReadOnlyList<Finding> findings, bool planned, Plan? plan = null)
    {
        plan ??= planned ? PlanOf(findings) : null;
        string signer = Digest("signer");
        return new Case
        {
            Title = title,
            Question = "Do the outputs of acme-chat-3, asked at https://api.acme.example/v1 in September 2026, depend on the key with which the owner's service marks its replies?",
            Verdict = Verdict.From(findings, plan, findings[0].Tests, new ToolRun("watermark", "0.3.0", Start.AddDays(9))),
            Plan = plan is null ? null : new CasePlan(plan, Digest("plan"), signer, null),
            Commitments = new CaseCommitments(Math.Max(1, findings[0].Tests.M), Digest("registry"), [Digest("commitment 3f1c9a7de0b2465f")]),
            Timestamps = [new("commitments", Start.AddDays(-40), "Example Time Authority", null), new("plan", Start.AddDays(-2), "Example Time Authority", null), new("log", Start.AddDays(7), "Other Time Authority", null)],
            Custody = new CaseCustody
            {
                Records = 5_212,
                First = Start,
                Last = Start.AddDays(6),
                Head = Digest("head"),
                Subjects = [new("acme-chat-3", "suspect", "https://api.acme.example/v1", "acme-chat-3", 400, 3, 0), new("independent-1", "control", "https://api.other.example/v1", "independent-1", 1_000, 0, 2)],
                Imports = [new("independent-2", "independent-2/replies.jsonl", Digest("independent-2"), "J. Doe", Start.AddDays(1))],
            },
            Validation = new CaseValidation(300, 0, 0.00994, "The whole procedure was run 300 times, on 6 corpora known to be independent under 50 fresh keys each; 0 runs ended in support, so the 95 % upper bound of the false-positive rate is 0.99 %.", null),
            Files =
            [
                .. new[] { "collection/log.jsonl", "commitments.json", "plan.dsse.json", "plan.json", "prompts.jsonl", "samples/acme-chat-3.ngrams", "samples/independent-1.ngrams", "samples/independent-2.ngrams", "statement.dsse.json", "statement.json", "timestamps/plan.tsr", "validation.json", "verdict.json" }
                    .Select(name => new CaseFile(name, Digest(name), 1_000 + (name.Length * 977))),
            ],
            SignerKeyId = signer,
            StatementSha256 = Digest("statement"),
            BuildHash = Digest("build"),
        };
    }
}
