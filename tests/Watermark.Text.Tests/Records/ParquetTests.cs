using System.Text.Json;
using Watermark.Text.Records;

namespace Watermark.Text.Tests.Records;

public sealed class ParquetTests : IDisposable
{
    private static readonly string[] Rows =
    [
        """{"id":"r0","messages":[{"role":"user","content":"Q0"},{"role":"assistant","content":"A0 é漢😀"}],"ids":[15339,1917],"prompts":[[1,2],[]],"meta":{"score":0.5,"ok":true,"tag":"a"},"at":"2026-11-27T06:00:00Z","n":0,"u":0,"f32":0.1,"day":"2026-11-27T00:00:00Z","must":"1"}""",
        """{"id":"r1","messages":[{"role":"user","content":"Q1"},{"role":"assistant","content":null}],"ids":[],"prompts":[],"meta":{"score":null,"ok":false,"tag":"b"},"at":"2026-11-27T06:00:01Z","n":-1,"u":1,"f32":1,"day":"2026-11-27T00:00:00Z","must":"2"}""",
        """{"id":"r2","messages":[],"ids":[7],"prompts":[[3]],"meta":{"score":null,"ok":null,"tag":null},"at":"2026-11-27T06:00:02Z","n":9223372036854775807,"u":4294967295,"f32":null,"day":"2026-11-27T00:00:00Z","must":"3"}""",
        """{"id":"r3","messages":null,"ids":null,"prompts":null,"meta":null,"at":"2026-11-27T06:00:03Z","n":null,"u":null,"f32":null,"day":"2026-11-27T00:00:00Z","must":"4"}""",
        """{"id":null,"messages":[{"role":"system","content":"S"}],"ids":[null,9],"prompts":[[4]],"meta":{"score":-2,"ok":true,"tag":"e"},"at":"2026-11-27T06:00:04Z","n":4,"u":4,"f32":4,"day":"2026-11-27T00:00:00Z","must":"5"}""",
        """{"id":"r5","messages":[{"role":"user","content":"Q5"},{"role":"assistant","content":"A5"}],"ids":[],"prompts":[],"meta":{"score":0,"ok":false,"tag":"f"},"at":"2026-11-27T06:00:05Z","n":5,"u":5,"f32":5,"day":"2026-11-27T00:00:00Z","must":"6"}""",
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("none")]
    [InlineData("snappy")]
    [InlineData("gzip")]
    [InlineData("zstd")]
    [InlineData("lz4")]
    [InlineData("brotli")]
    public void Nested_rows_are_JSON_objects(string compression)
    {
        byte[] content = File.ReadAllBytes(Reading.Data($"parquet/nested-{compression}.parquet"));
        string path = folder.Write("replies.bin", content);
        foreach (Reading reading in new[]
        {
            Reading.Of(path), Reading.StandardInput(content), Reading.Of(folder.Write("a.zip", Reading.Zip(("a.parquet", content)))),
            Reading.Of(folder.Write("a.gz", Reading.Gzip(content))), Reading.Of(folder.Write("a.tgz", Reading.Gzip(Reading.Tar(("a.parquet", content))))),
        })
        {
            Assert.Equal(SourceFormat.Parquet, reading.Only.Format);
            Assert.Equal(Rows.Length, reading.Records.Count);
            foreach ((string expected, string actual) in Rows.Zip(reading.Records))
                Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(expected).RootElement, JsonDocument.Parse(actual).RootElement), $"{actual}\nexpected\n{expected}");
            Assert.Equal([1, 2, 3, 4, 5, 6], reading.Only.Places);
        }
    }

    [Fact]
    public void A_folder_with_a_data_set_is_read()
    {
        Reading reading = Reading.Of(Reading.Data("12-folder-skipped"));
        Assert.Equal(["one.jsonl", "sharegpt.json", "train.parquet"], reading.Files.Select(static file => file.Name));
        Assert.Equal([120, 120, 600], reading.Payloads.Select(static payload => payload.Records.Count));
        Assert.Equal("text beside data files; name it to read it", Assert.Single(reading.Report.Skipped).Why);
        using JsonDocument row = JsonDocument.Parse(reading.Payloads[2].Records[0]);
        Assert.Equal("An array of strings describing", row.RootElement.GetProperty("prompt").GetString());
    }

    [Fact]
    public void A_file_that_is_cut_off_is_refused()
    {
        byte[] content = File.ReadAllBytes(Reading.Data("parquet/nested-zstd.parquet"));
        string path = folder.Write("a.parquet", content[..^20]);
        Assert.Equal($"{path}: this is a Parquet file that is damaged or cut off; expected JSON, JSON Lines, CSV, Parquet, Excel, text, or an archive of them.", Assert.Throws<InputFormatException>(() => Reading.Of(path)).Message);
        folder.Write("b.jsonl", "{}");
        Assert.Equal("a Parquet file that is damaged or cut off", Assert.Single(Reading.Of(folder.Path).Report.Skipped).Why);
    }

    [Fact]
    public void Any_changed_byte_ends_in_records_or_a_fault()
    {
        foreach (string compression in new[] { "none", "zstd" })
        {
            byte[] content = File.ReadAllBytes(Reading.Data($"parquet/nested-{compression}.parquet"));
            for (int at = 4; at < content.Length; at += 23)
            {
                byte[] changed = [.. content];
                changed[at] ^= (byte)(1 << (at % 8));
                Fuzzing.ReadOrRefuse(folder.Write("a.parquet", changed));
            }
        }
    }
}
