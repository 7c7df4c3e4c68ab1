namespace Watermark.Text.Tests;

public sealed class ComposedTextTests
{
    [Theory]
    [InlineData("E\u0301tude", "\u00c9tude")]
    [InlineData("\u1100\u1161", "\uac00")]
    [InlineData("plain", "plain")]
    public void Letters_are_composed(string text, string expected) => Assert.Equal(expected, ComposedText.Of(text));

    [Fact]
    public void Half_a_pair_is_left_as_it_is()
    {
        foreach (string text in new[] { "half \ud800 pair e\u0301", "end \ud800" })
            Assert.Same(text, ComposedText.Of(text));
    }
}
