using System.Formats.Tar;
using System.Security.Cryptography;
using Watermark.Text.Records;

namespace Watermark.Text.Tests.Records;

/// <summary>Compressions, archives, folders.</summary>
public sealed class ContainerTests : IDisposable
{
    private const string Line = """{"id": 1, "text": "a"}""";

    private static readonly byte[] Lines = Reading.Utf8($"{Line}\n{Line}\n");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Compressions_are_undone_in_any_order_up_to_four()
    {
        (string Name, Func<byte[], byte[]> Compress)[] all = [("gzip", Reading.Gzip), ("zstd", Reading.Zstandard), ("bzip2", Reading.Bzip2)];
        foreach ((string outer, Func<byte[], byte[]> compressOuter) in all)
        {
            byte[] twice = [.. compressOuter(Lines), .. compressOuter(Lines)];
            Assert.Equal((outer, 4), (Reading.Of(folder.Write("a.dat", twice)).Only.Wrapping, Reading.Of(folder.Write("a.dat", twice)).Records.Count));
            foreach ((string inner, Func<byte[], byte[]> compressInner) in all)
            {
                Reading reading = Reading.Of(folder.Write("a.dat", compressOuter(compressInner(Lines))));
                Assert.Equal(($"{outer}, {inner}", 2), (reading.Only.Wrapping, reading.Records.Count));
            }
        }

        byte[] deep = Lines;
        for (int i = 0; i < 5; i++)
            deep = Reading.Gzip(deep);
        Assert.Contains("compressed more than 4 times", Assert.Throws<InputFormatException>(() => Reading.Of(folder.Write("a.gz", deep))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Archives_are_read_entry_by_entry()
    {
        (string, byte[])[] entries =
        [
            ("b/second.json", Reading.Utf8($"[{Line}]")), ("a.jsonl.gz", Reading.Gzip(Lines)), ("README.md", "Notes."u8.ToArray()),
            (".hidden", Lines), ("__MACOSX/a.jsonl", Lines), ("b/._second.json", Lines), ("image.png", [0x89, (byte)'P', (byte)'N', (byte)'G', 0, 1, 2]),
        ];
        foreach ((string name, string wrapping, byte[] archive) in new[]
        {
            ("a.zip", "zip", Reading.Zip(entries)), ("a.tar", "tar", Reading.Tar(entries)), ("a.tgz", "gzip, tar", Reading.Gzip(Reading.Tar(entries))),
            ("a.tar.zst", "zstd, tar", Reading.Zstandard(Reading.Tar(entries))), ("a.bin", "gzip, zip", Reading.Gzip(Reading.Zip(entries))),
        })
        {
            string path = folder.Write(name, archive);
            foreach (Reading reading in new[] { Reading.Of(path), Reading.StandardInput(archive) })
            {
                string prefix = reading.Files[0].Path;
                Assert.Equal([$"{prefix}!/a.jsonl.gz", $"{prefix}!/b/second.json"], reading.Payloads.Select(static payload => payload.Path).Order(StringComparer.Ordinal));
                Assert.Equal(3, reading.Records.Count);
                Assert.Equal([$"{wrapping}, gzip", wrapping], reading.Payloads.OrderBy(static payload => payload.Path, StringComparer.Ordinal).Select(static payload => payload.Wrapping));
                Assert.Equal(
                    [$"{prefix}!/README.md: text beside data files; name it to read it", $"{prefix}!/image.png: a PNG image"],
                    reading.Report.Skipped.Select(static part => $"{part.Where}: {part.Why}").Order(StringComparer.Ordinal));
                Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(archive)), reading.Files[0].Digest);
                Assert.Equal(archive.Length, reading.Files[0].Length);
            }
        }
    }

    [Fact]
    public void Archives_within_archives_are_read_three_deep()
    {
        byte[] archive = Reading.Zip(("in.tar", Reading.Tar(("in.zip", Reading.Zip(("a.jsonl", Lines))))));
        string path = folder.Write("a.zip", archive);
        Assert.Equal($"{path}!/in.tar!/in.zip!/a.jsonl", Reading.Of(path).Only.Path);
        Reading deeper = Reading.Of(folder.Write("b.zip", Reading.Zip(("more.zip", archive), ("b.jsonl", Lines))));
        Assert.Single(deeper.Payloads);
        Assert.Equal("an archive within 3 others", Assert.Single(deeper.Report.Skipped).Why);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(600)]
    [InlineData(1100)]
    [InlineData(2200)]
    public void A_tar_archive_that_breaks_off_counts_up_to_there(int cut)
    {
        byte[] archive = Reading.Tar(("a.jsonl", Lines), ("b.jsonl", Lines))[..^cut];
        Reading reading = Reading.Of(folder.Write("a.tgz", Reading.Gzip(archive)[..^9]));
        Assert.InRange(reading.Records.Count, 2, 4);
        Assert.NotEmpty(reading.Report.TruncatedFiles);
    }

    [Fact]
    public void A_damaged_entry_of_a_zip_archive_breaks_off()
    {
        byte[] archive = Reading.Zip(("a.jsonl", Reading.Utf8(string.Concat(Enumerable.Range(0, 3000).Select(i => $$"""{"text": "{{i * 7919L % 1009}}"}""" + "\n")))));
        archive[archive.Length / 2] ^= 0x55;
        Reading reading = Reading.Of(folder.Write("a.zip", archive));
        Assert.Single(reading.Report.TruncatedFiles);
        Assert.Contains("cut off", Assert.Throws<InputFormatException>(() => Reading.Of(folder.Write("b.zip", archive[..^30]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_with_a_password_is_listed()
    {
        byte[] archive = Reading.Zip(("a.jsonl", Lines), ("b.jsonl", Lines));
        int central = archive.AsSpan().IndexOf("PK\u0001\u0002"u8);
        archive[central + 8] |= 1;
        Reading reading = Reading.Of(folder.Write("a.zip", archive));
        Assert.Single(reading.Payloads);
        Assert.Equal("an entry with a password", Assert.Single(reading.Report.Skipped).Why);
    }

    [Theory]
    [InlineData("[Content_Types].xml word/document.xml", "a Word document")]
    [InlineData("META-INF/manifest.xml content.xml", "an OpenDocument file")]
    [InlineData("META-INF/MANIFEST.MF a.class", "a Java archive")]
    [InlineData("a.png", "an archive in which nothing can be read")]
    [InlineData("", "an archive without files")]
    public void A_zip_file_that_holds_no_data_is_refused_by_name(string names, string what)
    {
        byte[] archive = Reading.Zip([.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static name => (name, new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G', 0 }))]);
        string path = folder.Write("a.zip", archive);
        Assert.Contains($"this is {what}", Assert.Throws<InputFormatException>(() => Reading.Of(path)).Message, StringComparison.Ordinal);
        folder.Write("in/a.zip", archive);
        folder.Write("in/b.jsonl", Lines);
        Reading reading = Reading.Of(System.IO.Path.Combine(folder.Path, "in"));
        Assert.Contains(reading.Report.Skipped, part => part.Why.StartsWith(what, StringComparison.Ordinal));
        Assert.Single(reading.Payloads);
    }

    [Fact]
    public void Progress_is_told_in_bytes_of_the_file()
    {
        byte[] content = Reading.Utf8(string.Concat(Enumerable.Repeat($"{Line}\n", 200_000)));
        foreach (string path in new[] { folder.Write("a.jsonl", content), folder.Write("a.tar", Reading.Tar(("a.jsonl", content))) })
        {
            var told = new List<long>();
            var report = new ReadingReport();
            foreach (Payload payload in RecordReader.Expand([path], report)[0].Open(report, new Told(told)))
                Assert.Equal(200_000, payload.Records.Count());
            Assert.True(told.Count > 3 && told[0] >= 1 << 20 && told.Max() <= new FileInfo(path).Length, string.Join(' ', told));
        }
    }

    private sealed class Told(List<long> told) : IProgress<long>
    {
        public void Report(long value) => told.Add(value);
    }

    [Fact]
    public void Links_in_a_tar_archive_are_listed()
    {
        using var memory = new MemoryStream();
        using (var tar = new TarWriter(memory, leaveOpen: true))
        {
            tar.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, "link") { LinkName = "/etc/passwd" });
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "./a.jsonl") { DataStream = new MemoryStream(Lines) });
        }

        Reading reading = Reading.Of(folder.Write("a.tar", memory.ToArray()));
        Assert.Equal(2, reading.Records.Count);
        Assert.Equal("a link or special file", Assert.Single(reading.Report.Skipped).Why);
    }

    [Fact]
    public void An_entry_that_stands_twice_counts_once()
    {
        foreach (byte[] archive in new[] { Reading.Zip(("a.jsonl", Lines), ("a.jsonl", Lines)), Reading.Tar(("a.jsonl", Lines), ("a.jsonl", Lines)) })
        {
            Reading reading = Reading.Of(folder.Write("a", archive));
            Assert.Equal(2, reading.Records.Count);
            Assert.Single(reading.Report.Skipped);
        }
    }
}
