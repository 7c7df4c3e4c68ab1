namespace Watermark.Text.Tests;

public sealed class ComposedTextTests
{
    [Theory]
    [InlineData("E\u0301tude", "\u00c9tude")]
    [InlineData("\u1100\u1161", "\uac00")]
    [InlineData("plain", "plain")]
    [InlineData("half \ud800 pair e\u0301", "half \ud800 pair e\u0301")]
    [InlineData("end \ud800", "end \ud800")]
    public void Letters_are_composed(string text, string expected) => Assert.Equal(expected, ComposedText.Of(text));
}
