using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Tests.Texts;

public sealed class TextTests
{
    [Theory]
    [InlineData("plain words", "plain words")]
    [InlineData("a\nb\tc", "a b c")]
    [InlineData("photo\u202egpj.exe", "photo[U+202E]gpj.exe")]
    [InlineData("a\u200bb\u00adc\ufeff", "a[U+200B]b[U+00AD]c[U+FEFF]")]
    [InlineData("\0\u001b[31m\u0085", "[U+0000][U+001B][31m[U+0085]")]
    [InlineData("Größe 東京 שלום 😀", "Größe 東京 שלום 😀")]
    [InlineData("\u2028\u2029", "[U+2028][U+2029]")]
    public void Characters_that_hide_are_shown(string text, string expected) => Assert.Equal(expected, PlainCharacters.Of(text));

    [Fact]
    public void Half_a_character_is_shown_as_damaged() => Assert.Equal("a\ufffdb", PlainCharacters.Of("a\ud800b"));

    [Fact]
    public void Long_names_keep_both_ends_and_say_their_length()
    {
        string name = PlainCharacters.Name("begin" + new string('x', 10_000) + "end.jsonl");

        Assert.True(name.Length < 150);
        Assert.StartsWith("beginxx", name, StringComparison.Ordinal);
        Assert.EndsWith("end.jsonl (10,014 characters)", name, StringComparison.Ordinal);
        Assert.Equal(new string('a', 120), PlainCharacters.Name(new string('a', 120)));
        string faces = PlainCharacters.Name(string.Concat(Enumerable.Repeat("😀", 5_000)));
        Assert.Equal(faces, PlainCharacters.Of(faces));
    }

    [Theory]
    [InlineData("a < b & \"c\" > 'd'", "a &lt; b &amp; &quot;c&quot; &gt; &#39;d&#39;")]
    [InlineData("about 10^12, or 10^-1,234 and 110^5", "about 10<sup>12</sup>, or 10<sup>-1,234</sup> and 110^5")]
    [InlineData("0.99 % of", "0.99&nbsp;% of")]
    public void Words_become_HTML(string text, string expected) => Assert.Equal(expected, HtmlText.Words(text));

    [Fact]
    public void Digests_may_break_in_the_middle()
    {
        string half = new('a', 32);

        Assert.Equal($"<code>{half}<wbr>{half}</code>", HtmlText.Code(half + half));
        Assert.Equal("<code>a&lt;b</code>", HtmlText.Code("a<b"));
        Assert.Empty(HtmlText.Code(""));
    }

    [Theory]
    [InlineData("*a* _b_ [c](d) <e> #f |g| `h` \\ ~i~ &lt; !", @"\*a\* \_b\_ \[c\](d) \<e\> \#f \|g\| \`h\` \\ \~i\~ \&lt; \!")]
    [InlineData("- item", @"\- item")]
    [InlineData("1. item", @"1\. item")]
    [InlineData("12) item", @"12\) item")]
    [InlineData("see http://evil.example", @"see http\://evil.example")]
    [InlineData("Note: 0.25 is plain.", "Note: 0.25 is plain.")]
    public void Words_become_Markdown(string text, string expected) => Assert.Equal(expected, MarkdownText.Words(text));

    [Theory]
    [InlineData("a", "`a`")]
    [InlineData("a`b", "``a`b``")]
    [InlineData("``", "``` `` ```")]
    [InlineData("a|b\nc", "`a|b c`")]
    public void Names_become_code_in_Markdown(string text, string expected) => Assert.Equal(expected, MarkdownText.Code(text));

    [Fact]
    public void A_bar_in_a_name_begins_no_cell() => Assert.Equal("`a\\|b`", MarkdownText.Code("a|b", inTable: true));

    [Theory]
    [InlineData(0.26458333, "0.2646")]
    [InlineData(0.25, "0.2500")]
    [InlineData(1234.5678, "1,235")]
    [InlineData(0, "0")]
    [InlineData(-0.00866, "-0.008660")]
    [InlineData(2.5e-7, "2.5 × 10^-7")]
    [InlineData(3e12, "3 × 10^12")]
    [InlineData(double.NaN, "none")]
    [InlineData(double.PositiveInfinity, "none")]
    public void Numbers_are_written_with_four_digits(double value, string expected) => Assert.Equal(expected, Numbers.Of(value));

    // ln of the numbers written; 1e-200 and 1e300 lie beyond what p-values are usually written with.
    [Theory]
    [InlineData(0.0, "1.00")]
    [InlineData(-2.302585092994046, "0.100")]
    [InlineData(-460.51701859880916, "1 × 10^-200")]
    [InlineData(6.907755278982137, "1,000")]
    [InlineData(690.7755278982137, "1 × 10^300")]
    [InlineData(double.NaN, "none")]
    [InlineData(double.NegativeInfinity, "0")]
    public void Probabilities_are_written_from_logarithms(double ln, string expected) => Assert.Equal(expected, Numbers.FromLn(ln));

    [Theory]
    [InlineData(0.0, "about 1.0 to 1")]
    [InlineData(2.4849066497880004, "about 12.0 to 1")]
    [InlineData(-2.995732273553991, "about 1 to 20.0")]
    [InlineData(23.5, "more than 10^10 to 1")]
    [InlineData(-23.5, "more than 1 to 10^10")]
    [InlineData(double.NaN, "none")]
    public void Ratios_are_written_as_odds(double ln, string expected) => Assert.Equal(expected, Numbers.Ratio(ln));

    [Theory]
    [InlineData(-1, "0.1")]
    [InlineData(0, "1")]
    [InlineData(3, "1,000")]
    [InlineData(12, "10¹²")]
    [InlineData(-40, "10⁻⁴⁰")]
    [InlineData(1234, "10¹²³⁴")]
    public void Powers_of_ten_are_written_beside_axes(double exponent, string expected) => Assert.Equal(expected, Numbers.PowerLabel(exponent));
}
