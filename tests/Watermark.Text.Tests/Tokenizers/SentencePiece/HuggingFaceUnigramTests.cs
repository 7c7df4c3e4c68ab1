using System.Text;
using System.Text.Json;
using Watermark.TestKit;
using Watermark.Text.Tokenizers;
using Watermark.Text.Tokenizers.SentencePiece;

namespace Watermark.Text.Tests.Tokenizers.SentencePiece;

public sealed class HuggingFaceUnigramTests
{
    [Fact]
    public void Ids_are_those_of_the_reference()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "TestData", "SentencePiece", "huggingface-unigram.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        int texts = 0;
        foreach (JsonElement item in document.RootElement.EnumerateArray())
        {
            JsonElement model = item.GetProperty("model");
            (string, double)[] vocabulary = [.. model.GetProperty("vocab").EnumerateArray().Select(token => (token[0].GetString()!, HuggingFaceScore.Parse(token[1].GetRawText())))];
            var unigram = new HuggingFaceUnigram(vocabulary, model.GetProperty("unk_id").GetInt32(), model.GetProperty("byte_fallback").GetBoolean(), "m");
            foreach ((JsonElement text, JsonElement ids) in item.GetProperty("texts").EnumerateArray().Zip(item.GetProperty("ids").EnumerateArray()))
            {
                // The second time the word is remembered.
                Assert.Equal(ids.Ints(), Encode(unigram, text.GetString()!));
                Assert.Equal(ids.Ints(), Encode(unigram, text.GetString()!));
                texts++;
            }
        }

        Assert.Equal(12 * 29 + 40, texts);
    }

    [Theory]
    // Digits below 2^53 and a power of ten up to 10^22: both are exact, so the quotient is the nearest double.
    [InlineData("-3.25", -3.25)]
    [InlineData("0", 0)]
    [InlineData("12e2", 1200)]
    [InlineData("1.5E-3", 0.0015)]
    [InlineData("-0.0", -0.0)]
    [InlineData("1e999", double.PositiveInfinity)]
    [InlineData("1e-999", 0)]
    // Computed apart as (double)digits / (double)power: not the nearest double.
    [InlineData("-1.8352104462461334", -1.8352104462461336)]
    [InlineData("-10.413883049483537", -10.413883049483536)]
    [InlineData("-5.673486763149715", -5.673486763149715)]
    // Digits that do not fit into 64 bits are left out, before the point with their power of ten.
    [InlineData("184467440737095516190", 184467440737095516190.0)]
    [InlineData("0.1844674407370955161999", 0.18446744073709552)]
    public void A_score_is_rounded_as_the_reference_rounds_it(string number, double score) =>
        Assert.Equal(BitConverter.DoubleToInt64Bits(score), BitConverter.DoubleToInt64Bits(HuggingFaceScore.Parse(number)));

    [Fact]
    public void A_vocabulary_that_is_none_is_refused()
    {
        Assert.Equal("m: unk_id is 1, but the vocabulary has 1 tokens.", Refusal(() => new HuggingFaceUnigram([("a", 0)], 1, false, "m")));
        Assert.Equal("m: the score of token 0 is not a finite number.", Refusal(() => new HuggingFaceUnigram([("a", double.NaN)], null, false, "m")));
        var unigram = new HuggingFaceUnigram([("a", 0)], null, false, "m");
        Assert.Equal([0, 0], Encode(unigram, "aa"));
        Assert.Equal("m: the text has a character that the vocabulary does not have, and unk_id is not set.", Refusal(() => Encode(unigram, "ab")));
    }

    [Fact]
    public void Rules_match_the_longest_string_for_SentencePiece_and_the_shortest_for_Hugging_Face()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "TestData", "SentencePiece", "unigram-rules-suffix.model");
        PrecompiledCharsMap rules = SentencePieceFile.Read(File.ReadAllBytes(path), path).Settings.Normalizer.Rules!;
        // The rules: a -> A, ab -> y, a zero-width space -> nothing.
        Assert.True(rules.TryMatchLongestPrefix("abc"u8, out int length, out ReadOnlySpan<byte> replacement));
        Assert.Equal((2, "y"), (length, Encoding.UTF8.GetString(replacement)));
        Assert.True(rules.TryTransform("abc"u8, out replacement));
        Assert.Equal("A", Encoding.UTF8.GetString(replacement));
        Assert.True(rules.TryTransform("\u200b"u8, out replacement));
        Assert.Equal(0, replacement.Length);
        Assert.False(rules.TryMatchLongestPrefix("ba"u8, out length, out _));
        Assert.Equal(0, length);
        Assert.False(rules.TryTransform("b"u8, out _));
        Assert.False(rules.TryTransform("\0a"u8, out _));
    }

    private static int[] Encode(HuggingFaceUnigram unigram, string text)
    {
        var ids = new IntBuffer();
        unigram.Encode(Encoding.UTF8.GetBytes(text), ids);
        return ids.Span.ToArray();
    }

    private static string Refusal(Action action) => Assert.Throws<InputFormatException>(action).Message;
}
