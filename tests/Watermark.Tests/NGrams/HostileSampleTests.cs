using System.Security.Cryptography;
using Watermark.NGrams;
using Watermark.TestKit;
using Watermark.TestKit.Fuzzing;

namespace Watermark.Tests.NGrams;

/// <summary>Damaged and forged samples are refused in one sentence.</summary>
public sealed class HostileSampleTests
{
    private const int HeaderAt = 12;

    [Fact]
    public void Counts_that_pass_32_bits_when_merged_are_refused()
    {
        byte[] bytes = File.ReadAllBytes(HostileInputs.PathOf("rowcounts-overflow-merge.ngrams"));
        Sample sample = Sample.Read(new MemoryStream(bytes));

        InputFormatException exception = Assert.Throws<InputFormatException>(() => Merge(bytes, bytes));

        Assert.Equal("A row occurs more than 4,294,967,295 times in all; count each n-gram once over the corpus.", exception.Message);
        Assert.Throws<InputFormatException>(() => Sample.Merge(sample, sample));
    }

    [Fact]
    public void Any_change_of_a_sample_is_read_or_refused()
    {
        FuzzReport report = FuzzRun.Run("sample", Seeds(), bytes =>
        {
            Sample.Read(new MemoryStream(bytes));
            try
            {
                Merge(bytes, bytes);
            }
            catch (ArgumentException exception) when (exception.Message.Contains("would count twice", StringComparison.Ordinal) || exception.Message.Contains("cannot be merged", StringComparison.Ordinal))
            {
                // Right: the files do not fit each other.
            }
        }, new FuzzOptions { Inputs = 3000, Mend = Mend });

        Assert.True(report.Read > report.Inputs / 100, $"Only {report.Read} of {report.Inputs} changes kept the file valid.");
    }

    /// <summary>A file of version 1, and files of version 2 with limits, prompts and weights.</summary>
    private static List<byte[]> Seeds()
    {
        var schema = new SampleSchema { ContextWidth = 2, Tokenizer = "cl100k_base", TokenizerHash = "00ff", SpecialTokens = [3, 1] };
        Sample plain = Corpora.Build(schema, Corpora.Draw(1, 3)).WithInputs([new SampleInput("a.jsonl", new string('a', 64), 3, 0)]);
        byte[] header = """{"format":"watermark-ngrams/1","tokenizer":"ids","tokenizerHash":"","contextWidth":1,"selection":{"distinct":"ngrams","scope":"corpus","excludePromptContexts":true,"firstPosition":0,"padding":null,"contextHistory":null},"specialTokens":[],"rowLimit":null,"documents":1,"tokens":4,"rows":2,"isSample":false}"""u8.ToArray();
        byte[] body = [.. "WMNGRAM1"u8, .. BitConverter.GetBytes(header.Length), .. header, .. new[] { 1, 2, 2, 1, 2, 1 }.SelectMany(BitConverter.GetBytes)];
        return
        [
            [.. body, .. SHA256.HashData(body)],
            Corpora.Bytes(plain),
            Corpora.Bytes(Corpora.Build(schema with { ContextWidth = 1, RowLimit = 9, Selection = new NGramSelection { Distinct = DistinctRule.Contexts, Padding = -1 } }, Corpora.Draw(2, 3))),
            Corpora.Bytes(Corpora.Build(schema with { ContextWidth = 0, Selection = new NGramSelection { Distinct = DistinctRule.None } }, Corpora.Draw(3, 2))),
            Corpora.Bytes(plain.WithWeights([.. Enumerable.Range(0, plain.RowCount).Select(i => (sbyte)(i % 100))])),
        ];
    }

    /// <summary>Makes the header's length and the digest right.</summary>
    private static byte[] Mend(byte[] bytes)
    {
        if (bytes.Length < HeaderAt + 2 + SHA256.HashSizeInBytes)
            return bytes;
        if (JsonHeader.Length(bytes.AsSpan(HeaderAt)) is { } length)
            BitConverter.GetBytes(length).CopyTo(bytes, HeaderAt - 4);
        byte[] body = bytes[..^SHA256.HashSizeInBytes];
        return [.. body, .. SHA256.HashData(body)];
    }

    private static void Merge(params byte[][] files) =>
        Sample.Merge([.. files.Select(file => (Func<Stream>)(() => new MemoryStream(file)))], new MemoryStream());
}
