using System.Text;
using System.Text.Json.Nodes;
using Watermark.Text.Tokenizers;

namespace Watermark.Text.Tests.Tokenizers.HuggingFace;

/// <summary>Every setting is applied, or it cannot change ids, or the file is refused with its name.</summary>
public sealed class SettingTests : IDisposable
{
    private const string Split = """{"type": "Split", "pattern": {"String": " "}, "behavior": "Removed", "invert": false}""";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("version", "\"2.0\"", "version: is '2.0', expected '1.0'.")]
    [InlineData("extra", "null", "extra: is a setting that is not supported.")]
    [InlineData("normalizer", "7", "normalizer: expected an object.")]
    [InlineData("normalizer", "{}", "normalizer: has no member 'type'.")]
    [InlineData("normalizer", """{"type": "Foo"}""", "normalizer.type: is 'Foo', which is not supported.")]
    [InlineData("normalizer", """{"type": "NFC", "foo": 1}""", "normalizer.foo: is a setting that is not supported.")]
    [InlineData("normalizer", """{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Lowercase", "foo": 1}]}""", "normalizer.normalizers[1].foo: is a setting that is not supported.")]
    [InlineData("normalizer", """{"type": "Strip", "strip_left": 1, "strip_right": true}""", "normalizer.strip_left: expected true or false.")]
    [InlineData("normalizer", """{"type": "Replace", "pattern": {"String": ""}, "content": "a"}""", "normalizer.pattern.String: is an empty pattern, which is not supported.")]
    [InlineData("normalizer", """{"type": "Replace", "pattern": {"Glob": "*"}, "content": "a"}""", "normalizer.pattern: has no member 'Regex'.")]
    [InlineData("normalizer", """{"type": "Precompiled", "precompiled_charsmap": "*"}""", "normalizer.precompiled_charsmap: expected base64.")]
    [InlineData("normalizer", """{"type": "Prepend", "prepend": "\ud800"}""", "normalizer.prepend: expected text of whole Unicode characters.")]
    [InlineData("pre_tokenizer", """{"type": "UnicodeScripts"}""", "pre_tokenizer.type: is 'UnicodeScripts', which is not supported.")]
    [InlineData("pre_tokenizer", """{"type": "Sequence", "pretokenizers": [{"type": "Digits"}]}""", "pre_tokenizer.pretokenizers[0]: has no member 'individual_digits'.")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"String": " "}, "behavior": "Dropped", "invert": false}""", "pre_tokenizer.behavior: is 'Dropped', which is not supported.")]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "replacement": "ab"}""", "pre_tokenizer.replacement: expected one character.")]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "second"}""", "pre_tokenizer.prepend_scheme: is 'second', which is not supported.")]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "replacement": "▁", "add_prefix_space": false}""", "pre_tokenizer.add_prefix_space: is false, which contradicts 'prepend_scheme'; a file without 'prepend_scheme' means 'always'.")]
    [InlineData("pre_tokenizer", """{"type": "FixedLength", "length": 0}""", "pre_tokenizer.length: expected a length of at least 1.")]
    [InlineData("pre_tokenizer", """{"type": "ByteLevel", "add_prefix_space": false, "use_regexp": true}""", "pre_tokenizer.use_regexp: is a setting that is not supported.")]
    [InlineData("post_processor", """{"type": "Foo"}""", "post_processor.type: is 'Foo', which is not supported.")]
    [InlineData("decoder", """{"type": "CTC", "pad_token": "a"}""", "decoder.type: is 'CTC', which is not supported.")]
    [InlineData("decoder", """{"type": "Strip", "content": " ", "start": -1, "stop": 0}""", "decoder.start: expected a whole number from 0 to 16777215.")]
    [InlineData("model", "null", "has no member 'model'.")]
    [InlineData("model", """{"vocab": {}}""", "model: has no member 'type'.")]
    [InlineData("model", """{"type": "Char"}""", "model.type: is 'Char', which is not supported.")]
    [InlineData("model", """{"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "b"}""", "model.unk_token: 'b' is not in the vocabulary.")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": 0}, "merges": [], "dropout": 0.1}""", "model.dropout: merges that are left out by chance are not supported.")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": 0}, "merges": [], "cache_capacity": 5}""", "model.cache_capacity: is a setting that is not supported.")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": ["a a", "a b"]}""", "model.merges[0]: the vocabulary does not have 'aa'.")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": 0, "aa": 1}, "merges": [["a", "a"], ["a", "a", "a"]]}""", "model.merges[1]: expected two tokens.")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": 0, "aa": 1}, "merges": ["a a a"]}""", "model.merges[0]: expected two tokens and a space between them.")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": 0, "aa": 1}, "merges": ["a a"], "continuing_subword_prefix": "##"}""", "model.merges[0]: the token 'a' does not begin with '##'.")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": 16777216}, "merges": []}""", "model.vocab: expected an id from 0 to 16777215 for the token 'a'.")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": 0}, "merges": [], "unk_token": "b"}""", "model.unk_token: 'b' is not in the vocabulary.")]
    [InlineData("model", """{"type": "Unigram", "vocab": [["a", 0], ["b", "c"]], "unk_id": 0}""", "model.vocab[1]: expected a token and its score.")]
    [InlineData("model", """{"type": "Unigram", "vocab": [["a", 0]], "unk_id": 1}""", "model: unk_id is 1, but the vocabulary has 1 tokens.")]
    public void What_cannot_be_followed_is_refused_with_its_name(string member, string json, string message)
    {
        string path = folder.Write("tokenizer.json", SmallFile.With((member, "0")).ToJsonString().Replace($"\"{member}\":0", $"\"{member}\":{json}", StringComparison.Ordinal));
        Assert.Equal($"{path}: {message}", Assert.Throws<InputFormatException>(() => TextTokenizer.Load(path)).Message);
    }

    [Theory]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "replacement": "▁"}""", "a b", new[] { 4, 6 })]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "never"}""", "a b", new[] { 1, 6 })]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": false}""", "a", new[] { 4 })]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "replacement": "▁", "add_prefix_space": true, "str_rep": "▁"}""", " b", new[] { 6 })]
    [InlineData("pre_tokenizer", """{"type": "Whitespace"}""", "a b.", new[] { 1, 2, 0 })]
    [InlineData("pre_tokenizer", """{"type": "FixedLength", "length": 2}""", "aba", new[] { 3, 1 })]
    [InlineData("pre_tokenizer", """{"type": "CharDelimiterSplit", "delimiter": "é"}""", "aéb", new[] { 1, 2 })]
    [InlineData("normalizer", """{"type": "NFC"}""", "e\u0301", new[] { 9 })]
    [InlineData("normalizer", """{"type": "Sequence", "normalizers": [{"type": "Lowercase"}, {"type": "Strip", "strip_left": true, "strip_right": true}]}""", " AB ", new[] { 3 })]
    [InlineData("normalizer", """{"type": "Replace", "pattern": {"Regex": "c+"}, "content": "b"}""", "accc", new[] { 3 })]
    [InlineData("normalizer", """{"type": "Prepend", "prepend": "▁"}""", "a", new[] { 4 })]
    [InlineData("truncation", """{"max_length": 1, "strategy": "LongestFirst", "stride": 0, "direction": "Right"}""", "a b", new[] { 8 })]
    [InlineData("padding", """{"strategy": {"Fixed": 9}}""", "a b", new[] { 8 })]
    [InlineData("post_processor", """{"type": "Sequence", "processors": [{"type": "ByteLevel"}, {"type": "TemplateProcessing", "single": []}]}""", "a b", new[] { 8 })]
    public void What_can_be_followed_is(string member, string json, string text, int[] ids) =>
        Assert.Equal(ids, TextTokenizer.Load(folder.Write("tokenizer.json", SmallFile.With((member, json)).ToJsonString())).Encode(text));

    [Fact]
    public void First_files_of_GPT_2_name_no_type_of_their_model()
    {
        JsonObject file = SmallFile.With(("model", """{"vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["#version: 0.2", "a b"]}"""));
        Assert.Equal([2, 0], TextTokenizer.Load(folder.Write("tokenizer.json", file.ToJsonString())).Encode("aba"));
    }

    [Fact]
    public void A_member_that_stands_twice_is_refused()
    {
        string path = folder.Write("tokenizer.json", SmallFile.With(("pre_tokenizer", Split)).ToJsonString().Replace("\"invert\":false", "\"invert\":false,\"invert\":true", StringComparison.Ordinal));
        Assert.Equal($"{path}: pre_tokenizer: has the member 'invert' twice.", Assert.Throws<InputFormatException>(() => TextTokenizer.Load(path)).Message);
    }

    [Theory]
    [InlineData("{", ":1: expected JSON in UTF-8, at most 64 levels deep.")]
    [InlineData("{\n\"version\": \"1.0\",\n}", ":3: expected JSON in UTF-8, at most 64 levels deep.")]
    [InlineData("{}", ": has no member 'model'.")]
    public void What_is_no_JSON_is_refused_with_the_line(string content, string message)
    {
        string path = folder.Write("tokenizer.json", content);
        Assert.Equal(path + message, Assert.Throws<InputFormatException>(() => TextTokenizer.Load(path)).Message);
    }

    [Fact]
    public void Levels_without_end_and_text_that_is_not_UTF_8_are_refused()
    {
        string path = folder.Write("tokenizer.json", string.Concat(Enumerable.Repeat("{\"a\":", 100_000)));
        Assert.Equal($"{path}:1: expected JSON in UTF-8, at most 64 levels deep.", Assert.Throws<InputFormatException>(() => TextTokenizer.Load(path)).Message);
        byte[] content = Encoding.UTF8.GetBytes(SmallFile.With(("normalizer", """{"type": "Prepend", "prepend": "!"}""")).ToJsonString());
        content[content.AsSpan().IndexOf("\"!\""u8) + 1] = 0xff;
        path = folder.Write("tokenizer.json", content);
        Assert.Equal($"{path}: normalizer.prepend: expected text of whole Unicode characters.", Assert.Throws<InputFormatException>(() => TextTokenizer.Load(path)).Message);
    }

    [Fact]
    public void A_pattern_that_goes_back_without_end_ends_in_a_sentence()
    {
        JsonNode pattern = JsonNode.Parse(File.ReadAllText(Expected.PathOf("HuggingFace", "endless-pattern.json")))!["pre_tokenizer"]!["pretokenizers"]![0]!;
        string path = folder.Write("tokenizer.json", SmallFile.With(("pre_tokenizer", pattern.ToJsonString())).ToJsonString());
        TextTokenizer tokenizer = TextTokenizer.Load(path);
        Assert.Equal([0, 1], tokenizer.Encode("!a"));
        InputFormatException exception = Assert.Throws<InputFormatException>(() => tokenizer.Encode(new string('a', 60) + "!"));
        Assert.StartsWith($"{path}: pre_tokenizer.pattern.Regex: the pattern takes too long on a text", exception.Message, StringComparison.Ordinal);
        Assert.Equal([1], tokenizer.Encode("a"));
    }

    [Theory]
    [InlineData("nfc-and-added")]
    [InlineData("space-runs")]
    public void Inputs_that_an_earlier_version_read_wrongly_have_the_ids_of_the_reference(string name)
    {
        TextTokenizer tokenizer = TextTokenizer.Load(Expected.PathOf("HuggingFace", name));
        Assert.All(Expected.Read("HuggingFace", name), row => Assert.Equal(row.Ids, tokenizer.Encode(row.Text)));
    }

    [Fact]
    public void Damaged_files_end_in_one_sentence()
    {
        byte[] whole = File.ReadAllBytes(Expected.PathOf("HuggingFace", "nfc-and-added", "tokenizer.json"));
        var random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 400; i++)
        {
            byte[] damaged = [.. whole];
            for (int k = random.Next(1, 4); k > 0; k--)
                damaged[random.Next(1, damaged.Length)] = (byte)random.Next(256);
            string path = folder.Write("tokenizer.json", random.Next(10) == 0 ? damaged[..random.Next(1, damaged.Length)] : damaged);
            try
            {
                TextTokenizer.Load(path).Encode("Café <think> 12");
            }
            catch (InputFormatException error)
            {
                Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.True(refused > 200, $"{refused} of 400 were refused.");
    }
}
