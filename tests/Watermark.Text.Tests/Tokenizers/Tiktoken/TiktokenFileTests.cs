using System.Security.Cryptography;
using System.Text;
using Watermark.Text.Tokenizers;
using Watermark.Text.Tokenizers.Tiktoken;

namespace Watermark.Text.Tests.Tokenizers.Tiktoken;

public sealed class TiktokenFileTests : IDisposable
{
    private const string Patterns = "gpt2, cl100k, o200k, llama3, qwen2 and tekken";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_tiktoken_file_of_a_named_encoding_is_that_encoding()
    {
        byte[] file = TiktokenFile.FromPackage("Microsoft.ML.Tokenizers.Data.O200kBase", "o200k_base");
        TextTokenizer named = TextTokenizer.Load("o200k_base");
        string path = folder.Write("renamed.tiktoken", file);
        foreach (string name in new[] { path, path + "#o200k" })
        {
            TextTokenizer loaded = TextTokenizer.Load(name);
            Assert.Equal(name, loaded.Name);
            Assert.Equal(named.ContentHash, loaded.ContentHash);
            Assert.Equal(named.SpecialTokens, loaded.SpecialTokens);
            Assert.All(GoldenTokenizers.Texts, text => Assert.Equal(named.Encode(text), loaded.Encode(text)));
        }

        InputFormatException exception = Assert.Throws<InputFormatException>(() => TextTokenizer.Load(path + "#cl100k"));
        Assert.Equal($"{path}: the file is known, and its pattern is o200k, not cl100k.", exception.Message);
    }

    [Theory]
    [InlineData("gpt2", new[] { 120, 49, 50, 256 }, "gpt2")] // All digits are one piece, in which "34" is a token.
    [InlineData("cl100k", new[] { 120, 49, 50, 51, 52 }, "cl100k")] // Three digits are one piece, here without a token of their own.
    [InlineData("llama3", new[] { 120, 49, 50, 51, 52 }, "cl100k")]
    [InlineData("o200k", new[] { 120, 49, 50, 51, 52 }, "o200k")]
    [InlineData("qwen2", new[] { 120, 49, 50, 51, 52 }, "qwen2")]
    [InlineData("tekken", new[] { 120, 49, 50, 51, 52 }, "tekken")]
    public void The_pattern_behind_the_path_of_a_tiktoken_file_tells_how_text_is_cut(string pattern, int[] ids, string hashed)
    {
        string content = GoldenTokenizers.TiktokenFile("34");
        TextTokenizer tokenizer = TextTokenizer.Load(folder.Write("mine.tiktoken", content) + "#" + pattern);
        Assert.Equal(ids, tokenizer.Encode("x1234"));
        Assert.Equal("x1234", tokenizer.Decode(ids));
        Assert.Equal(257, tokenizer.VocabularySize);
        Assert.Empty(tokenizer.SpecialTokens);
        // A file hashes as itself only where nothing had to be named.
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(content), 0, .. Encoding.UTF8.GetBytes(hashed)])), tokenizer.ContentHash);
    }

    [Fact]
    public void The_pattern_changes_ids_so_an_unknown_file_must_name_it()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "TestData", "Tiktoken", "other-pattern.model");
        Assert.Equal([257], TextTokenizer.Load(path + "#o200k").Encode("I'D"));
        Assert.Equal([73, 258], TextTokenizer.Load(path + "#cl100k").Encode("I'D"));
        Assert.Equal(
            $"{path}: a tiktoken file does not say how its model cuts text, and this file is not known: add the pattern to the path, as in '{path}#llama3'; the patterns are {Patterns}.",
            Assert.Throws<InputFormatException>(() => TextTokenizer.Load(path)).Message);
        Assert.Equal(
            $"{path}: 'o200' is no known pattern; {Patterns} are.",
            Assert.Throws<InputFormatException>(() => TextTokenizer.Load(path + "#o200")).Message);
    }

    [Fact]
    public void A_number_sign_in_a_path_is_part_of_the_path()
    {
        string path = folder.Write("a#llama3", "hello");
        Assert.StartsWith($"{path} is neither", Assert.Throws<InputFormatException>(() => TextTokenizer.Load(path)).Message, StringComparison.Ordinal);
        Assert.Equal(
            $"{path}#gpt2: a pattern behind '#' is for tiktoken files, and this is none.",
            Assert.Throws<InputFormatException>(() => TextTokenizer.Load(path + "#gpt2")).Message);
        Assert.Throws<FileNotFoundException>(() => TextTokenizer.Load(Path.Combine(folder.Path, "absent#llama3")));
    }

    [Theory]
    [InlineData("\n", "")]
    [InlineData("\r\n", "")]
    [InlineData("", "\n")]
    [InlineData("", "\r\n\r\n")]
    public void Empty_lines_are_skipped(string before, string behind)
    {
        string content = GoldenTokenizers.TiktokenFile("he");
        string[] lines = content.Split('\n');
        string spaced = before + string.Join('\n', lines[..100]) + "\n\n" + string.Join("\r\n", lines[100..]) + behind;
        TextTokenizer tokenizer = TextTokenizer.Load(folder.Write("spaced.tiktoken", spaced) + "#gpt2");
        Assert.Equal([256, 108, 108, 111], tokenizer.Encode("hello"));
    }

    [Fact]
    public void An_empty_last_line_ends_the_file()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "TestData", "Tiktoken", "blank-line.tiktoken");
        Assert.Equal([257], TextTokenizer.Load(path + "#cl100k").Encode("abc"));
    }

    [Theory]
    [InlineData("YQ== 0\nYg== zero\n", ":2: expected a token in base64, a space, and a rank that no other line has.")]
    [InlineData("YQ== 0\nYg== 0\n", ":2: expected a token in base64, a space, and a rank that no other line has.")]
    [InlineData("YQ== 0\n \n", ":2: expected a token in base64, a space, and a rank that no other line has.")]
    [InlineData("YQ== 0\n!!! 1\n", ":2: expected a token in base64, a space, and a rank that no other line has.")]
    [InlineData("YQ== 0\nYg== 99999999\n", ":2: expected a token in base64, a space, and a rank that no other line has.")]
    [InlineData("YQ== 0\nYg== 1\n", ": has 2 tokens of a single byte; a byte-level vocabulary has all 256.")]
    public void A_faulty_tiktoken_file_is_refused_in_one_sentence(string content, string message)
    {
        string path = folder.Write("bad.tiktoken", content);
        Assert.Equal(path + message, Assert.Throws<InputFormatException>(() => TextTokenizer.Load(path)).Message);
    }
}
