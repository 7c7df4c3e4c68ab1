using System.Collections;
using System.Globalization;
using Watermark.TestKit;
using Watermark.Text.Documents;
using Watermark.Text.Documents.Streams;
using Watermark.Text.Records.Streams;

namespace Watermark.Text.Tests.Documents;

public sealed class DocumentReaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_folder_is_read_in_the_ordinal_order_of_relative_names()
    {
        foreach (string name in new[] { "b.txt", "B.txt", "a/z.md", "a/é.txt", "a-b.jsonl", "c.csv", ".hidden.txt", ".git/x.txt", "table.ngrams", "image.png", "d.JSONL" })
            folder.Write(name, name.EndsWith(".csv", StringComparison.Ordinal) ? "text\nx\n" : name.EndsWith("l", StringComparison.OrdinalIgnoreCase) ? "{\"text\": \"x\"}" : "x");
        string[] expected = ["B.txt", "a-b.jsonl:1", "a/z.md", "a/é.txt", "b.txt", "c.csv:2", "d.JSONL:1"];
        Assert.Equal(expected, Reading.All(out _, new DocumentReaderOptions(), folder.Path).Select(document => document.Id));
    }

    [Fact]
    public void Links_to_files_are_followed_and_circles_of_folders_are_not()
    {
        if (OperatingSystem.IsWindows())
            return; // Links need a privilege there.
        string blob = folder.Write("blobs/0123", "linked");
        Directory.CreateDirectory(Path.Combine(folder.Path, "data"));
        File.CreateSymbolicLink(Path.Combine(folder.Path, "data", "a.txt"), blob);
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "data", "again"), folder.Path);
        Assert.Equal("linked", Assert.Single(Reading.All(out _, new DocumentReaderOptions(), Path.Combine(folder.Path, "data"))).Text);
    }

    [Theory]
    [InlineData("a.txt", "plain { text\n")]
    [InlineData("a.md", "# Title\n")]
    [InlineData("a.unknown", "{\"text\": 1}")]
    [InlineData("noextension", "")]
    public void A_file_of_text_is_one_document(string name, string text)
    {
        string path = folder.Write(name, text);
        InputDocument document = Assert.Single(Reading.All(out _, new DocumentReaderOptions(), path));
        Assert.Equal((text, name, path, 1L), (document.Text, document.Id, document.File, document.Line));
        Assert.Empty(document.PromptTexts);
    }

    [Fact]
    public void Json_is_read_line_by_line_and_an_array_is_refused()
    {
        Assert.Equal("x", Assert.Single(Reading.All(out _, new DocumentReaderOptions(), folder.Write("a.json", "\n {\"text\": \"x\"}"))).Text);
        string path = folder.Write("b.json", " [{\"text\": \"x\"}]");
        InputFormatException exception = Assert.Throws<InputFormatException>(() => Reading.All(out _, new DocumentReaderOptions(), path));
        Assert.Equal($"{path}: expected one JSON object a line; an array cannot be read so ('jq -c .[]' makes lines of it).", exception.Message);
    }

    [Fact]
    public void A_text_that_is_not_UTF_8_or_too_long_is_malformed()
    {
        for (int i = 0; i < 98; i++)
            folder.Write($"{i:d2}.txt", "good");
        folder.Write("98.txt", [0xff, 0xfe, 0x41, 0x00]);
        folder.Write("99.txt", new string('x', 100));
        List<InputDocument> documents = Reading.All(out MalformedInput malformed, new DocumentReaderOptions { MaxMalformedShare = 0.02, MaxRecordLength = 99 }, folder.Path);
        Assert.Equal((98, 2, 100), (documents.Count, malformed.Count, malformed.Total));
        Assert.EndsWith("98.txt:1: invalid bytes, expected UTF-8", malformed.First[0], StringComparison.Ordinal);
        Assert.EndsWith("99.txt:1: too long, expected at most 99 bytes", malformed.First[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"text\": \"a\"}\n{\"text\": \"b\"}", 2)]
    [InlineData("\uFEFF \n\t{\"text\": \"a\"}", 1)]
    [InlineData("Some text.\n{\"text\": \"a\"}", 1)]
    [InlineData("", 1)]
    public void Standard_input_is_recognised_by_its_content(string content, int documents)
    {
        byte[] bytes = Reading.Utf8(content);
        foreach (byte[] input in new[] { bytes, Reading.Gzip(bytes), Reading.Zstandard(bytes) })
        {
            List<InputDocument> read = Reading.StandardInput(input, out MalformedInput malformed);
            Assert.Equal(documents, read.Count);
            Assert.Equal(0, malformed.Count);
            Assert.All(read, document => Assert.Equal("-", document.File));
        }
    }

    [Fact]
    public void What_is_not_there_or_empty_or_named_twice_is_refused_at_once()
    {
        var reader = new DocumentReader(new DocumentReaderOptions());
        string missing = Path.Combine(folder.Path, "missing.jsonl");
        Assert.Equal($"{missing}: there is no such file or folder.", Assert.Throws<FileNotFoundException>(() => reader.Read([missing])).Message);
        InputFormatException empty = Assert.Throws<InputFormatException>(() => reader.Read([folder.Path]));
        Assert.Equal($"{folder.Path}: the folder holds no documents; known are .txt, .md, .jsonl, .ndjson, .csv, each also with .gz or .zst.", empty.Message);
        string path = folder.Write("a.txt", "x");
        InputFormatException twice = Assert.Throws<InputFormatException>(() => reader.Read([folder.Path, path]));
        Assert.Equal($"{path} is named twice, and its documents would count twice.", twice.Message);
    }

    [Theory]
    [InlineData(1000, 10, true)] // Exactly 1 %.
    [InlineData(1000, 11, false)]
    [InlineData(100, 1, true)]
    [InlineData(100, 2, false)]
    [InlineData(1, 1, false)]
    public void Too_large_a_share_of_malformed_lines_fails(int total, int bad, bool passes)
    {
        // The malformed lines come first: the share is not judged by the first few lines.
        string path = folder.Write("a.jsonl", string.Concat(Enumerable.Repeat("bad\n", bad)) + Reading.Lines(total - bad));
        var reader = new DocumentReader(new DocumentReaderOptions());
        if (passes)
        {
            Assert.Equal(total - bad, Reading.All(reader, path).Count);
            Assert.Equal(Math.Min(bad, 10), reader.Malformed.First.Count);
            return;
        }

        string message = Assert.Throws<InputFormatException>(() => Reading.All(reader, path)).Message;
        Assert.StartsWith(bad == total ? "No line of 1 could be read" : $"{bad} of {total} lines could not be read, more than the allowed share of 0.01", message, StringComparison.Ordinal);
        Assert.Contains($"the first is {path}:1: not valid JSON", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hopeless_input_is_left_after_a_thousand_lines()
    {
        string path = folder.Write("a.jsonl", Reading.Lines(600) + string.Concat(Enumerable.Repeat("bad\n", 5000)));
        var reader = new DocumentReader(new DocumentReaderOptions());
        Assert.StartsWith("400 of 1000 lines could not be read", Assert.Throws<InputFormatException>(() => Reading.All(reader, path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Input_of_which_no_line_can_be_read_fails_whatever_the_share()
    {
        string path = folder.Write("a.jsonl", "bad\nbad\n");
        InputFormatException exception = Assert.Throws<InputFormatException>(() => Reading.All(out _, new DocumentReaderOptions { MaxMalformedShare = 1 }, path));
        Assert.StartsWith("No line of 2 could be read", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chosen_prompt_field_that_is_nowhere_is_an_error()
    {
        string path = folder.Write("a.jsonl", "{\"text\": \"x\", \"question\": \"y\"}\n{\"text\": \"x\"}\n");
        Assert.Equal(2, Reading.All(out _, new DocumentReaderOptions { PromptField = "question" }, path).Count);
        InputFormatException exception = Assert.Throws<InputFormatException>(() => Reading.All(out _, new DocumentReaderOptions { PromptField = "qustion" }, path));
        Assert.Equal("No document has the prompt field 'qustion'; is the name right?", exception.Message);
    }

    [Fact]
    public void Cancellation_stops_between_documents()
    {
        string path = folder.Write("a.jsonl", Reading.Lines(100));
        using var source = new CancellationTokenSource();
        using IEnumerator<InputDocument> documents = new DocumentReader(new DocumentReaderOptions()).Read([path], source.Token).GetEnumerator();
        Assert.True(documents.MoveNext());
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => documents.MoveNext());
        Assert.False(((IEnumerator)documents).MoveNext());
    }

    [Fact]
    public void Memory_does_not_grow_with_the_input()
    {
        // In a process of its own: what other tests hold meanwhile would count.
        long most = long.Parse(ChildProcess.Run(MostMemoryAlive), CultureInfo.InvariantCulture);

        Assert.InRange(most, long.MinValue, 10_000_000);
    }

    /// <summary>Reads 40 MB of lines from standard input; what stays alive meanwhile is a buffer and a document.</summary>
    private static string MostMemoryAlive()
    {
        byte[] block = Reading.Utf8(Reading.Lines(20_000));
        int blocks = 40_000_000 / block.Length;
        var reader = new DocumentReader(new DocumentReaderOptions(), () => new RepeatedStream(block, blocks));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long most = 0;
        int count = 0;
        foreach (InputDocument document in reader.Read(["-"]))
        {
            if (++count % 200_000 == 0)
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        return count == blocks * 20_000
            ? most.ToString(CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"{count} documents were read instead of {blocks * 20_000}.");
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Options_out_of_range_are_refused(double share)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new DocumentReader(new DocumentReaderOptions { MaxMalformedShare = share }));
        Assert.Throws<ArgumentException>(() => new DocumentReader(new DocumentReaderOptions { TextField = "" }));
        Assert.Throws<ArgumentException>(() => new DocumentReader(new DocumentReaderOptions { TokensField = "" }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DocumentReader(new DocumentReaderOptions { MaxRecordLength = 0 }));
    }

    private sealed class RepeatedStream(byte[] block, int times) : ReadOnlyStream
    {
        private int at;

        public override int Read(Span<byte> buffer)
        {
            if (at == block.Length)
            {
                times--;
                at = 0;
            }

            if (times == 0)
                return 0;
            int count = Math.Min(buffer.Length, block.Length - at);
            block.AsSpan(at, count).CopyTo(buffer);
            at += count;
            return count;
        }
    }
}
