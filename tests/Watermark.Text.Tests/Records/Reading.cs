using System.IO.Compression;
using System.Text;
using Watermark.Text.Records;
using ZstdSharp;

namespace Watermark.Text.Tests.Records;

/// <summary>What a payload held, kept beyond reading.</summary>
/// <param name="Path">The file, with the entry after <c>!/</c>.</param>
/// <param name="Format">How its records were written.</param>
/// <param name="Encoding">The encoding.</param>
/// <param name="Wrapping">The containers.</param>
/// <param name="Records">The records: JSON as written, the text of a text, <c>[DONE]</c> where the value is undefined.</param>
/// <param name="Places">The number of each record.</param>
internal sealed record ReadPayload(string Path, SourceFormat Format, string Encoding, string Wrapping, List<string> Records, List<long> Places);

/// <summary>Short words for tests that read records.</summary>
internal sealed class Reading
{
    public ReadingReport Report { get; } = new();

    public List<SourceFile> Files { get; } = [];

    public List<ReadPayload> Payloads { get; } = [];

    /// <summary>All records of all payloads.</summary>
    public List<string> Records => [.. Payloads.SelectMany(static payload => payload.Records)];

    /// <summary>The only payload.</summary>
    public ReadPayload Only => Assert.Single(Payloads);

    public static Reading Of(params string[] paths) => Of(new RecordReaderOptions(), paths);

    public static Reading Of(RecordReaderOptions options, params string[] paths)
    {
        var reading = new Reading();
        reading.Files.AddRange(RecordReader.Expand(paths, reading.Report, options));
        foreach (SourceFile file in reading.Files)
        {
            foreach (Payload payload in file.Open(reading.Report))
            {
                var read = new ReadPayload(payload.Path, payload.Format, payload.Encoding, payload.Wrapping, [], []);
                reading.Payloads.Add(read);
                foreach (SourceRecord record in payload.Records)
                {
                    reading.Report.Good(payload.Reading);
                    read.Places.Add(record.Place.Number);
                    read.Records.Add(record.Text ?? (record.Value.ValueKind == System.Text.Json.JsonValueKind.Undefined ? "[DONE]" : record.Value.GetRawText()));
                }
            }
        }

        return reading;
    }

    /// <summary>Reads bytes as standard input.</summary>
    public static Reading StandardInput(byte[] content) => Of(new RecordReaderOptions { StandardInput = () => new MemoryStream(content) }, "-");

    public static byte[] Gzip(byte[] content)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest))
            gzip.Write(content);
        return memory.ToArray();
    }

    public static byte[] Zstandard(byte[] content)
    {
        using var memory = new MemoryStream();
        using (var zstd = new CompressionStream(memory))
            zstd.Write(content);
        return memory.ToArray();
    }

    public static byte[] Bzip2(byte[] content)
    {
        using var memory = new MemoryStream();
        using (var bzip2 = SharpCompress.Compressors.BZip2.BZip2Stream.Create(memory, SharpCompress.Compressors.CompressionMode.Compress, decompressConcatenated: false, leaveOpen: true))
            bzip2.Write(content);
        return memory.ToArray();
    }

    public static byte[] Zip(params (string Name, byte[] Content)[] entries)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in entries)
            {
                using Stream entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return memory.ToArray();
    }

    public static byte[] Tar(params (string Name, byte[] Content)[] entries)
    {
        using var memory = new MemoryStream();
        using (var tar = new System.Formats.Tar.TarWriter(memory, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in entries)
                tar.WriteEntry(new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }

        return memory.ToArray();
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>A file of the tests' data.</summary>
    public static string Data(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "TestData", "records", name);
}
