using Watermark.HuggingFace;
using Watermark.Text.Tokenizers;

namespace Watermark.Text.Tests.Tokenizers.HuggingFace;

/// <summary>The tokenizer by Hugging Face's own library, for files that ours refuses.</summary>
public sealed class FallbackTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [ReferenceFact]
    public void It_gives_the_ids_of_ours_and_names_what_is_special()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "TestData", "HuggingFace", "nfc-and-added", "tokenizer.json");
        TextTokenizer ours = TextTokenizer.Load(path);
        TextTokenizer theirs = HuggingFaceTokenizer.Load(path);

        foreach (string text in new[] { "plain words of the key", "Cafe\u0301 <think>\nA key.\n</think>", "10 Å", "" })
            Assert.Equal(ours.Encode(text), theirs.Encode(text));
        int[] ids = ours.Encode("plain words");
        Assert.Equal("plain words", theirs.Decode(ids));
        Assert.Equal((ours.ContentHash, ours.VocabularySize), (theirs.ContentHash, theirs.VocabularySize));
        Assert.Equal(ours.SpecialTokens, theirs.SpecialTokens);
        int[][] parallel = [.. Enumerable.Range(0, 64).AsParallel().Select(_ => theirs.Encode("plain words"))];
        Assert.All(parallel, one => Assert.Equal(ids, one));
    }

    [ReferenceFact]
    public void A_file_that_ours_refuses_is_read_without_its_marks_of_beginning_and_end()
    {
        string path = folder.Write("tokenizer.json", """
            {"added_tokens": [{"id": 0, "content": "<s>", "special": true, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false}],
             "pre_tokenizer": {"type": "UnicodeScripts"},
             "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}], "pair": [], "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}}},
             "model": {"type": "WordLevel", "vocab": {"<s>": 0, "река": 1, "river": 2, "[UNK]": 3}, "unk_token": "[UNK]"}}
            """);

        Assert.Contains("UnicodeScripts", Assert.Throws<InputFormatException>(() => TextTokenizer.Load(path)).Message, StringComparison.Ordinal);
        Assert.Equal([2, 1], HuggingFaceTokenizer.Load(path).Encode("riverрека"));
        Assert.Equal([0], HuggingFaceTokenizer.Load(path).SpecialTokens);
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("{}")]
    public void What_is_no_tokenizer_is_refused_by_its_path(string content)
    {
        string path = folder.Write("tokenizer.json", content);

        Assert.Contains(path, Assert.Throws<InputFormatException>(() => HuggingFaceTokenizer.Load(path)).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => HuggingFaceTokenizer.Load(path + "2"));
    }

    [ReferenceFact]
    public void What_the_library_refuses_is_refused_by_its_path()
    {
        foreach (string content in new[] { "{\"model\": {\"type\": \"Nothing\", \"vocab\": {}}}", "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": -1}, \"merges\": [[1]]}}" })
        {
            string path = folder.Write("tokenizer.json", content);
            Assert.Contains(path, Assert.Throws<InputFormatException>(() => HuggingFaceTokenizer.Load(path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_foreign_tokenizer_needs_a_hash_and_a_size()
    {
        Assert.Throws<ArgumentException>(() => TextTokenizer.FromEncoder("x", "00", 1, [], _ => [], _ => ""));
        Assert.Throws<ArgumentOutOfRangeException>(() => TextTokenizer.FromEncoder("x", new string('0', 64), 0, [], _ => [], _ => ""));
    }
}
