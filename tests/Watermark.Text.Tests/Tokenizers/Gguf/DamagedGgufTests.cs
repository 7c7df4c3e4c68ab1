using FsCheck.Xunit;
using Watermark.Text.Tokenizers;

namespace Watermark.Text.Tests.Tokenizers.Gguf;

/// <summary>What is no sound vocabulary is refused in one sentence that names the file and the place.</summary>
public sealed class DamagedGgufTests : IDisposable
{
    private const string Model = "tokenizer.ggml.model";
    private const string Tokens = "tokenizer.ggml.tokens";
    private const string Types = "tokenizer.ggml.token_type";
    private const string Scores = "tokenizer.ggml.scores";
    private const string Pre = "tokenizer.ggml.pre";
    private const string Merges = "tokenizer.ggml.merges";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Entries_that_are_missing_or_not_known_are_named()
    {
        Refused(new GgufWriter(), "the metadata has no tokenizer.ggml.model.");
        Refused(new GgufWriter().Text(Model, "llama"), "the metadata has no tokenizer.ggml.tokens.");
        Refused(new GgufWriter().Text(Model, "llama").Texts(Tokens, "a"), "the metadata has no tokenizer.ggml.token_type.");
        Refused(new GgufWriter().Text(Model, "llama").Texts(Tokens, "a").Integers(Types, 1), "the metadata has no tokenizer.ggml.scores.");
        Refused(Pieces("t5"), "the metadata has no tokenizer.ggml.add_space_prefix.");
        Refused(Pieces("t5").Flag("tokenizer.ggml.add_space_prefix", true), "the metadata has no tokenizer.ggml.remove_extra_whitespaces.");
        Refused(Pieces("bert"), "tokenizer.ggml.model: 'bert' is not supported; llama, t5 and gpt2 are.");
        Refused(Pieces("llama").Flag("tokenizer.ggml.fold_case", true), "the entry tokenizer.ggml.fold_case is not known and could change token ids.");
        Refused(Pieces("llama").Bytes("tokenizer.ggml.precompiled_charsmap", [1]), "tokenizer.ggml.precompiled_charsmap: is for the model t5, and this is llama.");
        Refused(BytePair(null), "the metadata has no tokenizer.ggml.pre.");
        Refused(BytePair("default"), "tokenizer.ggml.pre: 'default' is not a known way to cut text.");
        Refused(BytePair("gpt-2"), "the metadata has no tokenizer.ggml.merges.");
        Refused(BytePair("gpt-2").Flag("tokenizer.ggml.add_space_prefix", true), "tokenizer.ggml.add_space_prefix: is true, which is not supported for the model gpt2.");
    }

    [Fact]
    public void Entries_that_contradict_each_other_are_named()
    {
        Refused(Pieces("llama").UInt32(Scores + "2", 1), "the entry tokenizer.ggml.scores2 is not known and could change token ids.");
        Refused(new GgufWriter().Text(Model, "llama").Texts(Tokens, "a").Integers(Types, 1, 1), "tokenizer.ggml.token_type: has 2 types for 1 tokens.");
        Refused(new GgufWriter().Text(Model, "llama").Texts(Tokens, "a").Integers(Types, 0), "tokenizer.ggml.token_type: token 0 has the type 0, expected 1 to 6.");
        Refused(new GgufWriter().Text(Model, "llama").Texts(Tokens, "a").Integers(Types, 2).Floats(Scores, 1, 2), "tokenizer.ggml.scores: has 2 scores for 1 tokens.");
        Refused(new GgufWriter().Text(Model, "llama").Texts(Tokens, "a").Integers(Types, 1).UInt32("tokenizer.ggml.unknown_token_id", 1), "tokenizer.ggml.unknown_token_id: is 1, but there are 1 tokens.");
        Refused(new GgufWriter().Text(Model, "llama").Texts(Tokens, "a").Floats(Types, 1), "tokenizer.ggml.token_type: a list of Float32, expected Int32.");
        Refused(new GgufWriter().Text(Model, "llama").Text(Tokens, "a"), "tokenizer.ggml.tokens: the type is String, expected Array.");
        Refused(new GgufWriter().Text(Model, "llama").Raw(Tokens, 9, [8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xff]), "tokenizer.ggml.tokens: text 0 is not UTF-8.");
        Refused(new GgufWriter().Text(Model, "llama").Texts(Tokens, "a", "a").Integers(Types, 2, 1).Floats(Scores, 1, 2), "piece 1: 'a' is piece 0 too.");
        Refused(BytePair("gpt-2").Texts(Merges, "a c"), "tokenizer.ggml.merges: merge 0 needs the token 'c', which there is not.");
        Refused(BytePair("gpt-2").Texts(Merges, "a b", "a b"), "tokenizer.ggml.merges: merge 1, 'a b', stands twice.");
        Refused(BytePair("gpt-2").Texts(Merges, "ab"), "tokenizer.ggml.merges: merge 0 should be two tokens and a space between them.");
        Refused(BytePair("gpt-2").Texts(Merges, string.Empty), "tokenizer.ggml.merges: merge 0 should be two tokens and a space between them.");
        Refused(BytePair("gpt-2", "a", "a").Texts(Merges), "tokenizer.ggml.tokens: 'a' is token 0 and token 1.");
        Refused(new GgufWriter().Text(Model, "gpt2").Text(Pre, "gpt-2").Texts(Tokens, string.Empty).Integers(Types, 4).Texts(Merges), "tokenizer.ggml.tokens: the user-defined token 0 has no text.");
    }

