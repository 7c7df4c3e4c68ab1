using System.Text.Json;
using Watermark.Text.Tokenizers;
using Watermark.Text.Tokenizers.Splitting;

namespace Watermark.Text.Tests.Tokenizers.Splitting;

public sealed class PatternSplitterTests
{
    [Fact]
    public void Expressions_cut_text_as_the_reference_encoder_does()
    {
        int lines = 0;
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "TestData", "Splitting", "splits.jsonl")))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            string pattern = root.GetProperty("pattern").GetString()!;
            string text = root.GetProperty("text").GetString()!;
            string[] expected = [.. root.GetProperty("pieces").EnumerateArray().Select(piece => piece.GetString()!)];
            Assert.Equal(expected, Pieces.Of(new PatternSplitter(pattern, "x"), text));
            lines++;
        }

        Assert.Equal(278, lines);
    }

    [Theory]
    [InlineData(@"(a)\1", @"'\1'")]
    [InlineData(@"\X", @"'\X'")]
    [InlineData(@"\Ga", @"'\G'")]
    [InlineData(@"\h+", @"'\h'")]
    [InlineData(@"\pL", @"'\p' without a name in braces")]
    [InlineData(@"\p{Emoji}", @"'\p{Emoji}'")]
    [InlineData(@"\p{Script=Han}", @"'\p{Script=Han}'")]
    [InlineData(@"\u{41}", @"'\u' without the number of a character")]
    [InlineData(@"\x{110000}", @"'\x' without the number of a character")]
    [InlineData(@"\xff", @"'\x' without the number of a character")]
    [InlineData(@"\ud800", @"'\u' without the number of a character")]
    [InlineData("[[:alpha:]]", "'[:'")]
    [InlineData("[]a]", "an empty set or a ']' at the beginning of one")]
    [InlineData("[a&&]", "an empty set or a ']' at the beginning of one")]
    [InlineData("[a-c-e]", "a '-' in the middle of a set")]
    [InlineData(@"[a-\d]", "a range without end")]
    [InlineData("[z-a]", "a range without end")]
    [InlineData("[a", "a '[' without its ']'")]
    [InlineData("(a", "a '(' without its ')'")]
    [InlineData("a)", "a ')' without its '('")]
    [InlineData("(?m:.)", "'(?m:'")]
    [InlineData("(?<n>a)", "'(?<n'")]
    [InlineData("(?~a)", "'(?~a'")]
    [InlineData("a(?i)b", "'(?i)'")]
    [InlineData("(?i:ss)", "'ss' without regard to case")]
    [InlineData("(?i:\u00e9)", "'\u00e9' without regard to case")]
    [InlineData(@"(?i:\p{Lu})", @"'\p{Lu}' without regard to case")]
    [InlineData(@"(?i:\w)", @"'\w'")]
    [InlineData("*a", "'*' where nothing stands before it")]
    [InlineData("a**", "a repeat of a repeat")]
    [InlineData("a{2}?", "'?' behind a fixed number of repeats")]
    [InlineData("a{x", "a '{' that begins no number of repeats")]
    [InlineData("a{3,2}", "a '{' that begins no number of repeats")]
    [InlineData("a{2000}", "a '{' that begins no number of repeats")]
    [InlineData("(?:(?:a{1000}){1000}){1000}", "too many repeats")]
    [InlineData("(?:a?)*", "a repeat of what can be empty")]
    [InlineData("(?:a|b*)+", "a repeat of what can be empty")]
    [InlineData("(?>a+){2}", "a repeat of what never goes back")]
    [InlineData("(?:a++)+", "a repeat of what never goes back")]
    [InlineData("(?=a)*", "a repeated anchor")]
    [InlineData("^+", "a repeated anchor")]
    [InlineData(@"a\", @"a '\' at the end")]
    public void What_cannot_be_done_exactly_is_refused_by_name(string pattern, string what)
    {
        InputFormatException exception = Assert.Throws<InputFormatException>(() => TextSplitter.FromPattern(pattern, "t.json: pre_tokenizer.pattern.Regex"));
        Assert.Equal($"t.json: pre_tokenizer.pattern.Regex: the pattern has {what}, which is not supported.", exception.Message);
    }

    [Fact]
    public void Expressions_without_measure_are_refused()
    {
        string[] patterns = [new string('a', 10_001), string.Concat(Enumerable.Repeat("(?:", 200)) + "a", string.Concat(Enumerable.Repeat('[', 200)) + "a", string.Concat(Enumerable.Range(0x4e00, 600).Select(point => (char)point))];
        Assert.All(patterns, pattern => Assert.Throws<InputFormatException>(() => new PatternSplitter(pattern, "x")));
    }

    [Theory]
    [InlineData("(?:a|aa)+$")]
    [InlineData(@"(?:a|aa)+(?!\S)b")]
    public void An_expression_that_never_ends_is_stopped(string pattern)
    {
        TextSplitter splitter = TextSplitter.FromPattern(pattern, "t.json: pre_tokenizer.pattern.Regex");
        InputFormatException exception = Assert.Throws<InputFormatException>(() => Pieces.Of(splitter, new string('a', 60) + "!"));
        Assert.Equal("t.json: pre_tokenizer.pattern.Regex: the pattern takes too long on a text; it goes back over the same characters again and again.", exception.Message);
    }

    [Fact]
    public void Matches_are_found_with_what_is_between_them_left_out()
    {
        TextSplitter splitter = TextSplitter.FromPattern(@"\d+|x*", "x");
        var bounds = new IntBuffer();
        // U+1F600 has two units. Matches of nothing count, but not where the last match ended.
        splitter.FindMatches("\U0001F60012a", bounds);
        Assert.Equal([0, 0, 2, 4, 5, 5], bounds.Span.ToArray());
        bounds.Truncate(0);
        TextSplitter.Cl100k.FindMatches("a 12", bounds);
        Assert.Equal([0, 1, 1, 2, 2, 4], bounds.Span.ToArray());
    }
}
