using FsCheck.Xunit;

namespace Watermark.Text.Tests.Records;

/// <summary>Whatever the bytes: records, counted faults, or one sentence; never another exception, never a hang.</summary>
public sealed class FuzzTests : IDisposable
{
    private static readonly byte[] Lines = Reading.Utf8("{\"id\": 1, \"prompt\": [{\"role\": \"user\", \"content\": \"é\"}], \"text\": \"a\\u00e9\\ud83d\\ude00\", \"x\": NaN}\n{\"text\": \"b\"}\n");

    private static readonly byte[][] Seeds =
    [
        Lines,
        Reading.Utf8("[{\"id\": 1, \"text\": \"a\"},\n {\"text\": \"b\\\"\"}]\n"),
        Reading.Utf8("id;prompt;text\n1;\"a \"\"b\"\"\";\"c\nd\"\n2;x;y\n"),
        Reading.Utf8("event: x\ndata: {\"choices\": [{\"delta\": {\"content\": \"a\"}}]}\n\ndata: [DONE]\n\n"),
        System.Text.Encoding.Unicode.GetBytes("{\"text\": \"é漢😀\"}\n{\"text\": \"b\"}\n"),
        Reading.Gzip(Lines), Reading.Zstandard(Lines), Reading.Bzip2(Lines), File.ReadAllBytes(Reading.Data("two.jsonl.xz")),
        Reading.Zip(("a.jsonl", Lines), ("b.txt", "Notes."u8.ToArray())), Reading.Tar(("a.jsonl", Lines), ("b.txt", "Notes."u8.ToArray())),
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Property(MaxTest = 200)]
    public void Any_bytes_are_read_or_refused(byte[] content)
    {
        Fuzzing.ReadOrRefuse(folder.Write("a.csv", content));
        Fuzzing.ReadOrRefuse(folder.Write("a", content));
    }

    [Fact]
    public void Every_changed_byte_is_read_or_refused()
    {
        foreach (byte[] seed in Seeds)
        {
            for (int at = 0; at < seed.Length; at += 1 + seed.Length / 150)
            {
                byte[] changed = [.. seed];
                changed[at] ^= (byte)(1 << (at % 8));
                Fuzzing.ReadOrRefuse(folder.Write("a", changed));
                changed[at] = (byte)"\"{}[],\n\0"[at % 8];
                Fuzzing.ReadOrRefuse(folder.Write("a", changed));
                Fuzzing.ReadOrRefuse(folder.Write("a", seed[..at]));
            }
        }
    }

    [Fact]
    public void Every_truncation_of_compressed_data_is_noticed()
    {
        foreach (byte[] whole in Seeds[5..9])
        {
            bool twoStreams = whole == Seeds[8];
            for (int length = 6; length < whole.Length; length++)
            {
                if (twoStreams && length == whole.Length / 2)
                    continue; // One of two streams, complete.
                Reading reading = Reading.Of(folder.Write("a.jsonl", whole[..length]));
                Assert.True(reading.Report.TruncatedFiles.Count == 1, $"{length} of {whole.Length} bytes: {reading.Payloads[0].Wrapping}");
            }
        }
    }
}
