using Watermark.Text.Tokenizers;

namespace Watermark.Text.Tests.Tokenizers.HuggingFace;

/// <summary>Tokens that are found in the text before it is cut. The ids are those of the reference library.</summary>
public sealed class AddedTokenTests : IDisposable
{
    private const string Spaces = """{"type": "WhitespaceSplit"}""";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void They_become_their_ids_and_the_special_ones_are_named_and_give_no_text()
    {
        TextTokenizer tokenizer = Load("null", SmallFile.Token(10, "<think>"), SmallFile.Token(11, "<end>", special: true));
        Assert.Equal([1, 10, 2, 11], tokenizer.Encode("a<think>b<end>"));
        Assert.Equal([11], tokenizer.SpecialTokens);
        // One more than the greatest id that text can become; special ones apart.
        Assert.Equal(11, tokenizer.VocabularySize);
        Assert.Equal("a <think> b", tokenizer.Decode([1, 10, 2, 11]));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([12]));
    }

    [Fact]
    public void The_longest_of_those_that_begin_first_is_taken()
    {
        TextTokenizer tokenizer = Load("null", SmallFile.Token(10, "aa"), SmallFile.Token(11, "aaa"), SmallFile.Token(12, "ca"));
        Assert.Equal([11, 10], tokenizer.Encode("aaaaa"));
        Assert.Equal([12, 10], tokenizer.Encode("caaa"));
    }

    [Theory]
    [InlineData("x a y", new[] { 0, 1, 0 })]
    [InlineData("xa y", new[] { 0, 0 })]
    [InlineData("a.", new[] { 1, 0 })]
    [InlineData("a\u0301", new[] { 0 })]
    [InlineData("a_", new[] { 0 })]
    public void A_single_word_touches_no_part_of_a_word(string text, int[] ids) =>
        Assert.Equal(ids, Load("null", SmallFile.Token(1, "a", word: true)).Encode(text));

    [Theory]
    [InlineData(true, false, "b  a b", new[] { 2, 10, 3 })]
    [InlineData(false, true, "b  a b", new[] { 11, 10, 2 })]
    [InlineData(true, true, "b \u3000a\u0085\nb", new[] { 2, 10, 2 })]
    public void White_space_beside_it_can_go_with_it(bool left, bool right, string text, int[] ids)
    {
        string vocabulary = """{"type": "WordLevel", "unk_token": "[UNK]", "vocab": {"[UNK]": 0, "b": 2, " b": 3, "b  ": 11, "a": 10}}""";
        TextTokenizer tokenizer = LoadModel("null", "null", vocabulary, SmallFile.Token(10, "a", left: left, right: right));
        Assert.Equal(ids, tokenizer.Encode(text));
    }

    [Fact]
    public void They_are_found_in_the_text_as_it_is_or_as_it_is_normalized()
    {
        string raw = SmallFile.Token(10, "Yes");
        string normalized = SmallFile.Token(11, "No", normalized: true);
        TextTokenizer tokenizer = Load("""{"type": "Lowercase"}""", raw, normalized);
        Assert.Equal([10, 11, 11, 11], tokenizer.Encode("YesNoNOno"));
        Assert.Equal([0], tokenizer.Encode("YES"));
    }

    [Theory]
    [InlineData(11, "<x2>", "added_tokens[0].id: is 11, but the reference library gives '<x2>' the id 10.")]
    [InlineData(3, "a", "added_tokens[0].id: is 3, but the reference library gives 'a' the id 1.")]
    [InlineData(10, "", "added_tokens[0].content: expected text that is not empty.")]
    public void An_id_that_the_reference_does_not_give_is_refused(int id, string content, string message)
    {
        string said = Assert.Throws<InputFormatException>(() => Load("null", SmallFile.Token(id, content))).Message;
        Assert.EndsWith(": " + message, said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_twice_and_a_token_of_which_nothing_is_left_are_refused()
    {
        string twice = Assert.Throws<InputFormatException>(() => Load("null", SmallFile.Token(10, "<a>"), SmallFile.Token(11, "<a>"))).Message;
        Assert.EndsWith("added_tokens[1].content: '<a>' stands twice.", twice, StringComparison.Ordinal);
        string nothing = Assert.Throws<InputFormatException>(() => Load("""{"type": "StripAccents"}""", SmallFile.Token(10, "\u0301", normalized: true))).Message;
        Assert.EndsWith("added_tokens: the normalizer leaves nothing of '\u0301', which would then be found everywhere.", nothing, StringComparison.Ordinal);
        string flag = Assert.Throws<InputFormatException>(() => Load("null", """{"id": 10, "content": "<a>"}""")).Message;
        Assert.EndsWith("added_tokens[0]: has no member 'special'.", flag, StringComparison.Ordinal);
    }

    private TextTokenizer Load(string normalizer, params string[] tokens) => LoadModel(normalizer, Spaces, null, tokens);

    private TextTokenizer LoadModel(string normalizer, string preTokenizer, string? model, params string[] tokens)
    {
        var settings = new List<(string, string)> { ("normalizer", normalizer), ("pre_tokenizer", preTokenizer), ("added_tokens", $"[{string.Join(',', tokens)}]") };
        if (model is not null)
            settings.Add(("model", model));
        return TextTokenizer.Load(folder.Write("tokenizer.json", SmallFile.With([.. settings]).ToJsonString()));
    }
}
