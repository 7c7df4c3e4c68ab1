using System.Text.Json;
using FsCheck.Xunit;
using Watermark.TestKit;
using Watermark.Text.Tokenizers;

namespace Watermark.Text.Tests.Tokenizers.SentencePiece;

public sealed class SentencePieceTests : IDisposable
{
    private const int FirstByte = 3;
    private const int FirstPiece = FirstByte + 256;

    private static readonly string[] Pieces = ["▁h", "he", "▁he", "▁", "h", "e", "l", "o", "é"];

    private static readonly TextTokenizer Words = Small(null, suffix: false);
    private static readonly TextTokenizer WholeText = Small("▁q▁q", suffix: false);
    private static readonly TextTokenizer WordsWithSuffix = Small(null, suffix: true);
    private static readonly TextTokenizer WholeTextWithSuffix = Small("q▁q▁", suffix: true);

    private readonly TemporaryFolder folder = new();
    private TextTokenizer? small;

    public static TheoryData<string> Models() => [.. Directory.EnumerateFiles(Folder, "*.model").Select(path => Path.GetFileNameWithoutExtension(path))];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "TestData", "SentencePiece");

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Models))]
    public void Ids_and_decoded_text_are_those_of_the_reference(string model)
    {
        TextTokenizer tokenizer = TextTokenizer.Load(Path.Combine(Folder, model + ".model"));
        int lines = 0;
        foreach (string line in File.ReadLines(Path.Combine(Folder, model + ".jsonl")))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            int[] ids = row.RootElement.GetProperty("ids").Ints();
            if (row.RootElement.TryGetProperty("text", out JsonElement text))
            {
                Assert.Equal(ids, tokenizer.Encode(text.GetString()!));
                // Once more, now that the words were met.
                Assert.Equal(ids, tokenizer.Encode(text.GetString()!));
            }

            if (row.RootElement.TryGetProperty("decoded", out JsonElement decoded))
                Assert.Equal(decoded.GetString(), tokenizer.Decode(ids));
            lines++;
        }

        Assert.InRange(lines, 100, 200);
    }

    [Fact]
    public void The_models_of_the_reference_are_all_there() => Assert.Equal(14, Models().Count);

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
        // Nor where the control piece is a single character, or a word of a model of words.
        byte[] model = new ModelWriter().Piece("<unk>", 0, 2).Piece("c", 0, 3).Piece("a", 0).Trainer((3, 2)).Normalizer((3, 0)).ToArray();
        Assert.Equal([2, 0, 2], TextTokenizer.Load(folder.Write("bpe.model", model)).Encode("aca"));
        model = new ModelWriter().Piece("<unk>", 0, 2).Piece("c", 0, 3).Piece("▁a", 0).Trainer((3, 3)).Normalizer((3, 0)).ToArray();
        Assert.Equal([0, 2], TextTokenizer.Load(folder.Write("word.model", model)).Encode("c a"));
    }

    [Property(MaxTest = 200)]
    public bool Any_text_comes_back(string? text)
    {
        string whole = string.Concat((text ?? string.Empty).EnumerateRunes());
        TextTokenizer tokenizer = small ??= Load();
        // U+2581 stands for a space, so it comes back as one.
        return tokenizer.Decode(tokenizer.Encode(whole)) == whole.Replace('▁', ' ');
    }

    [Property(MaxTest = 200)]
    public bool Words_that_are_cut_alone_have_the_ids_of_the_whole_text(byte[] choice)
    {
        string text = string.Concat(choice.Select(value => "abc  ▁c"[value % 7]));
        // "▁q▁q" could merge across words, so with it the text is not cut; no text here has a q.
        return Words.Encode(text).AsSpan().SequenceEqual(WholeText.Encode(text))
            && WordsWithSuffix.Encode(text).AsSpan().SequenceEqual(WholeTextWithSuffix.Encode(text));
    }

    [Fact]
    public void Encoding_allocates_its_result_and_nothing_else()
    {
        TextTokenizer tokenizer = TextTokenizer.Load(Path.Combine(Folder, "bpe-ties-unused.model"));
        TextTokenizer unigram = TextTokenizer.Load(Path.Combine(Folder, "unigram-nmt-nfkc-bytes.model"));
        string text = string.Concat(Enumerable.Repeat("A sentence of some words, 12 in all. ", 100));
        foreach (TextTokenizer one in new[] { tokenizer, unigram })
        {
            int[] ids = one.Encode(text);
            one.Encode(text);
            long before = GC.GetAllocatedBytesForCurrentThread();
            one.Encode(text);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, sizeof(int) * ids.Length + 1000);
        }
    }

    [Theory]
    [InlineData("earlier-bpe-ties")]
    [InlineData("bpe-ties-unused")]
    [InlineData("bpe-spaces-inside")]
    [InlineData("unigram-nmt-nfkc-bytes")]
    [InlineData("unigram-ties")]
    public void Time_grows_with_the_length_of_a_text_without_spaces_and_not_with_its_square(string model)
    {
        TextTokenizer tokenizer = TextTokenizer.Load(Path.Combine(Folder, model + ".model"));
        // With the square, a million characters would take minutes.
        var random = new Random(1);
        string letters = string.Concat(Enumerable.Range(0, 1_000_000).Select(_ => (char)('a' + random.Next(26))));
        string chinese = string.Concat(Enumerable.Range(0, 500_000).Select(_ => (char)(0x4e00 + random.Next(1000))));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        int[][] ids = [tokenizer.Encode(letters), tokenizer.Encode(chinese), tokenizer.Encode(new string('a', 1_000_000))];
        Assert.All(ids, some => Assert.NotEmpty(some));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
    }

    [Fact]
    public void Threads_share_a_model()
    {
        TextTokenizer tokenizer = TextTokenizer.Load(Path.Combine(Folder, "earlier-bpe-ties.model"));
        string[] texts = [.. Enumerable.Range(0, 300).Select(i => string.Join(' ', Enumerable.Range(i, 40).Select(n => $"word{n} 数{n}")))];
        int[][] alone = [.. texts.Select(tokenizer.Encode)];
        int[][] together = new int[texts.Length][];
        TextTokenizer fresh = TextTokenizer.Load(Path.Combine(Folder, "earlier-bpe-ties.model"));
        Parallel.For(0, texts.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => together[i] = fresh.Encode(texts[i]));
        Assert.Equal(alone, together);
    }

    [ConformanceFact("llama2")]
    public void The_published_replies_of_Llama_2_have_the_ids_of_the_reference_encoder()
    {
        TextTokenizer tokenizer = TextTokenizer.Load(ConformanceFactAttribute.PathOf("llama2/tokenizer.model"));
        Assert.Equal(32_000, tokenizer.VocabularySize);
        Assert.Equal([0, 1, 2], tokenizer.SpecialTokens);
        int rows = 0;
        foreach (string line in File.ReadLines(ConformanceFactAttribute.PathOf("llama2/replies.jsonl")))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            Assert.Equal(row.RootElement.GetProperty("tokens").Ints(), tokenizer.Encode(row.RootElement.GetProperty("text").GetString()!));
            rows++;
        }

        Assert.Equal(1000, rows);
    }

    private static int Id(string piece) => FirstPiece + Array.IndexOf(Pieces, piece);

    private static TextTokenizer Small(string? crossing, bool suffix)
    {
        string[] merges = suffix ? ["c▁", "a▁", "ab", "bc", "abc▁", "▁▁", "▁▁▁▁", "ca▁"] : ["▁c", "▁a", "ab", "bc", "▁abc", "▁▁", "▁▁▁▁", "▁ca"];
        var writer = new ModelWriter().Piece("<unk>", 0, 2).Piece("▁", -9).Piece("a", -9).Piece("b", -9);
        // Equal scores, and a character, c, that is unknown alone.
        for (int i = 0; i < merges.Length; i++)
            writer.Piece(merges[i], -i / 2);
        if (crossing is not null)
            writer.Piece(crossing, -8).Piece("q", -9);
        using var folder = new TemporaryFolder();
        return TextTokenizer.Load(folder.Write("words.model", writer.Trainer((3, 2), (24, suffix ? 1 : 0)).Normalizer((4, 0)).ToArray()));
    }

    /// <summary>BPE with bytes; spaces stay as they are.</summary>
    private TextTokenizer Load()
    {
        ModelWriter model = ModelWriter.WithBytes();
        for (int i = 0; i < Pieces.Length; i++)
            model.Piece(Pieces[i], -i);
        return TextTokenizer.Load(folder.Write("small.model", model.Trainer((3, 2), (35, 1)).Normalizer((3, 1), (4, 0), (5, 1)).ToArray()));
    }
}
