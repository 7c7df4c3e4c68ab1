using System.Text;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;

namespace Watermark.Forensics.Tests.Json;

public sealed class VerdictComparisonTests
{
    [Fact]
    public void The_same_verdict_has_no_differences()
    {
        Assert.Empty(VerdictComparison.Differences(Examples.Full(), Examples.Full()));
        Assert.Empty(VerdictComparison.Differences(Examples.Bytes(Examples.WithoutPlan()), Examples.WithoutPlan()));
        Assert.Empty(VerdictComparison.Notes(Examples.Bytes(Examples.Full()), Examples.Full()));
    }

    [Fact]
    public void Members_that_differ_are_named_with_both_values()
    {
        Verdict stored = Of(Examples.Finding with { LogP = -12.3 });

        IReadOnlyList<string> differences = VerdictComparison.Differences(stored, Of(Examples.Finding with { LogP = -11.9 }));

        Assert.Equal(
            [
                "combination.logP is -10.508240530771946, recomputed -10.108240530771946.",
                "findings[0].logP is -12.3, recomputed -11.9.",
                "findings[0].adjustedLogP is -10.508240530771946, recomputed -10.108240530771946.",
            ],
            differences);
    }

    [Fact]
    public void Rounding_is_no_difference_and_a_count_is()
    {
        Verdict stored = Of(Examples.Finding);

        Assert.Empty(VerdictComparison.Differences(stored, Of(Examples.Finding with { LogE = 23.5 + 1e-9, LogP = Examples.Finding.LogP * (1 + 5e-10) })));
        Assert.NotEmpty(VerdictComparison.Differences(stored, Of(Examples.Finding with { LogE = 23.5 + 1e-7 })));
        Assert.Equal(
            ["findings[0].counts.rows is 21000, recomputed 21001."],
            VerdictComparison.Differences(stored, Of(Examples.Finding with { Counts = Examples.Finding.Counts with { Rows = 21_001 } })));
    }

    [Fact]
    public void Circumstances_are_notes()
    {
        Finding moved = Examples.Finding with
        {
            ToolVersion = "9",
            Created = null,
            Inputs = [Examples.Finding.Inputs[0] with { Name = "elsewhere.jsonl" }, Examples.Finding.Inputs[1]],
        };
        Verdict recomputed = Verdict.From([moved], null, Examples.Plan.Tests, new ToolRun("watermark", "9"));

        Assert.Empty(VerdictComparison.Differences(Of(Examples.Finding), recomputed));
        Assert.Equal(
            ["tool is null, recomputed \"watermark\".", "version is null, recomputed \"9\".", "findings[0].inputs[0].name is \"a.jsonl\", recomputed \"elsewhere.jsonl\".", "findings[0].version is \"0.2.0\", recomputed \"9\".", "findings[0].created is \"2026-11-27T02:00:00Z\", recomputed null."],
            VerdictComparison.Notes(Examples.Bytes(Of(Examples.Finding)), recomputed));
    }

    [Fact]
    public void What_was_altered_by_hand_is_named()
    {
        Verdict verdict = Of(Examples.Finding);
        string altered = Examples.Text(verdict).Replace("extremely strong support", "weak support", StringComparison.Ordinal).Replace("\"outcome\": \"support\"", "\"outcome\": \"no-support\"", StringComparison.Ordinal);

        IReadOnlyList<string> differences = VerdictComparison.Differences(Encoding.UTF8.GetBytes(altered), verdict);

        Assert.Equal(4, differences.Count);
        Assert.Equal("outcome is \"no-support\", recomputed \"support\".", differences[0]);
        Assert.Contains(differences, sentence => sentence.StartsWith("findings[0].sentence is ", StringComparison.Ordinal));
    }

    [Fact]
    public void Twenty_differences_are_enough()
    {
        Finding other = Examples.Bare with { Title = "other" };

        IReadOnlyList<string> differences = VerdictComparison.Differences(Of(Examples.Finding), Of(other));

        Assert.Equal(21, differences.Count);
        Assert.EndsWith("more members differ.", differences[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_verdict_is_refused() =>
        Assert.Throws<InputFormatException>(() => VerdictComparison.Differences("{}"u8.ToArray(), Examples.Full()));

    private static Verdict Of(Finding finding) => Verdict.From([finding], null, Examples.Plan.Tests);
}
