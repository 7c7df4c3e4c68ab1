using System.Globalization;
using FsCheck.Xunit;
using Watermark.SampleText;
using Watermark.Text.Tokenizers;
using Watermark.Text.Tokenizers.Splitting;

namespace Watermark.Text.Tests.Tokenizers.Splitting;

public sealed class ScannerTests
{
    private const string Start = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}";

    private const string Rest = @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private static readonly (TextSplitter Scanner, ReferencePreTokenizer Reference)[] All =
    [
        (TextSplitter.Gpt2, new(ReferencePatterns.Gpt2)),
        (TextSplitter.Cl100k, new(ReferencePatterns.Cl100k)),
        (TextSplitter.Qwen2, new(ReferencePatterns.Qwen2)),
        (TextSplitter.O200k, new(ReferencePatterns.O200k)),
        (TextSplitter.Tekken, new(ReferencePatterns.Tekken)),
    ];

    [Theory]
    [InlineData(1, 20_000, 12)]
    [InlineData(2, 1_000, 200)]
    public void Scanners_cut_hard_text_as_their_expressions_do(int seed, int texts, int fragments)
    {
        var random = new Random(seed);
        for (int i = 0; i < texts; i++)
            Compare(RandomText.Next(random, random.Next(1, fragments)));
    }

    [Fact]
    public void Scanners_cut_any_characters_as_their_expressions_do()
    {
        var random = new Random(3);
        for (int i = 0; i < 1_000; i++)
            Compare(RandomText.AnyCharacters(random, 100));
    }

    [Fact]
    public void Scanners_cut_English_as_their_expressions_do()
    {
        foreach (string[] sentences in EnglishSentences.Load(null).Sentences.Take(4_000).Chunk(10))
            Compare(string.Join("\n\n", sentences));
    }

    [Property(MaxTest = 300)]
    public void Scanners_cut_any_string_as_their_expressions_do(string? text) =>
        Compare(string.Concat((text ?? string.Empty).EnumerateRunes()));

    [Fact]
    public void An_expression_is_known_by_its_text()
    {
        Assert.Same(TextSplitter.Gpt2, TextSplitter.FromPattern(Gpt2, "x"));
        Assert.Same(TextSplitter.Cl100k, TextSplitter.FromPattern(Start + "{1,3}" + Rest, "x"));
        Assert.Same(TextSplitter.Qwen2, TextSplitter.FromPattern(Start + Rest, "x"));
        Assert.IsType<PatternSplitter>(TextSplitter.FromPattern(Start + "{1,2}" + Rest, "x"));
    }

    [Theory]
    [InlineData(Gpt2, 0)]
    [InlineData(Start + "{1,3}" + Rest, 1)]
    [InlineData(Start + Rest, 2)]
    public void An_expression_that_is_translated_cuts_as_its_scanner_does(string pattern, int scanner)
    {
        var translated = new PatternSplitter(pattern, "x");
        var random = new Random(4);
        for (int i = 0; i < 3_000; i++)
        {
            string text = RandomText.Next(random, random.Next(1, 20));
            Assert.Equal(Pieces.Of(All[scanner].Scanner, text), Pieces.Of(translated, text));
        }
    }

    [Fact]
    public void Letters_are_those_of_Unicode_16()
    {
        // The numbers of code points that Oniguruma 6.9.10, which the reference encoders use, puts into these categories.
        // Another version of Unicode cuts text with newer characters at other places.
        int letters = 0;
        int numbers = 0;
        int marks = 0;
        for (int point = 0; point < 0x110000; point++)
        {
            UnicodeCategory category = CharUnicodeInfo.GetUnicodeCategory(point);
            letters += category <= UnicodeCategory.OtherLetter ? 1 : 0;
            marks += category is > UnicodeCategory.OtherLetter and <= UnicodeCategory.EnclosingMark ? 1 : 0;
            numbers += category is > UnicodeCategory.EnclosingMark and <= UnicodeCategory.OtherNumber ? 1 : 0;
        }

        Assert.Equal((141_028, 1_911, 2_501), (letters, numbers, marks));
    }

    private static void Compare(string text)
    {
        foreach ((TextSplitter scanner, ReferencePreTokenizer reference) in All)
        {
            string[] expected = [.. reference.Pieces(text).Select(piece => text.Substring(piece.Offset, piece.Length))];
            Assert.Equal(expected, Pieces.Of(scanner, text));
        }
    }
}

/// <summary>What a splitter makes of a text.</summary>
internal static class Pieces
{
    public static List<string> Of(TextSplitter splitter, string text)
    {
        var ends = new IntBuffer();
        splitter.Split(text, ends);
        var pieces = new List<string>();
        int start = 0;
        foreach (int end in ends.Span)
        {
            pieces.Add(text[start..end]);
            start = end;
        }

        Assert.Equal(text.Length, start);
        return pieces;
    }
}
