using System.Security.Cryptography;
using FsCheck.Xunit;
using Watermark.NGrams;

namespace Watermark.Tests.NGrams;

public sealed class SampleFileTests
{
    private static readonly SampleSchema Schema = new()
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
        Sample table = Corpora.Build(Schema, Corpora.Draw(seed, 20));
        byte[] bytes = Corpora.Bytes(table);

        Sample read = Sample.Read(new MemoryStream(bytes));

        Assert.Equal(bytes, Corpora.Bytes(read));
        Assert.Equal(table.Schema, read.Schema);
        Assert.Equal(table.IsLimited, read.IsLimited);
        Assert.Equal(table.Tokens, read.Tokens);
    }

    [Fact]
    public void How_the_text_was_read_is_kept_and_added_up()
    {
        SampleSchema schema = new() { ContextWidth = 1, Preparation = "reasoning left out" };
        Sample first = Corpora.Build(schema, Corpora.Draw(1, 3)).WithInputs(
            [new SampleInput("a", "00", 1, 0), new SampleInput("page", "ff", 0, 0) { Role = SampleInput.Excluded }],
            new Dictionary<string, long> { [ReadingCounts.Words] = 5, [ReadingCounts.LookAlikes] = 0 });
        Sample second = Corpora.Build(schema, Corpora.Draw(2, 3)).WithInputs([], new Dictionary<string, long> { [ReadingCounts.Words] = long.MaxValue, ["other"] = 1 });

        Sample read = Sample.Read(new MemoryStream(Corpora.Bytes(first)));
        Sample merged = Sample.Merge(first, second);

        Assert.Equal(first.Provenance, read.Provenance);
        Assert.Equal("reasoning left out", read.Schema.Preparation);
        Assert.Equal(SampleInput.Excluded, read.Provenance.Inputs.Single(input => input.Name == "page").Role);
        Assert.Equal([ReadingCounts.Words], read.Provenance.Reading.Keys);
        Assert.Equal(long.MaxValue, merged.Provenance.Count(ReadingCounts.Words));
        Assert.Equal(1, merged.Provenance.Count("other"));
        Assert.Equal(0, merged.Provenance.Count(ReadingCounts.LookAlikes));
        Assert.Contains(
            "prepared by",
            Assert.Throws<ArgumentException>(() => Sample.Merge(first, Corpora.Build(schema with { Preparation = "" }, Corpora.Draw(2, 3)))).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => first.WithInputs([], new Dictionary<string, long> { ["x"] = -1 }));
    }

    [Fact]
    public void A_part_of_a_document_adds_rows_and_no_document()
    {
        var builder = new SampleBuilder(new SampleSchema { ContextWidth = 1 });
        builder.AddDocument([1, 2, 3], [[9]]);
        builder.AddPart([4, 5], [[4]]);
        builder.AddDocument([6, 7], hasPrompt: true);
        builder.AddDocument([7, 8], [[5, 6]], hasPrompt: false);

        Sample sample = builder.Build();

        Assert.Equal((3, 2, 9), (sample.Documents, sample.Provenance.DocumentsWithPrompts, sample.Tokens));
        Assert.Equal(4, sample.RowCount); // 1 2, 2 3, 6 7, 7 8; 4 is in the part's prompt.
    }

    [Fact]
    public void An_empty_table_is_a_file_too()
    {
        byte[] bytes = Corpora.Bytes(Sample.Empty(Schema));

        Assert.Equal(0, Sample.Read(new MemoryStream(bytes)).RowCount);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] bytes = Corpora.Bytes(Corpora.Build(Schema, Corpora.Draw(1, 3)));
        for (int length = 0; length < bytes.Length; length++)
            Assert.Throws<InputFormatException>(() => Sample.Read(new MemoryStream(bytes, 0, length)));
    }

    [Fact]
    public void Every_flipped_bit_is_refused()
    {
        byte[] bytes = Corpora.Bytes(Corpora.Build(Schema, Corpora.Draw(1, 3)));
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<InputFormatException>(() => Sample.Read(new MemoryStream(bytes)));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Bytes_after_the_end_are_refused()
    {
        byte[] bytes = [.. Corpora.Bytes(Corpora.Build(Schema, Corpora.Draw(1, 3))), 0];

        InputFormatException exception = Assert.Throws<InputFormatException>(() => Sample.Read(new MemoryStream(bytes)));

        Assert.Contains("followed by other bytes", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("watermark-ngrams/2", "watermark-ngrams/3", "'watermark-ngrams/3' is not supported")]
    [InlineData("\"kind\":\"text\"", "\"kind\":\"tea\"", "'tea' is not known")]
    [InlineData("\"origin\":\"unknown\"", "\"origin\":\"known\"", "'known' is not known")]
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

        InputFormatException exception = Assert.Throws<InputFormatException>(() => Sample.Read(new MemoryStream(altered)));

        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "ascending order")]
    [InlineData(-1, "occurs no time")]
    public void Rows_that_were_made_up_are_refused_even_with_a_good_digest(int which, string words)
    {
        Sample table = Corpora.Build(Schema with { RowLimit = null }, Corpora.Draw(1, 3));
        byte[] bytes = Corpora.Bytes(table)[..^32];
        int rows = 12 + BitConverter.ToInt32(bytes, 8) + 4;
        int at = which == 0 ? rows : rows + (3 * table.RowCount * 4);
        BitConverter.GetBytes(which == 0 ? int.MaxValue : 0).CopyTo(bytes, at);

        InputFormatException exception = Assert.Throws<InputFormatException>(() => Sample.Read(new MemoryStream([.. bytes, .. SHA256.HashData(bytes)])));

        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_are_written_and_read()
    {
        Sample plain = Corpora.Build(Schema with { RowLimit = null, Selection = NGramSelection.Default }, Corpora.Draw(1, 9));
        sbyte[] weights = [.. Enumerable.Range(0, plain.RowCount).Select(i => (sbyte)(i % 255 - 127))];

        Sample read = Sample.Read(new MemoryStream(Corpora.Bytes(plain.WithWeights(weights))));

        Assert.True(read.HasWeights);
        Assert.Equal(weights, read.Weights.ToArray());
        Assert.Throws<ArgumentException>(() => plain.WithWeights([1]));
        Assert.Throws<ArgumentException>(() => Sample.Merge(read, plain));
    }

    [Fact]
    public void The_digest_covers_what_is_scored_and_not_where_it_comes_from()
    {
        Sample sample = Corpora.Build(Schema, Corpora.Draw(1, 9));
        Sample named = sample.WithInputs([new SampleInput("a", "aa", 9, 0)]);

        Assert.Equal(64, sample.Digest.Length);
        Assert.Equal(sample.Digest, named.Digest);
        Assert.Equal(sample.Digest, Sample.Read(new MemoryStream(Corpora.Bytes(named))).Digest);
        Assert.NotEqual(sample.Digest, Corpora.Build(Schema, Corpora.Draw(2, 9)).Digest);
        Assert.NotEqual(Corpora.Bytes(sample), Corpora.Bytes(named));
    }

    [Fact]
    public void A_file_of_version_1_is_still_read()
    {
        // Written by version 1: context width 1, the rows 1|2 (twice) and 2|1.
        byte[] header = System.Text.Encoding.UTF8.GetBytes(
            """{"format":"watermark-ngrams/1","tokenizer":"ids","tokenizerHash":"","contextWidth":1,"selection":{"distinct":"ngrams","scope":"corpus","excludePromptContexts":true,"firstPosition":0,"padding":null,"contextHistory":null},"specialTokens":[],"rowLimit":null,"documents":1,"tokens":4,"rows":2,"isSample":false}""");
        byte[] body = [.. "WMNGRAM1"u8, .. BitConverter.GetBytes(header.Length), .. header, .. new[] { 1, 2, 2, 1, 2, 1 }.SelectMany(BitConverter.GetBytes)];

        Sample read = Sample.Read(new MemoryStream([.. body, .. SHA256.HashData(body)]));

        Assert.Equal(2, read.RowCount);
        Assert.Equal([2u, 1u], read.Occurrences.ToArray());
        Assert.Equal(DistinctRule.Coins, read.Schema.Selection.Distinct);
        Assert.Equal(SampleKind.Text, read.Schema.Kind);
        Assert.True(read.RowDocuments.IsEmpty);
        Assert.False(read.Schema.KeepsPrompts);
    }
}