    [Fact]
    public void Lengths_that_lie_are_refused_with_their_place()
    {
        byte[] huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
        RefusedFile([.. "GGUF"u8, 1, 0, 0, 0], "metadata, byte 8: the version is 1; 2 and 3 in little-endian order are supported.");
        RefusedFile([.. "GGUF"u8, 0, 0, 0, 3], "metadata, byte 8: the version is 50331648; 2 and 3 in little-endian order are supported.");
        RefusedFile([.. "GGUF"u8, 3, 0], "metadata, byte 6: the file ends here.");
        RefusedFile(new GgufWriter().ToArray(stated: long.MaxValue), "metadata, byte 24: the file ends here.");
        RefusedFile([.. new GgufWriter().ToArray(stated: 1), .. huge], "metadata, byte 32: a name has 9223372036854775807 bytes; the longest that is allowed has 65535.");
        RefusedFile([.. new GgufWriter().ToArray(stated: 1), 9, 0, 0, 0, 0, 0, 0, 0, 1], "metadata, byte 32: a length of 9, but 1 bytes are left.");
        Refused(new GgufWriter().Raw(Model, 8, huge), "metadata, byte 64: a length of 9223372036854775807, but 0 bytes are left.");
        Refused(new GgufWriter().Raw("other", 8, huge), "metadata, byte 49: a length of 9223372036854775807, but 0 bytes are left.");
        Refused(new GgufWriter().Raw(Tokens, 9, [8, 0, 0, 0, .. huge]), "metadata, byte 69: a length of 9223372036854775807, but 0 bytes are left.");
        Refused(new GgufWriter().Raw("other", 9, [10, 0, 0, 0, .. huge]), "metadata, byte 53: a length of 9223372036854775807, but 0 bytes are left.");
        Refused(new GgufWriter().Raw("other", 13), "metadata, byte 41: type 13, expected 0 to 12, and no list of lists.");
        Refused(new GgufWriter().Raw("other", 9, [9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]), "metadata, byte 53: type 9, expected 0 to 12, and no list of lists.");
        Refused(new GgufWriter().Text(Model, "a").Text(Model, "b"), "metadata, byte 106: tokenizer.ggml.model stands twice.");
    }

    [Property(MaxTest = 300)]
    public void Any_change_of_a_file_is_read_or_refused(int at, byte value, byte cut)
    {
        foreach (GgufWriter seed in new[] { Pieces("llama").Text("a", "b"), BytePair("llama-bpe").Texts(Merges, "a b") })
        {
            byte[] file = seed.ToArray();
            file[4 + (int)((uint)at % (uint)(file.Length - 4))] = value;
            string path = folder.Write("changed.gguf", file[..(file.Length - (cut < 100 ? cut : 0))]);
            try
            {
                TextTokenizer tokenizer = TextTokenizer.Load(path);
                Assert.NotNull(tokenizer.Decode(tokenizer.Encode("ab abc\n")));
            }
            catch (InputFormatException exception)
            {
                Assert.StartsWith(path, exception.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_pattern_cannot_be_named_for_it()
    {
        string path = folder.Write("model.gguf", Pieces("llama").ToArray());
        Assert.Equal($"{path}#qwen2: a pattern behind '#' is for tiktoken files, and this is none.", Assert.Throws<InputFormatException>(() => TextTokenizer.Load(path + "#qwen2")).Message);
    }

    private static GgufWriter Pieces(string model) => new GgufWriter().Text(Model, model).Texts(Tokens, "<unk>", "a").Integers(Types, 2, 1).Floats(Scores, 0, -1);

    private static GgufWriter BytePair(string? pre, params string[] tokens)
    {
        string[] all = tokens.Length > 0 ? tokens : ["a", "b", "ab"];
        GgufWriter gguf = new GgufWriter().Text(Model, "gpt2").Texts(Tokens, all).Integers(Types, [.. Enumerable.Repeat(1, all.Length)]);
        return pre is null ? gguf : gguf.Text(Pre, pre);
    }

    private void Refused(GgufWriter gguf, string message) => RefusedFile(gguf.ToArray(), message);

    private void RefusedFile(byte[] file, string message)
    {
        string path = folder.Write("model.gguf", file);
        Assert.Equal($"{path}: {message}", Assert.Throws<InputFormatException>(() => TextTokenizer.Load(path)).Message);
    }
}
