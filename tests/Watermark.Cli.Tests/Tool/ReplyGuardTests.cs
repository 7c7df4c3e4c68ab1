using Watermark.Cli.Fingerprints;
using Watermark.Forensics.Findings;

namespace Watermark.Cli.Tests.Tool;

public sealed class ReplyGuardTests
{
    [Fact]
    public void A_tenth_of_the_prompts_may_be_unanswered_and_no_more()
    {
        Assert.Empty(ReplyVerification.Missing(100, 100));
        Assert.Equal(DiagnosticSeverity.Warning, Assert.Single(ReplyVerification.Missing(90, 100)).Severity);
        Diagnostic chosen = Assert.Single(ReplyVerification.Missing(67, 200));
        Assert.Equal((DiagnosticSeverity.Blocking, DiagnosticCodes.PromptsUnanswered), (chosen.Severity, chosen.Code));
        Assert.Contains("133 of the design's 200", chosen.Message, StringComparison.Ordinal);
    }
}
