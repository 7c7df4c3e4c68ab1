using System.Security.Cryptography;
using Watermark.Text.Tokenizers;

namespace Watermark.Text.Tests.Tokenizers.HuggingFace;

/// <summary>Folders as models are downloaded.</summary>
public sealed class FolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<int> Texts() => [.. Enumerable.Range(0, GoldenTokenizers.Texts.Length)];

    public void Dispose() => folder.Dispose();

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
    public void Two_files_have_the_hash_of_both_and_their_end_of_text_is_special()
    {
        string path = GoldenTokenizers.WriteFolder(folder, "small");
        TextTokenizer tokenizer = TextTokenizer.Load(path);
        Assert.Equal([0], tokenizer.SpecialTokens);
        Assert.Equal(string.Empty, tokenizer.Decode([0]));
        byte[] content = [.. File.ReadAllBytes(Path.Combine(path, "vocab.json")), 0, .. File.ReadAllBytes(Path.Combine(path, "merges.txt"))];
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), tokenizer.ContentHash);
        folder.Write("small/added_tokens.json", """{"<|im_start|>": 9001}""");
        tokenizer = TextTokenizer.Load(path);
        Assert.Equal([0, 9001], tokenizer.SpecialTokens);
        Assert.Equal(string.Empty, tokenizer.Decode([9001]));
        Assert.DoesNotContain(9001, tokenizer.Encode("<|im_start|>"));
    }

    [Fact]
    public void A_tokenizer_json_decides_alone_and_the_same_file_elsewhere_is_the_same_tokenizer()
    {
        string path = GoldenTokenizers.WriteFolder(folder, "small");
        byte[] json = File.ReadAllBytes(Expected.PathOf("HuggingFace", "space-runs", "tokenizer.json"));
        string file = folder.Write("small/tokenizer.json", json);
        folder.Write("small/tokenizer.model", "not a model");
        folder.Write("small/tokenizer_config.json", """{"tokenizer_class": "Qwen2Tokenizer"}""");
        TextTokenizer tokenizer = TextTokenizer.Load(path);
        Assert.Equal(path, tokenizer.Name);
        Assert.Equal(file, TextTokenizer.Load(file).Name);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(json)), tokenizer.ContentHash);
        Assert.Equal(tokenizer.ContentHash, TextTokenizer.Load(file).ContentHash);
        Assert.Equal([97, 679, 98], tokenizer.Encode("a  b"));
        Assert.Equal("a  b", tokenizer.Decode([97, 679, 98]));
    }

    [Fact]
    public void A_folder_with_a_SentencePiece_model_alone_is_that_model()
    {
        byte[] model = File.ReadAllBytes(Expected.PathOf("SentencePiece", "word.model"));
        TextTokenizer alone = TextTokenizer.Load(folder.Write("words.model", model));
        folder.Write("mine/tokenizer.model", model);
        TextTokenizer tokenizer = TextTokenizer.Load(Path.Combine(folder.Path, "mine"));
        Assert.Equal(alone.ContentHash, tokenizer.ContentHash);
        Assert.Equal(alone.Encode("the key of the text"), tokenizer.Encode("the key of the text"));
    }

    [Theory]
    [InlineData("tokenizer_config.json", "tokenizer_class", "GPT2Tokenizer", false)]
    [InlineData("tokenizer_config.json", "tokenizer_class", "GPT2TokenizerFast", false)]
    [InlineData("tokenizer_config.json", "tokenizer_class", "Qwen2Tokenizer", true)]
    [InlineData("config.json", "model_type", "gpt2", false)]
    [InlineData("config.json", "model_type", "qwen2", true)]
    public void Two_files_of_another_family_than_GPT_2_are_refused(string file, string member, string value, bool refused)
    {
        string path = GoldenTokenizers.WriteFolder(folder, "small");
        int[] ids = TextTokenizer.Load(path).Encode("the cat");
        folder.Write($"small/{file}", $$"""{"{{member}}": "{{value}}", "other": [1]}""");
        if (refused)
        {
            string message = $"{file}: {member}: is '{value}', whose way to cut text vocab.json and merges.txt do not tell; add the model's tokenizer.json.";
            Assert.Equal(Path.Combine(path, message), Assert.Throws<InputFormatException>(() => TextTokenizer.Load(path)).Message);
        }
        else
        {
            Assert.Equal(ids, TextTokenizer.Load(path).Encode("the cat"));
        }
    }

    [Theory]
    [InlineData("vocab.json", "{}", ": vocab.json has no token for the byte 0x00; a byte-level vocabulary has all 256.")]
    [InlineData("vocab.json", "[1]", "vocab.json: expected an object of tokens and their ids.")]
    [InlineData("vocab.json", "not JSON", "vocab.json:1: expected JSON in UTF-8, at most 64 levels deep.")]
    [InlineData("vocab.json", """{"a": -1}""", "vocab.json: expected an id from 0 to 16777215 for the token 'a'.")]
    [InlineData("vocab.json", """{"a": 1e3}""", "vocab.json: expected an id from 0 to 16777215 for the token 'a'.")]
    [InlineData("vocab.json", """{"a": 0, "a": 1}""", "vocab.json: has the token 'a' twice.")]
    [InlineData("vocab.json", """{"a": 0, "b": 0}""", "vocab.json: gives the id 0 to 'a' and to 'b'.")]
    [InlineData("vocab.json", """{"\ud800": 0}""", "vocab.json: expected names of whole Unicode characters.")]
    [InlineData("merges.txt", "q\n", "merges.txt:1: expected two tokens and a space between them.")]
    [InlineData("merges.txt", "#version: 0.2\nq Q\n", "merges.txt:2: vocab.json does not have the tokens of the merge, or not the one that it makes.")]
    [InlineData("added_tokens.json", """{"a": 5}""", "added_tokens.json: 'a' with the id 5 contradicts vocab.json.")]
    public void A_faulty_folder_is_refused_in_one_sentence(string file, string content, string message)
    {
        string path = GoldenTokenizers.WriteFolder(folder, "small");
        folder.Write($"small/{file}", content);
        string said = Assert.Throws<InputFormatException>(() => TextTokenizer.Load(path)).Message;
        Assert.Equal(message[0] == ':' ? path + message : Path.Combine(path, message), said);
    }

    [Fact]
    public void Damaged_files_are_refused_with_the_place()
    {
        string path = GoldenTokenizers.WriteFolder(folder, "small");
        folder.Write("small/merges.txt", [0xff, 0xfe, 0x20]);
        Assert.Equal(Path.Combine(path, "merges.txt: expected text in UTF-8."), Refusal(path));
        byte[] damaged = File.ReadAllBytes(Expected.PathOf("HuggingFace", "damaged-vocab.json"));
        folder.Write("small/vocab.json", damaged);
        Assert.Equal(Path.Combine(path, "vocab.json:1: expected JSON in UTF-8, at most 64 levels deep."), Refusal(path));
        // Without the stray byte at its beginning.
        folder.Write("small/vocab.json", damaged[1..]);
        Assert.Equal(Path.Combine(path, "vocab.json: gives the id 33 to 'ė' and to '!'."), Refusal(path));
        damaged = File.ReadAllBytes(Expected.PathOf("HuggingFace", "damaged-tokenizer.json"));
        folder.Write("small/tokenizer.json", damaged);
        Assert.Equal(Path.Combine(path, "tokenizer.json:1: expected JSON in UTF-8, at most 64 levels deep."), Refusal(path));
        folder.Write("small/tokenizer.json", damaged[1..]);
        Assert.StartsWith(Path.Combine(path, "tokenizer.json: "), Refusal(path), StringComparison.Ordinal);

        static string Refusal(string path) => Assert.Throws<InputFormatException>(() => TextTokenizer.Load(path)).Message;
    }

    [Fact]
    public void A_folder_without_a_tokenizer_is_refused()
    {
        InputFormatException exception = Assert.Throws<InputFormatException>(() => TextTokenizer.Load(folder.Path));
        Assert.Equal($"{folder.Path}: the folder has no tokenizer: expected tokenizer.json, or vocab.json and merges.txt, or tokenizer.model.", exception.Message);
    }
}
