using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Examples = Watermark.Forensics.Tests.Findings.Examples;

namespace Watermark.Forensics.Tests.Cases;

public sealed class CaseJudgeTests
{
    private static readonly string Digest = new('a', 64);

    [Fact]
    public void Without_anything_wrong_only_the_listed_replies_are_noted()
    {
        Finding judged = CaseJudge.Judge(Finding(), Facts());

        Assert.Equal(Outcome.Support, judged.Outcome);
        Assert.Equal([DiagnosticCodes.RepliesLeftOut], Added(judged).Select(diagnostic => diagnostic.Code));
        Assert.Equal(DiagnosticSeverity.Note, Added(judged)[0].Severity);
    }

    [Fact]
    public void The_same_case_adds_the_same_and_nothing_twice()
    {
        CaseFacts facts = Facts(custody => custody with { Faults = ["The record 7 was edited."], Warnings = ["x."] }) with { KeyOrderFault = "no stamp" };
        Finding once = CaseJudge.Judge(Finding(), facts);

        Assert.Equal(once.Diagnostics, CaseJudge.Judge(once, facts).Diagnostics);
    }

    [Fact]
    public void A_broken_chain_blocks()
    {
        Finding judged = CaseJudge.Judge(Finding(), Facts(custody => custody with { Faults = [.. Enumerable.Range(0, 8).Select(i => $"The record {i} was edited.")] }));

        Assert.Equal(Outcome.Inconclusive, judged.Outcome);
        Assert.Equal(6, judged.Diagnostics.Count(diagnostic => diagnostic is { Code: DiagnosticCodes.CustodyBroken, Severity: DiagnosticSeverity.Blocking }));
        Assert.Contains("3 more faults", judged.Diagnostics[^2].Message + judged.Diagnostics[^1].Message + string.Concat(judged.Diagnostics.Select(d => d.Message)), StringComparison.Ordinal);
    }

    [Fact]
    public void Listed_replies_that_the_test_left_out_are_counted_in_the_finding()
    {
        long documents = Finding().Counts.Documents;
        Finding judged = CaseJudge.Judge(Finding(), Facts(custody => custody with { Subjects = [Subject(documents + 7)] }));

        Diagnostic diagnostic = Assert.Single(judged.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.RepliesLeftOut);
        Assert.Equal(DiagnosticSeverity.Warning, diagnostic.Severity);
        Assert.Contains("left out 7 of the replies", diagnostic.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_not_shown_to_be_older_is_a_warning()
    {
        Finding judged = CaseJudge.Judge(Finding(), Facts() with { KeyOrderFault = "The key is not shown to precede the data." });

        Assert.Contains(judged.Diagnostics, diagnostic => diagnostic is { Code: DiagnosticCodes.KeyOrder, Severity: DiagnosticSeverity.Warning });
        Assert.Equal(Outcome.Support, judged.Outcome);
    }

    public static TheoryData<string, Func<CaseFacts, CaseFacts>> Deviations => new()
    {
        { "The collection began under another plan than plan.json.", facts => facts with { Plan = facts.Plan! with { Sha256 = new string('b', 64) } } },
        { "The collection began without a plan.", facts => facts with { Custody = facts.Custody! with { PlanSha256 = null } } },
        { "There is no collection log, so nothing shows that the plan came before the data.", facts => facts with { Custody = null } },
        { "The plan is not signed.", facts => facts with { Plan = facts.Plan! with { SignedBy = null, Fault = "The plan is not signed." } } },
        { "The prompts of the collection are not those of the plan.", facts => facts with { Custody = facts.Custody! with { PromptsSha256 = new string('c', 64) } } },
        { "replies of suspect were collected and 0 requests got none; the plan fixed 3.", facts => facts with { Plan = facts.Plan! with { Plan = facts.Plan.Plan with { Stopping = new StoppingRule(StoppingKind.Fixed, 3) } } } },
        { "replies of suspect were collected and 0 requests got none; the plan fixed 1,000,000.", facts => facts with { Plan = facts.Plan! with { Plan = facts.Plan.Plan with { Stopping = new StoppingRule(StoppingKind.Fixed, 1_000_000) } } } },
        { "the plan fixed at most 3.", facts => facts with { Plan = facts.Plan! with { Plan = facts.Plan.Plan with { Stopping = new StoppingRule(StoppingKind.Anytime, 3) } } } },
    };

    [Theory]
    [MemberData(nameof(Deviations))]
    public void A_collection_that_is_not_the_planned_one_blocks(string message, Func<CaseFacts, CaseFacts> change)
    {
        Finding judged = CaseJudge.Judge(Finding(), change(Planned()));

        Assert.Contains(judged.Diagnostics, diagnostic => diagnostic is { Code: DiagnosticCodes.PlanDeviation, Severity: DiagnosticSeverity.Blocking } && diagnostic.Message.EndsWith(message, StringComparison.Ordinal));
        Assert.Equal(Outcome.Inconclusive, judged.Outcome);
    }

    [Fact]
    public void A_collection_as_planned_adds_no_deviation() =>
        Assert.DoesNotContain(CaseJudge.Judge(Finding(), Planned()).Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.PlanDeviation);

    [Fact]
    public void An_e_value_for_one_look_does_not_go_with_a_plan_to_stop_at_any_time()
    {
        Finding oneLook = Finding() with { Options = [new NamedValue("looks", "one")] };
        CaseFacts anytime = Planned() with { Plan = Planned().Plan! with { Plan = Planned().Plan!.Plan with { Stopping = new StoppingRule(StoppingKind.Anytime, 1_000_000) } } };

        Assert.Equal(Outcome.Inconclusive, CaseJudge.Judge(oneLook, anytime).Outcome);
        Assert.Equal(Outcome.Support, CaseJudge.Judge(oneLook with { Options = [new NamedValue("looks", "any")] }, anytime).Outcome);
    }

    [Fact]
    public void Requests_without_a_reply_explain_a_collection_that_is_too_small()
    {
        long documents = Finding().Counts.Documents;
        CaseFacts facts = Planned() with { Plan = Planned().Plan! with { Plan = Planned().Plan!.Plan with { Stopping = new StoppingRule(StoppingKind.Fixed, documents + 2) } } };
        facts = facts with { Custody = facts.Custody! with { Subjects = [Subject(documents) with { Failures = 2 }] } };

        Assert.Equal(Outcome.Support, CaseJudge.Judge(Finding(), facts).Outcome);
    }

    private static Finding Finding() => Examples.Finding(20).WithControls([Examples.Control()]);

    private static Diagnostic[] Added(Finding judged) => [.. judged.Diagnostics.Except(Finding().Diagnostics)];

    private static CaseSubject Subject(long replies) => new(Finding().Title, "suspect", "https://x.example", "m", replies, 0, null);

    private static CaseFacts Facts(Func<CaseCustody, CaseCustody>? change = null)
    {
        var custody = new CaseCustody { Records = 10, PlanSha256 = Digest, PromptsSha256 = Digest, Subjects = [Subject(Finding().Counts.Documents)] };
        return new CaseFacts { Custody = change?.Invoke(custody) ?? custody };
    }

    private static CaseFacts Planned() => Facts() with { Plan = new CasePlan(Examples.Plan() with { PromptsSha256 = Digest }, Digest, "key", null) };
}
