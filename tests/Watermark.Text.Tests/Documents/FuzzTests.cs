using FsCheck.Xunit;
using Watermark.Text.Documents;

namespace Watermark.Text.Tests.Documents;

/// <summary>Whatever the bytes: documents, counted faults, or one sentence; never another exception.</summary>
public sealed class FuzzTests : IDisposable
{
    private static readonly string[] Seeds =
    [
        "{\"id\": 1, \"prompt\": [{\"role\": \"user\", \"content\": \"é\"}], \"text\": \"a\\u00e9\\ud83d\\ude00\"}\n{\"text\": \"b\"}\n",
        "id,prompt,text\n1,\"a \"\"b\"\"\",\"c\nd\"\n2,x,y\n",
    ];

    private static readonly string[] Names = ["a.jsonl", "a.csv", "a.txt", "a.json", "a.jsonl.gz", "a.csv.zst"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Property(MaxTest = 100)]
    public void Any_bytes_are_read_or_refused(byte[] content)
    {
        foreach (string name in Names)
            ReadOrRefuse(name, content);
    }

    [Property(MaxTest = 200)]
    public void Any_change_of_valid_input_is_read_or_refused(ushort at, byte value, byte cut)
    {
        foreach (string seed in Seeds)
        {
            byte[] content = Reading.Utf8(seed);
            content[at % content.Length] = value;
            content = content[..Math.Max(1, content.Length - cut % 16)];
            ReadOrRefuse("a.jsonl", content);
            ReadOrRefuse("a.csv", content);
            byte[] frame = Reading.Zstandard(Reading.Utf8(seed));
            frame[at % frame.Length] = value;
            ReadOrRefuse("a.jsonl.zst", frame);
        }
    }

    [Theory]
    [InlineData("""{"\ud83d": 1, "text": "a"}""")]
    [InlineData("""{"text": "a", "\ud83d": 1}""")]
    [InlineData("""{"text\ud83d": 1, "\udc00x": 2}""")]
    [InlineData("""{"text": "a", "prompt": {"\ud83d": 1}}""")]
    public void Half_characters_in_names_are_read_or_refused(string line) => ReadOrRefuse("a.jsonl", Reading.Utf8(line));

    private void ReadOrRefuse(string name, byte[] content)
    {
        string path = folder.Write(name, content);
        var reader = new DocumentReader(new DocumentReaderOptions { MaxMalformedShare = 1, PromptField = "prompt" });
        try
        {
            List<InputDocument> documents = Reading.All(reader, path);
            Assert.Equal(reader.Malformed.Total, documents.Count + reader.Malformed.Count);
        }
        catch (InputFormatException exception)
        {
            Assert.DoesNotContain('\n', exception.Message);
        }
    }
}
