using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Watermark.TestKit;
using Watermark.Text.Tokenizers;
using Watermark.Text.Tokenizers.SentencePiece;

namespace Watermark.Text.Tests.Tokenizers.Gguf;

public sealed class GgufTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static JsonElement BytePairs { get; } = ReadBytePairs();

    public static TheoryData<string> Patterns() => [.. BytePairs.GetProperty("ids").EnumerateObject().Select(item => item.Name)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("earlier-bpe-user-defined", "llama")]
    [InlineData("earlier-bpe-ties", "llama")]
    [InlineData("bpe-ties-unused", "llama")]
    [InlineData("unigram-nmt-nfkc-bytes", "t5")]
    [InlineData("unigram-ties", "t5")]
    public void A_SentencePiece_model_has_the_ids_that_it_has_as_a_file_of_its_own(string name, string kind)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "TestData", "SentencePiece", name + ".model");
        byte[] file = File.ReadAllBytes(path);
        SentencePieceModel model = SentencePieceFile.Read(file, name);
        GgufWriter gguf = Pieces(kind, [.. model.Pieces])
            .Flag("tokenizer.ggml.add_space_prefix", model.Settings.Normalizer.AddDummyPrefix)
            .Flag("tokenizer.ggml.remove_extra_whitespaces", model.Settings.Normalizer.RemoveExtraWhitespaces);
        if (model.Settings.Normalizer.Rules is not null)
            gguf.Bytes("tokenizer.ggml.precompiled_charsmap", RulesOf(file));
        TextTokenizer tokenizer = Load(gguf);
        Assert.Equal(model.SpecialIds, tokenizer.SpecialTokens);
        Assert.Equal(model.Pieces.Count, tokenizer.VocabularySize);
        int texts = 0;
        foreach (string line in File.ReadLines(Path.ChangeExtension(path, ".jsonl")))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            if (!row.RootElement.TryGetProperty("text", out JsonElement text))
                continue;
            int[] ids = row.RootElement.GetProperty("ids").Ints();
            Assert.Equal(ids, tokenizer.Encode(text.GetString()!));
            if (row.RootElement.TryGetProperty("decoded", out JsonElement decoded))
                Assert.Equal(decoded.GetString(), tokenizer.Decode(ids));
            texts++;
        }

        Assert.InRange(texts, 100, 200);
    }

    [Theory]
    [MemberData(nameof(Patterns))]
    public void A_byte_pair_model_has_the_ids_of_the_reference(string pre)
    {
        TextTokenizer tokenizer = Load(BytePair(pre));
        JsonElement[] texts = [.. BytePairs.GetProperty("texts").EnumerateArray()];
        for (int i = 0; i < texts.Length; i++)
        {
            int[] ids = tokenizer.Encode(texts[i].GetString()!);
            Assert.Equal(BytePairs.GetProperty("ids").GetProperty(pre)[i].Ints(), ids);
            Assert.Equal(texts[i].GetString(), tokenizer.Decode(ids));
        }

        Assert.Equal(31, texts.Length);
    }

    [Fact]
    public void Control_tokens_never_come_from_text_and_give_none()
    {
        TextTokenizer tokenizer = Load(BytePair("gpt-2"));
        int tool = BytePairs.GetProperty("tokens").GetArrayLength();
        Assert.Equal([tool + 1], tokenizer.SpecialTokens);
        int[] ids = tokenizer.Encode("a<tool><|end|>");
        Assert.Equal(tool, ids[1]);
        Assert.DoesNotContain(tool + 1, ids);
        Assert.Equal("a<tool>", tokenizer.Decode([ids[0], tool + 1, ids[1]]));
    }

    [Fact]
    public void What_the_converter_for_Llama_leaves_out_is_usual_and_the_unknown_token_may_be_named_apart()
    {
        Piece[] pieces = [new("u", 0, PieceType.Normal), new("▁a", -1, PieceType.Normal), new("▁", -2, PieceType.Normal), new("a", -3, PieceType.Normal)];
        TextTokenizer tokenizer = Load(Pieces("llama", pieces).UInt32("tokenizer.ggml.unknown_token_id", 0));
        // A dummy prefix, and spaces as they are.
        Assert.Equal([1, 2, 1, 0], tokenizer.Encode("a  ab"));
        Assert.Equal([0], tokenizer.SpecialTokens);
    }

    [Fact]
    public void The_hash_is_of_the_vocabulary_and_not_of_the_weights()
    {
        GgufWriter Sound() => Pieces("llama", [new("<unk>", 0, PieceType.Unknown), new("a", -1, PieceType.Normal)]);
        TextTokenizer plain = Load(Sound());
        // The entries in the order of their names, each with its name, a zero byte, and its type and content as in the file.
        byte[] content =
        [
            .. "tokenizer.ggml.model\0"u8, .. Int32(8), .. Int64(5), .. "llama"u8,
            .. "tokenizer.ggml.scores\0"u8, .. Int32(9), .. Int32(6), .. Int64(2), .. Single(0), .. Single(-1),
            .. "tokenizer.ggml.token_type\0"u8, .. Int32(9), .. Int32(5), .. Int64(2), .. Int32(2), .. Int32(1),
            .. "tokenizer.ggml.tokens\0"u8, .. Int32(9), .. Int32(8), .. Int64(2), .. Int64(5), .. "<unk>"u8, .. Int64(1), .. "a"u8,
        ];
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), plain.ContentHash);
        GgufWriter other = Sound().Text("general.name", "other").UInt32("tokenizer.ggml.bos_token_id", 1).Flag("tokenizer.ggml.add_bos_token", true)
            .Text("tokenizer.chat_template", "x").UInt64("a", 1).Bytes("b", [1, 2, 3]).Texts("c", "d", "e");
        Assert.Equal(plain.ContentHash, TextTokenizer.Load(folder.Write("other.gguf", [.. other.ToArray(version: 2), .. new byte[1000]])).ContentHash);
        Assert.NotEqual(plain.ContentHash, Load(Sound().Flag("tokenizer.ggml.add_space_prefix", false)).ContentHash);
    }

    [Fact]
    public void Weights_are_not_read()
    {
        string path = folder.Write("large.gguf", Pieces("llama", [new("<unk>", 0, PieceType.Unknown), new("▁a", -1, PieceType.Normal)]).ToArray());
        using (FileStream stream = File.OpenWrite(path))
            stream.SetLength(20L << 30);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal([1], TextTokenizer.Load(path).Encode("a"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    private static GgufWriter Pieces(string kind, Piece[] pieces) => new GgufWriter()
        .Text("general.architecture", "llama")
        .Text("tokenizer.ggml.model", kind)
        .Texts("tokenizer.ggml.tokens", [.. pieces.Select(piece => piece.Text)])
        .Floats("tokenizer.ggml.scores", [.. pieces.Select(piece => piece.Score)])
        .Integers("tokenizer.ggml.token_type", [.. pieces.Select(piece => (int)piece.Type)]);

    private static GgufWriter BytePair(string pre)
    {
        string[] tokens = [.. BytePairs.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()!), "<tool>", "<|end|>"];
        return new GgufWriter().Text("tokenizer.ggml.model", "gpt2").Text("tokenizer.ggml.pre", pre).Texts("tokenizer.ggml.tokens", tokens)
            .Integers("tokenizer.ggml.token_type", [.. Enumerable.Repeat(1, tokens.Length - 2), 4, 3])
            .Texts("tokenizer.ggml.merges", [.. BytePairs.GetProperty("merges").EnumerateArray().Select(merge => merge.GetString()!)]);
    }

    private static JsonElement ReadBytePairs()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "TestData", "Gguf", "byte-pairs.json")));
        return document.RootElement.Clone();
    }

    private static byte[] RulesOf(byte[] model)
    {
        var reader = new ProtoReader(model, "m", "the model", 0);
        while (reader.Next() && reader.Field != 3)
            reader.Skip();
        ProtoReader normalizer = reader.Message("normalizer_spec");
        while (normalizer.Next() && normalizer.Field != 2)
            normalizer.Skip();
        return normalizer.Bytes().ToArray();
    }

    private static byte[] Int32(int value) => BitConverter.GetBytes(BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    private static byte[] Int64(long value) => BitConverter.GetBytes(BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    private static byte[] Single(float value) => Int32(BitConverter.SingleToInt32Bits(value));

    private TextTokenizer Load(GgufWriter gguf) => TextTokenizer.Load(folder.Write("model.gguf", gguf.ToArray()));
}
