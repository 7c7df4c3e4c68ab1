using System.Buffers;
using FsCheck.Xunit;
using Watermark.Text.Tokenizers;

namespace Watermark.Text.Tests.Tokenizers;

public sealed class TextTokenizerTests
{
    private static readonly TextTokenizer Cl100k = TextTokenizer.Load("cl100k_base");
    private static readonly TextTokenizer O200k = TextTokenizer.Load("o200k_base");

    public static TheoryData<string, int> Texts()
    {
        var data = new TheoryData<string, int>();
        foreach (string encoding in new[] { "cl100k_base", "o200k_base" })
        {
            for (int i = 0; i < GoldenTokenizers.Texts.Length; i++)
                data.Add(encoding, i);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void The_ids_are_those_of_tiktoken_and_decode_to_the_text(string encoding, int text)
    {
        TextTokenizer tokenizer = TextTokenizer.Load(encoding);
        int[] ids = tokenizer.Encode(GoldenTokenizers.Texts[text]);
        Assert.Equal(GoldenTokenizers.Ids(encoding, text), ids);
        Assert.Equal(GoldenTokenizers.Texts[text], tokenizer.Decode(ids));
    }

    [Fact]
    public void The_named_encodings_have_the_content_of_the_published_files()
    {
        // SHA-256 of the files as OpenAI publishes them (openai_public.py of tiktoken states the hashes).
        Assert.Equal("223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7", Cl100k.ContentHash);
        Assert.Equal("446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d", O200k.ContentHash);
        Assert.Equal(100_256, Cl100k.VocabularySize);
        Assert.Equal(199_998, O200k.VocabularySize);
        Assert.Equal("cl100k_base", Cl100k.Name);
        // <|endoftext|>, the three of fill-in-the-middle, <|endofprompt|>.
        Assert.Superset(new HashSet<int> { 100_257, 100_258, 100_259, 100_260, 100_276 }, Cl100k.SpecialTokens.ToHashSet());
        Assert.Superset(new HashSet<int> { 199_999, 200_018 }, O200k.SpecialTokens.ToHashSet());
        Assert.All(new[] { Cl100k, O200k }, tokenizer =>
        {
            Assert.Equal(tokenizer.SpecialTokens.Order(), tokenizer.SpecialTokens);
            Assert.Equal(tokenizer.VocabularySize, tokenizer.SpecialTokens[0]);
        });
    }

    [Property(MaxTest = 300)]
    public bool Any_string_is_encoded_to_ordinary_ids_and_back_up_to_half_characters(string? text)
    {
        string whole = string.Concat((text ?? string.Empty).EnumerateRunes());
        return new[] { Cl100k, O200k }.All(tokenizer =>
        {
            int[] ids = tokenizer.Encode(text ?? string.Empty);
            return ids.All(id => id >= 0 && id < tokenizer.VocabularySize) && tokenizer.Decode(ids) == whole;
        });
    }

    [Fact]
    public void Half_a_surrogate_pair_is_read_as_the_replacement_character()
    {
        // In code, because attributes hold UTF-8 and could not say this.
        (string Text, string Read)[] cases = [("a\ud800b", "a\ufffdb"), ("\udc00", "\ufffd"), ("\udc00\ud800", "\ufffd\ufffd")];
        Assert.All(cases, item => Assert.Equal(Cl100k.Encode(item.Read), Cl100k.Encode(item.Text)));
    }

    [Fact]
    public void Special_ids_decode_to_nothing_and_unknown_ones_are_refused()
    {
        Assert.Equal("Hello", Cl100k.Decode([100_257, 9906, 100_276]));
        Assert.Equal("\ufffd", Cl100k.Decode([Cl100k.Encode("\u0001\u0660")[1]]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Cl100k.Decode([100_277]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Cl100k.Decode([-1]));
    }

    [Fact]
    public void Threads_share_a_tokenizer()
    {
        string[] texts = [.. Enumerable.Range(0, 400).Select(i => string.Join(' ', Enumerable.Range(i, 20).Select(n => $"word{n} 数{n}")))];
        int[][] alone = [.. texts.Select(Cl100k.Encode)];
        int[][] together = new int[texts.Length][];
        Parallel.For(0, texts.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => together[i] = Cl100k.Encode(texts[i]));
        Assert.Equal(alone, together);
    }

    [Fact]
    public void Ids_are_written_where_the_caller_wants_them_and_nothing_else_is_allocated()
    {
        string text = string.Join(' ', GoldenTokenizers.Texts);
        int[] expected = Cl100k.Encode(text);
        var ids = new ArrayBufferWriter<int>(10_000);
        long allocated = -1;
        // Work space is made for the first text, and parts of the runtime allocate until their code is optimised.
        for (int i = 0; i < 100_000 && allocated != 0; i++)
        {
            ids.ResetWrittenCount();
            long before = GC.GetAllocatedBytesForCurrentThread();
            int count = Cl100k.Encode(text.AsSpan(), ids);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(expected.Length, count);
        }

        Assert.Equal(0, allocated);
        Assert.Equal(expected, ids.WrittenSpan.ToArray());
        Assert.Equal(0, Cl100k.Encode(default, ids));
        Assert.Throws<InputFormatException>(() => TextTokenizer.Load("ids").Encode("a", ids));
    }

    [Fact]
    public void The_ids_tokenizer_takes_no_text()
    {
        TextTokenizer ids = TextTokenizer.Load("ids");
        Assert.Equal("ids", ids.Name);
        Assert.Empty(ids.ContentHash);
        Assert.Empty(ids.SpecialTokens);
        Assert.Equal(0, ids.VocabularySize);
        InputFormatException exception = Assert.Throws<InputFormatException>(() => ids.Encode("text"));
        Assert.Equal("The tokenizer 'ids' takes no text: name the field that holds token ids, or choose the tokenizer of the model.", exception.Message);
        Assert.Throws<InputFormatException>(() => ids.Encode(string.Empty));
        Assert.Throws<InputFormatException>(() => ids.Decode([1]));
    }

    [Fact]
    public void An_unknown_name_is_refused_with_what_is_known()
    {
        FileNotFoundException exception = Assert.Throws<FileNotFoundException>(() => TextTokenizer.Load("cl100k"));
        Assert.StartsWith("'cl100k' is no tokenizer: expected cl100k_base, o200k_base, ids, ", exception.Message, StringComparison.Ordinal);
    }
}
