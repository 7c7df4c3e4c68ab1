using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.TestKit;

namespace Watermark.Forensics.Tests.Distillation;

/// <summary>What was noticed while the replies were read decides whether a conclusion may rest on them.</summary>
public sealed class ReadingDiagnosticsTests
{
    private static readonly DistillationTestOptions Options = new() { RandomKeys = 0 };

    public static TheoryData<string, long, string, DiagnosticSeverity?> Noticed => new()
    {
        // 100 replies stand in the sample; shares are of them and of those left out.
        { ReadingCounts.LeftOutWithoutPrompt, 2, DiagnosticCodes.PromptsMissing, DiagnosticSeverity.Warning },
        { ReadingCounts.RepliesWithCommonPrompt, 6, DiagnosticCodes.PromptsMissing, DiagnosticSeverity.Blocking },
        { ReadingCounts.RepliesWithCommonPrompt, 5, DiagnosticCodes.PromptsMissing, null },
        { ReadingCounts.LeftOutGoingOn, 5, DiagnosticCodes.ReplyInPrompt, DiagnosticSeverity.Warning },
        { ReadingCounts.LeftOutGoingOn, 6, DiagnosticCodes.ReplyInPrompt, DiagnosticSeverity.Blocking },
        { ReadingCounts.LeftOutPromptCut, 5, DiagnosticCodes.TruncatedInput, DiagnosticSeverity.Warning },
        { ReadingCounts.LeftOutPromptCut, 6, DiagnosticCodes.TruncatedInput, DiagnosticSeverity.Blocking },
        { ReadingCounts.PromptTextsAtLimit, 51, DiagnosticCodes.TruncatedInput, DiagnosticSeverity.Blocking },
        { ReadingCounts.PromptTextsAtLimit, 50, DiagnosticCodes.TruncatedInput, null },
        { ReadingCounts.WordsInOwnPrompt, 2001, DiagnosticCodes.ReplyInPrompt, DiagnosticSeverity.Warning },
        { ReadingCounts.WordsInOwnPrompt, 2000, DiagnosticCodes.ReplyInPrompt, null },
        { ReadingCounts.RunsInOtherPrompts, 100, DiagnosticCodes.ReplyInPrompt, null },
        { ReadingCounts.RunsInOtherPrompts, 101, DiagnosticCodes.ReplyInPrompt, DiagnosticSeverity.Warning },
        { ReadingCounts.RunsInOtherPrompts, 501, DiagnosticCodes.ReplyInPrompt, DiagnosticSeverity.Blocking },
        { ReadingCounts.RepeatedReplies, 1, DiagnosticCodes.DuplicateInput, DiagnosticSeverity.Note },
        { ReadingCounts.UnreadPrefix + DiagnosticCodes.RoleMismatch, 1, DiagnosticCodes.RoleMismatch, DiagnosticSeverity.Warning },
        { ReadingCounts.UnreadPrefix + DiagnosticCodes.TemplateInText, 1, DiagnosticCodes.TemplateInText, DiagnosticSeverity.Warning },
        { ReadingCounts.TruncatedFiles, 1, DiagnosticCodes.TruncatedInput, DiagnosticSeverity.Warning },
        { ReadingCounts.UnfinishedReplies, 1, DiagnosticCodes.TruncatedInput, DiagnosticSeverity.Warning },
        { ReadingCounts.SkippedFiles, 1, DiagnosticCodes.UnreadRecords, DiagnosticSeverity.Warning },
        { ReadingCounts.InvisibleCharacters, 6, DiagnosticCodes.InvisibleCharacters, DiagnosticSeverity.Warning },
        { ReadingCounts.OtherSpaces, 6, DiagnosticCodes.InvisibleCharacters, DiagnosticSeverity.Warning },
        { ReadingCounts.LookAlikes, 5, DiagnosticCodes.InvisibleCharacters, null },
        { ReadingCounts.RepliesWithInsertedTokens, 2, DiagnosticCodes.InsertedTokens, DiagnosticSeverity.Warning },
    };

    [Theory]
    [MemberData(nameof(Noticed))]
    public void Each_count_is_judged_by_its_share(string count, long value, string code, DiagnosticSeverity? severity)
    {
        Finding finding = Run(Marked(100, hasPrompt: true), (count, value));

        Assert.Equal(severity, finding.Diagnostics.FirstOrDefault(diagnostic => diagnostic.Code == code)?.Severity);
        Assert.Equal(severity == DiagnosticSeverity.Blocking ? Outcome.Inconclusive : Outcome.Support, finding.Outcome);
    }

    [Fact]
    public void Replies_without_their_prompts_support_nothing_unless_somebody_vouches_for_the_prompts()
    {
        Finding finding = Run(Marked(100, hasPrompt: false));
        Finding waived = finding.Waive(DiagnosticCodes.PromptsMissing, "--prompts-unmarked", "No prompt holds marked text.");

        Diagnostic missing = finding.Diagnostics.Single(diagnostic => diagnostic.Code == DiagnosticCodes.PromptsMissing);
        Assert.Equal(DiagnosticSeverity.Blocking, missing.Severity);
        Assert.StartsWith("100 of 100 replies", missing.Message, StringComparison.Ordinal);
        Assert.Equal(Outcome.Inconclusive, finding.Outcome);
        Assert.Equal(Outcome.Support, waived.Outcome);
    }

    [Fact]
    public void Few_replies_without_prompt_are_a_warning_unless_they_are_long()
    {
        Sample sample = Marked(2000, hasPrompt: true, withoutPrompt: 2);

        Assert.Equal(DiagnosticSeverity.Warning, Severity(Run(sample, (ReadingCounts.TokensWithoutPrompt, 80))));
        Assert.Equal(DiagnosticSeverity.Blocking, Severity(Run(sample, (ReadingCounts.TokensWithoutPrompt, 81))));
        Assert.Equal(DiagnosticSeverity.Blocking, Severity(Run(Marked(2000, hasPrompt: true, withoutPrompt: 3))));

        static DiagnosticSeverity? Severity(Finding finding) => finding.Diagnostics.FirstOrDefault(diagnostic => diagnostic.Code == DiagnosticCodes.PromptsMissing)?.Severity;
    }

    private static KeyedScheme Scheme()
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(11));
        return new GreenListScheme { Gamma = new(1, 4), ContextWidth = 1, Delta = 2 }.WithKey(key);
    }

    /// <summary>Marked replies of 40 tokens.</summary>
    private static Sample Marked(int count, bool hasPrompt, int withoutPrompt = 0)
    {
        using KeyedScheme scheme = Scheme();
        var builder = new SampleBuilder(new SampleSchema { ContextWidth = 1 });
        var random = new SeededRandomBits(5);
        for (int i = 0; i < count; i++)
            builder.AddDocument(MarkedText.Draw(scheme, 40, 0.5, random), hasPrompt: hasPrompt && i >= withoutPrompt);
        return builder.Build();
    }

    private static Finding Run(Sample sample, params (string Name, long Value)[] counts)
    {
        var reading = new Dictionary<string, long>
        {
            [ReadingCounts.Words] = 10_000,
            [ReadingCounts.Runs] = 10_000,
            [ReadingCounts.Characters] = 50_000,
            [ReadingCounts.PromptTexts] = 1000,
        };
        foreach ((string name, long value) in counts)
            reading[name] = value;
        using KeyedScheme scheme = Scheme();
        return new DistillationTest(scheme, KeyIdentity.Of(scheme, 2), Options).Run(new TitledSample("suspect", sample.WithInputs([], reading)));
    }
}
