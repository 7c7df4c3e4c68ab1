using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Watermark.TestKit;
using Watermark.Text.Tokenizers;

namespace Watermark.Text.Tests.Tokenizers;

public sealed class SentencePieceTests : IDisposable
{
    private const int FirstByte = 3;
    private const int FirstPiece = FirstByte + 256;

    private static readonly string[] Pieces = ["▁h", "he", "▁he", "▁", "h", "e", "l", "o", "é"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Text_gets_its_dummy_prefix_and_neither_begin_nor_end()
    {
        TextTokenizer tokenizer = Load();
        // "▁hello": the best merge is ▁h, then ▁h+e; l, l and o stay single.
        Assert.Equal([Id("▁he"), Id("l"), Id("l"), Id("o")], tokenizer.Encode("hello"));
        Assert.Equal("hello", tokenizer.Decode(tokenizer.Encode("hello")));
        // What has no piece is written in bytes: U+4F60 is E4 BD A0.
        Assert.Equal([Id("▁"), Id("é"), FirstByte + 0xe4, FirstByte + 0xbd, FirstByte + 0xa0], tokenizer.Encode("é你"));
        Assert.Equal("é你", tokenizer.Decode(tokenizer.Encode("é你")));
        Assert.Empty(tokenizer.Encode(string.Empty));
    }

    [Fact]
    public void Control_and_unknown_pieces_are_special_and_never_come_from_text()
    {
        TextTokenizer tokenizer = Load();
        Assert.Equal([0, 1, 2], tokenizer.SpecialTokens);
        Assert.Equal(FirstPiece + Pieces.Length, tokenizer.VocabularySize);
        Assert.DoesNotContain(tokenizer.Encode("<s> hello </s> <unk>"), id => id < FirstByte);
        Assert.Equal(tokenizer.Encode("\ufffd"), tokenizer.Encode("\ud800"));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([tokenizer.VocabularySize]));
    }

    [Fact]
    public void A_truncated_model_is_refused()
    {
        byte[] model = Model();
        string path = folder.Write("cut.model", model[..^1]);
        Assert.Throws<InputFormatException>(() => TextTokenizer.Load(path));
    }

    [ConformanceFact("llama2")]
    public void The_published_replies_of_Llama_2_have_the_ids_of_the_reference_encoder_but_for_six()
    {
        TextTokenizer tokenizer = TextTokenizer.Load(ConformanceFactAttribute.PathOf("llama2/tokenizer.model"));
        Assert.Equal(32_000, tokenizer.VocabularySize);
        Assert.Equal([0, 1, 2], tokenizer.SpecialTokens);
        var others = new List<long>();
        int rows = 0;
        foreach (string line in File.ReadLines(ConformanceFactAttribute.PathOf("llama2/replies.jsonl")))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            if (!tokenizer.Encode(row.RootElement.GetProperty("text").GetString()!).AsSpan().SequenceEqual(row.RootElement.GetProperty("tokens").Ints()))
                others.Add(row.RootElement.GetProperty("id").GetInt64());
            rows++;
        }

        Assert.Equal(1000, rows);
        Assert.Equal([1, 59, 314, 365, 655, 890], others);
    }

    private static int Id(string piece) => FirstPiece + Array.IndexOf(Pieces, piece);

    private TextTokenizer Load() => TextTokenizer.Load(folder.Write("small.model", Model()));

    /// <summary>A model file: pieces (field 1), trainer (field 2: BPE, byte fallback), normalizer (field 3: identity).</summary>
    private static byte[] Model()
    {
        using var model = new MemoryStream();
        AddPiece(model, "<unk>", 0, type: 2);
        AddPiece(model, "<s>", 0, type: 3);
        AddPiece(model, "</s>", 0, type: 3);
        for (int value = 0; value < 256; value++)
            AddPiece(model, $"<0x{value:X2}>", 0, type: 6);
        for (int i = 0; i < Pieces.Length; i++)
            AddPiece(model, Pieces[i], -i, type: 1);
        // model_type (3) = BPE (2), byte_fallback (35) = true, unk, bos, eos ids (40, 41, 42) = 0, 1, 2.
        Add(model, 2, [.. Varint(3 << 3), 2, .. Varint(35 << 3), 1, .. Varint(40 << 3), 0, .. Varint(41 << 3), 1, .. Varint(42 << 3), 2]);
        // name (1), add_dummy_prefix (3) = true, remove_extra_whitespaces (4) = false, escape_whitespaces (5) = true.
        Add(model, 3, [.. Field(1, "identity"u8), 3 << 3, 1, 4 << 3, 0, 5 << 3, 1]);
        return model.ToArray();
    }

    private static void AddPiece(MemoryStream model, string text, float score, byte type)
    {
        byte[] bits = new byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bits, score);
        Add(model, 1, [.. Field(1, Encoding.UTF8.GetBytes(text)), 2 << 3 | 5, .. bits, 3 << 3, type]);
    }

    private static void Add(MemoryStream model, int field, byte[] content) => model.Write(Field(field, content));

    private static byte[] Field(int field, ReadOnlySpan<byte> content) => [.. Varint(field << 3 | 2), .. Varint(content.Length), .. content];

    private static byte[] Varint(int value) => value < 0x80 ? [(byte)value] : [(byte)(value | 0x80), .. Varint(value >> 7)];
}
