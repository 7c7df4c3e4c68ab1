using System.IO.Compression;
using System.Text;
using Watermark.Text.Documents;
using ZstdSharp;

namespace Watermark.Text.Tests.Documents;

/// <summary>Short words for tests that read.</summary>
internal static class Reading
{
    public static List<InputDocument> All(DocumentReader reader, params string[] paths) => [.. reader.Read(paths)];

    public static List<InputDocument> All(out MalformedInput malformed, DocumentReaderOptions options, params string[] paths)
    {
        var reader = new DocumentReader(options);
        List<InputDocument> documents = All(reader, paths);
        malformed = reader.Malformed;
        return documents;
    }

    /// <summary>Reads a stream as standard input.</summary>
    public static List<InputDocument> StandardInput(byte[] content, out MalformedInput malformed)
    {
        var reader = new DocumentReader(new DocumentReaderOptions(), () => new MemoryStream(content));
        List<InputDocument> documents = All(reader, "-");
        malformed = reader.Malformed;
        return documents;
    }

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

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Lines of JSON with different, badly compressible texts.</summary>
    public static string Lines(int count)
    {
        var random = new Random(7);
        var lines = new StringBuilder();
        for (int i = 0; i < count; i++)
            lines.Append($$"""{"id": "d{{i}}", "text": "{{random.NextInt64():x16}}{{random.NextInt64():x16}}"}""").Append('\n');
        return lines.ToString();
    }
}
