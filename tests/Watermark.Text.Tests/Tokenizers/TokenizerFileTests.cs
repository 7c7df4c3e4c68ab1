using System.Security.Cryptography;
using System.Text;
using Watermark.Text.Tokenizers;
using Watermark.Text.Tokenizers.Tiktoken;

namespace Watermark.Text.Tests.Tokenizers;

public sealed class TokenizerFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<int> Texts() => [.. Enumerable.Range(0, GoldenTokenizers.Texts.Length)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("\0\0\0\0")]
    public void A_file_of_another_kind_is_refused(string content)
    {
        string path = folder.Write("tokenizer.model", content);
        InputFormatException exception = Assert.Throws<InputFormatException>(() => TextTokenizer.Load(path));
        Assert.StartsWith($"{path} is neither a SentencePiece model nor a tiktoken file", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Byte_level_ids_are_those_of_Hugging_Face_and_decode_to_the_text(int text)
    {
        TextTokenizer tokenizer = TextTokenizer.Load(GoldenTokenizers.WriteFolder(folder, "small"));
        int[] ids = tokenizer.Encode(GoldenTokenizers.Texts[text]);
        Assert.Equal(GoldenTokenizers.Ids("bytelevel", text), ids);
        Assert.Equal(GoldenTokenizers.Texts[text], tokenizer.Decode(ids));
    }

    [Fact]
    public void A_folder_has_the_hash_of_its_files_and_its_end_of_text_is_special()
    {
        string path = GoldenTokenizers.WriteFolder(folder, "small");
        TextTokenizer tokenizer = TextTokenizer.Load(path);
        Assert.Equal([0], tokenizer.SpecialTokens);
        Assert.Equal(string.Empty, tokenizer.Decode([0]));
        byte[] content = [.. File.ReadAllBytes(Path.Combine(path, "vocab.json")), 0, .. File.ReadAllBytes(Path.Combine(path, "merges.txt"))];
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), tokenizer.ContentHash);
        folder.Write("small/added_tokens.json", """{"<|im_start|>": 9001}""");
        Assert.Equal([0, 9001], TextTokenizer.Load(path).SpecialTokens);
    }

    [Fact]
    public void The_pattern_and_the_added_tokens_of_tokenizer_json_are_used()
    {
        string path = GoldenTokenizers.WriteFolder(folder, "small");
        int[] plain = TextTokenizer.Load(path).Encode("the cat");
        folder.Write("small/tokenizer.json", """
            { "normalizer": { "type": "NFC" }, "added_tokens": [ { "id": 700, "content": "<|im_end|>", "special": true } ],
              "pre_tokenizer": { "type": "Sequence", "pretokenizers": [
                { "type": "Split", "pattern": { "Regex": "[a-s]" }, "behavior": "Isolated", "invert": false },
                { "type": "ByteLevel", "add_prefix_space": false, "use_regex": false } ] },
              "model": { "type": "BPE", "ignore_merges": false } }
            """);
        TextTokenizer tokenizer = TextTokenizer.Load(path);
        Assert.Equal([0, 700], tokenizer.SpecialTokens);
        // The pieces are t, h, e, " ", c, a, t: every token is a byte.
        int[] ids = tokenizer.Encode("the cat");
        Assert.Equal(7, ids.Length);
        Assert.True(plain.Length < ids.Length);
        Assert.Equal("the cat", tokenizer.Decode(ids));
    }

    [Theory]
    [InlineData("""{ "pre_tokenizer": { "type": "Metaspace" } }""", "this pre-tokenizer is not supported")]
    [InlineData("""{ "pre_tokenizer": { "type": "ByteLevel", "add_prefix_space": true } }""", "this pre-tokenizer is not supported")]
    [InlineData("""{ "pre_tokenizer": null }""", "a model without pre-tokenizer is not supported")]
    [InlineData("""{ "normalizer": { "type": "NFKC" }, "pre_tokenizer": { "type": "ByteLevel" } }""", "the normalizer NFKC is not supported")]
    [InlineData("""{ "model": { "ignore_merges": true }, "pre_tokenizer": { "type": "ByteLevel" } }""", "a model that ignores merges is not supported")]
    [InlineData("""{ "pre_tokenizer": { } }""", "expected the settings of a byte-level BPE tokenizer in JSON")]
    [InlineData("not JSON", "expected the settings of a byte-level BPE tokenizer in JSON")]
    public void Settings_that_would_change_ids_are_refused(string settings, string message)
    {
        string path = GoldenTokenizers.WriteFolder(folder, "small");
        string file = folder.Write("small/tokenizer.json", settings);
        InputFormatException exception = Assert.Throws<InputFormatException>(() => TextTokenizer.Load(path));
        Assert.StartsWith($"{file}: {message}", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vocab.json", "{}", "expected a JSON object of tokens and their ids")]
    [InlineData("vocab.json", "[1]", "expected a JSON object of tokens and their ids")]
    [InlineData("vocab.json", """{"a": -1}""", "expected a JSON object of tokens and their ids")]
    [InlineData("vocab.json", """{"a": 0}""", "vocab.json has no token for the byte 0x00; a byte-level vocabulary has all 256")]
    [InlineData("merges.txt", "q\n", "merges.txt line 1: expected two tokens and a space between them")]
    [InlineData("merges.txt", "q Q\n", "merges.txt line 1: vocab.json does not have the token that the merge makes")]
    public void A_faulty_folder_is_refused_in_one_sentence(string file, string content, string message)
    {
        string path = GoldenTokenizers.WriteFolder(folder, "small");
        folder.Write($"small/{file}", content);
        Assert.Contains(message, Assert.Throws<InputFormatException>(() => TextTokenizer.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_the_files_is_refused()
    {
        InputFormatException exception = Assert.Throws<InputFormatException>(() => TextTokenizer.Load(folder.Path));
        Assert.Equal($"{folder.Path}: the folder has no vocab.json; a byte-level BPE tokenizer has vocab.json and merges.txt.", exception.Message);
    }
}
