using Watermark.Cli.Commands;

namespace Watermark.Cli.Tests.Terminal;

public sealed class HelpTextTests
{
    [Fact]
    public void Paragraphs_flow_and_examples_keep_their_lines() => Assert.Equal(
        "One sentence that goes on.\n\nAnother paragraph.\n\nExamples:\n  watermark a\n  watermark b",
        HelpText.Flow("One sentence\nthat goes on.\n\nAnother\nparagraph.\n\nExamples:\n  watermark a\n  watermark b"));
}
