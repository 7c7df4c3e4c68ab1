using System.IO.Compression;
using FsCheck.Xunit;
using Watermark.Text.Documents;
using Watermark.Text.Documents.Streams;
using Watermark.Text.Records.Streams;

namespace Watermark.Text.Tests.Documents;

public sealed class CompressionTests : IDisposable
{
    private static readonly Dictionary<string, Func<byte[], byte[]>> Compressors = new() { ["gz"] = Reading.Gzip, ["zst"] = Reading.Zstandard };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("gz")]
    [InlineData("zst")]
    public void Compressed_files_are_read_member_after_member(string extension)
    {
        Func<byte[], byte[]> compress = Compressors[extension];
        byte[] first = Reading.Utf8(Reading.Lines(5000));
        byte[] second = Reading.Utf8("{\"id\": \"last\", \"text\": \"x\"}\n");
        string path = folder.Write($"a.jsonl.{extension}", [.. compress(first), .. compress([]), .. compress(second)]);
        List<InputDocument> documents = Reading.All(out MalformedInput malformed, new DocumentReaderOptions(), path);
        Assert.Equal(5001, documents.Count);
        Assert.Equal("last", documents[^1].Id);
        Assert.Equal(0, malformed.Count);
        string text = folder.Write($"b.txt.{extension}", compress(Reading.Utf8("One document.\n")));
        Assert.Equal("One document.\n", Assert.Single(Reading.All(out _, new DocumentReaderOptions(), text)).Text);
        string csv = folder.Write($"c.csv.{extension}", compress(Reading.Utf8("text\na\n")));
        Assert.Equal("a", Assert.Single(Reading.All(out _, new DocumentReaderOptions(), csv)).Text);
    }

    [Theory]
    [InlineData("gz", 0)]
    [InlineData("gz", 5)]
    [InlineData("gz", 20_000)]
    [InlineData("gz", 100_000)]
    [InlineData("gz", -1)]
    [InlineData("gz", -8)]
    [InlineData("zst", 0)]
    [InlineData("zst", 5)]
    [InlineData("zst", 100_000)]
    [InlineData("zst", -1)]
    public void A_truncated_file_is_named_and_what_came_before_counts(string extension, int length)
    {
        string[] ids = [.. Enumerable.Range(0, 5000).Select(i => $"d{i}")];
        byte[] whole = Compressors[extension](Reading.Utf8(Reading.Lines(5000)));
        string path = folder.Write($"a.jsonl.{extension}", whole[..(length < 0 ? whole.Length + length : length)]);
        // Not held against the share of malformed lines, which the default allows 1 % of.
        List<InputDocument> documents = Reading.All(out MalformedInput malformed, new DocumentReaderOptions(), path);
        Assert.Equal(ids[..documents.Count], documents.Select(document => document.Id));
        if (length == 100_000)
            Assert.True(documents.Count > 500, $"Only {documents.Count} documents were read.");
        Assert.Equal([path], malformed.IncompleteFiles);
        Assert.Equal(1, malformed.Count);
        Assert.Equal(documents.Count + 1, malformed.Total);
        Assert.StartsWith($"{path}:", Assert.Single(malformed.First), StringComparison.Ordinal);
        Assert.Contains("what was read before counts", malformed.First[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Every_truncation_of_gzip_is_noticed()
    {
        byte[] member = Reading.Gzip(Reading.Utf8(Reading.Lines(8)));
        byte[] two = [.. member, .. member];
        for (int length = 0; length < two.Length; length++)
        {
            if (length == member.Length)
                continue; // A file of one member, complete.
            Reading.All(out MalformedInput malformed, new DocumentReaderOptions(), folder.Write("a.jsonl.gz", two[..length]));
            Assert.Single(malformed.IncompleteFiles);
        }
    }

    [Fact]
    public void Every_changed_byte_of_gzip_data_is_noticed()
    {
        byte[] member = Reading.Gzip(Reading.Utf8(Reading.Lines(8)));
        for (int at = 10; at < member.Length; at++)
        {
            byte[] changed = [.. member];
            changed[at] ^= 0x55;
            // The lines themselves may be malformed as well; so all are allowed to be.
            var reader = new DocumentReader(new DocumentReaderOptions { MaxMalformedShare = 1 });
            try
            {
                Reading.All(reader, folder.Write("a.jsonl.gz", changed));
            }
            catch (InputFormatException)
            {
            }

            Assert.Single(reader.Malformed.IncompleteFiles);
        }
    }

    [Theory]
    [InlineData("a.jsonl.gz")]
    [InlineData("a.jsonl.zst")]
    [InlineData("a.txt.gz")]
    [InlineData("a.csv.zst")]
    public void A_file_that_is_not_what_its_ending_says_is_named(string name)
    {
        string path = folder.Write(name, "{\"text\": \"plain\"}\n");
        Assert.Empty(Reading.All(out MalformedInput malformed, new DocumentReaderOptions(), path));
        Assert.Equal([path], malformed.IncompleteFiles);
        Assert.StartsWith($"{path}:1: the compressed data is corrupt", malformed.First[0], StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_row_of_a_truncated_CSV_does_not_count()
    {
        string rows = string.Concat(Enumerable.Range(0, 3000).Select(i => $"row{i},text {(i * 7919L) % 1009} {(i * 104_729L) % 997}\n"));
        byte[] whole = Reading.Gzip(Reading.Utf8("id,text\n" + rows));
        string path = folder.Write("a.csv.gz", whole[..(whole.Length / 2)]);
        List<InputDocument> documents = Reading.All(out MalformedInput malformed, new DocumentReaderOptions(), path);
        Assert.InRange(documents.Count, 500, 2900);
        Assert.All(documents, document => Assert.Contains($"{document.Id},{document.Text}\n", rows, StringComparison.Ordinal));
        Assert.Equal([path], malformed.IncompleteFiles);
    }

    [Property(MaxTest = 60)]
    public bool Gzip_of_any_members_is_read_as_their_concatenation(byte[][] members, bool stored, byte padding)
    {
        using var compressed = new MemoryStream();
        foreach (byte[] member in members)
        {
            using var gzip = new GZipStream(compressed, stored ? CompressionLevel.NoCompression : CompressionLevel.Optimal, leaveOpen: true);
            gzip.Write(member);
        }

        if (compressed.Length > 0)
            compressed.Write(new byte[padding]);
        compressed.Position = 0;
        // An empty file has no member at all, which is an error of its own.
        if (compressed.Length == 0)
            return members.Length == 0 || members.All(member => member.Length == 0);
        using var stream = new GzipMembersStream(compressed);
        using var result = new MemoryStream();
        stream.CopyTo(result, bufferSize: 1 + padding);
        return result.ToArray().AsSpan().SequenceEqual(members.SelectMany(member => member).ToArray());
    }

    [Fact]
    public void Gzip_headers_with_names_and_extra_fields_are_read()
    {
        byte[] plain = Reading.Gzip("{\"text\": \"a\"}"u8.ToArray());
        // Extra field of 3 bytes, file name, comment, header checksum: flags 2 + 4 + 8 + 16.
        byte[] full = [.. plain[..3], 30, .. plain[4..10], 3, 0, 1, 2, 3, .. "name\0comment\0"u8, 0, 0, .. plain[10..]];
        Assert.Equal("a", Assert.Single(Reading.All(out _, new DocumentReaderOptions(), folder.Write("a.jsonl.gz", full))).Text);
    }
}
