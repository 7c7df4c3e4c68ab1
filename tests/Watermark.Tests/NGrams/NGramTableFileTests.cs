using System.Security.Cryptography;
using FsCheck.Xunit;
using Watermark.NGrams;

namespace Watermark.Tests.NGrams;

public sealed class NGramTableFileTests
{
    private static readonly NGramTableSchema Schema = new()
    {
        ContextWidth = 2,
        Tokenizer = "cl100k_base",
        TokenizerHash = "00ff",
        SpecialTokens = [3, 1],
        RowLimit = 50,
        Selection = new NGramSelection { Distinct = DistinctRule.NGrams, FirstPosition = 1, Padding = -1 },
    };

    [Property(MaxTest = 30)]
    public void What_is_written_is_read(ulong seed)
    {
        NGramTable table = Corpora.Build(Schema, Corpora.Draw(seed, 20));
        byte[] bytes = Corpora.Bytes(table);

        NGramTable read = NGramTable.Read(new MemoryStream(bytes));

        Assert.Equal(bytes, Corpora.Bytes(read));
        Assert.Equal(table.Schema, read.Schema);
        Assert.Equal(table.IsSample, read.IsSample);
        Assert.Equal(table.Tokens, read.Tokens);
    }

    [Fact]
    public void An_empty_table_is_a_file_too()
    {
        byte[] bytes = Corpora.Bytes(NGramTable.Empty(Schema));

        Assert.Equal(0, NGramTable.Read(new MemoryStream(bytes)).RowCount);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] bytes = Corpora.Bytes(Corpora.Build(Schema, Corpora.Draw(1, 3)));
        for (int length = 0; length < bytes.Length; length++)
            Assert.Throws<InputFormatException>(() => NGramTable.Read(new MemoryStream(bytes, 0, length)));
    }

    [Fact]
    public void Every_flipped_bit_is_refused()
    {
        byte[] bytes = Corpora.Bytes(Corpora.Build(Schema, Corpora.Draw(1, 3)));
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<InputFormatException>(() => NGramTable.Read(new MemoryStream(bytes)));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Bytes_after_the_end_are_refused()
    {
        byte[] bytes = [.. Corpora.Bytes(Corpora.Build(Schema, Corpora.Draw(1, 3))), 0];

        InputFormatException exception = Assert.Throws<InputFormatException>(() => NGramTable.Read(new MemoryStream(bytes)));

        Assert.Contains("followed by other bytes", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"rows\":", "\"rows\":9", "truncated")]
    [InlineData("watermark-ngrams/1", "watermark-ngrams/2", "'watermark-ngrams/2' is not supported")]
    [InlineData("\"contextWidth\":2", "\"contextWidth\":99", "header is not valid")]
    [InlineData("\"distinct\":\"ngrams\"", "\"distinct\":\"grams\"", "'grams' is not known")]
    [InlineData("\"documents\":", "\"documents\":-", "negative")]
    public void A_header_that_was_made_up_is_refused_in_words(string old, string replacement, string words)
    {
        byte[] bytes = Corpora.Bytes(Corpora.Build(Schema, Corpora.Draw(1, 3)));
        int length = BitConverter.ToInt32(bytes, 8);
        string header = System.Text.Encoding.UTF8.GetString(bytes, 12, length).Replace(old, replacement, StringComparison.Ordinal);
        byte[] altered = [.. bytes[..8], .. BitConverter.GetBytes(header.Length), .. System.Text.Encoding.UTF8.GetBytes(header), .. bytes[(12 + length)..^32]];
        altered = [.. altered, .. SHA256.HashData(altered)];

        InputFormatException exception = Assert.Throws<InputFormatException>(() => NGramTable.Read(new MemoryStream(altered)));

        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "ascending order")]
    [InlineData(-1, "occurs no time")]
    public void Rows_that_were_made_up_are_refused_even_with_a_good_digest(int which, string words)
    {
        NGramTable table = Corpora.Build(Schema with { RowLimit = null }, Corpora.Draw(1, 3));
        byte[] bytes = Corpora.Bytes(table)[..^32];
        int at = which == 0 ? bytes.Length - (4 * table.RowCount * 4) : bytes.Length - 4;
        BitConverter.GetBytes(which == 0 ? int.MaxValue : 0).CopyTo(bytes, at);

        InputFormatException exception = Assert.Throws<InputFormatException>(() => NGramTable.Read(new MemoryStream([.. bytes, .. SHA256.HashData(bytes)])));

        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
    }
}
