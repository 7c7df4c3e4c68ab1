using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;
using Watermark.SampleText;
using Watermark.Text.Tokenizers;
using Watermark.Text.Tokenizers.Tiktoken;

namespace Watermark.Text.Tests.Tokenizers.Tiktoken;

/// <summary>The two named encodings beside another implementation of them, Microsoft.ML.Tokenizers.</summary>
public sealed class NamedEncodingTests
{
    private static readonly (TextTokenizer Ours, TiktokenTokenizer Theirs)[] Both =
    [
        Load("cl100k_base", "Microsoft.ML.Tokenizers.Data.Cl100kBase", ReferencePatterns.Cl100k),
        Load("o200k_base", "Microsoft.ML.Tokenizers.Data.O200kBase", ReferencePatterns.O200k),
    ];

    [Fact]
    public void Two_megabytes_of_English_have_the_same_ids()
    {
        int characters = 0;
        foreach (string[] sentences in EnglishSentences.Load(null).Sentences.Chunk(20))
        {
            string text = string.Join(' ', sentences);
            Compare(text);
            characters += text.Length;
            if (characters > 2_000_000)
                return;
        }

        Assert.Fail("The documentation of the SDK has less text than that.");
    }

    [Fact]
    public void Hard_text_has_the_same_ids()
    {
        var random = new Random(7);
        for (int i = 0; i < 1_500; i++)
        {
            Compare(RandomText.Next(random, random.Next(1, 40)));
            Compare(RandomText.AnyCharacters(random, random.Next(1, 60)));
        }
    }

    [Fact]
    public void Long_pieces_have_the_same_ids()
    {
        var random = new Random(8);
        foreach (int length in new[] { 15, 16, 17, 63, 64, 65, 200, 1_000 })
        {
            Compare(string.Concat(Enumerable.Range(0, length).Select(_ => (char)('a' + random.Next(26)))));
            Compare(string.Concat(Enumerable.Range(0, length).Select(_ => (char)(0x4e00 + random.Next(3_000)))));
            Compare(new string(' ', length) + "x" + new string('\n', length));
            Compare(new string('-', length));
        }
    }

    private static (TextTokenizer Ours, TiktokenTokenizer Theirs) Load(string name, string package, Regex pattern)
    {
        using var stream = new MemoryStream(TiktokenFile.FromPackage(package, name));
        return (TextTokenizer.Load(name), TiktokenTokenizer.Create(stream, new ReferencePreTokenizer(pattern), normalizer: null, specialTokens: null));
    }

    private static void Compare(string text)
    {
        foreach ((TextTokenizer ours, TiktokenTokenizer theirs) in Both)
            Assert.Equal([.. theirs.EncodeToIds(text)], ours.Encode(text));
    }
}
