using Watermark.Text.Records;

namespace Watermark.Text.Tests.Records;

/// <summary>What is wrong with one record does no harm to the others.</summary>
public sealed class JsonTests : IDisposable
{
    private const string A = """{"text": "a"}""";
    private const string B = """{"text": "b"}""";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("""{"text": "x", "text": "y"}""", "the field 'text' stands twice, expected it once")]
    [InlineData("""{"note": 1, "note": 2}""", "the field 'note' stands twice, expected it once")]
    [InlineData("""{"messages": [{"role": "user", "role": "assistant"}]}""", "the field 'role' stands twice, expected it once")]
    [InlineData("""{"text": "x",}""", "not valid JSON")]
    [InlineData("""{"text": "x"} // why""", "not valid JSON")]
    [InlineData("""{"text": 'x'}""", "not valid JSON")]
    [InlineData("""{"text": nan}""", "not valid JSON")]
    [InlineData("""{"\ud83d": 1}""", "the name of a field has half of a surrogate pair, expected whole characters")]
    public void A_record_that_is_wrong_is_a_fault(string record, string why)
    {
        Reading reading = Reading.Of(folder.Write("a.jsonl", $"{A}\n{record}\n{B}\n"));
        Assert.Equal([A, B], reading.Records);
        UnreadPart part = Assert.Single(reading.Report.FirstUnread);
        Assert.EndsWith(":2", part.Where, StringComparison.Ordinal);
        Assert.Equal((why, RecordFault.Unread), (part.Why, part.Code));
        if (!record.Contains("//", StringComparison.Ordinal))
        {
            Reading array = Reading.Of(folder.Write("a.json", $"[{A},\n{record},\n{B}]"));
            Assert.Equal([A, B], array.Records);
            Assert.Equal(why, Assert.Single(array.Report.FirstUnread).Why);
        }
    }

    [Theory]
    [InlineData("""{"text": "x", "score": NaN, "s": [Infinity, -Infinity], "t": "NaN \" -Infinity"}""", """{"text": "x", "score": null, "s": [null, null], "t": "NaN \" -Infinity"}""")]
    [InlineData("""{"text": "x", "meta": {"note": 1, "note": 2}}""", null)]
    [InlineData("""{"text": "x", "other": "\ud83d"}""", null)]
    [InlineData("{\"text\": \"a\u2028b\u0085c\"}", null)]
    public void What_nobody_reads_does_no_harm(string record, string? read)
    {
        Assert.Equal([A, read ?? record, B], Reading.Of(folder.Write("a.jsonl", $"{A}\n{record}\n{B}")).Records);
        Assert.Equal([A, read ?? record, B], Reading.Of(folder.Write("a.json", $"[{A}, {record}, {B}]")).Records);
    }

    [Fact]
    public void Deep_nesting_is_a_fault_of_its_record()
    {
        string deep = $$"""{"a": {{new string('[', 100)}}{{new string(']', 100)}}}""";
        Reading reading = Reading.Of(folder.Write("a.jsonl", $"{A}\n{deep}\n{B}\n"));
        Assert.Equal([A, B], reading.Records);
        Assert.Equal("nested too deeply, expected at most 64 levels", Assert.Single(reading.Report.FirstUnread).Why);
        string deeper = new('[', 1_000_000);
        Assert.Empty(Reading.Of(folder.Write("b.json", deeper)).Records);
    }

    [Theory]
    [InlineData("[{A}, {B}", 2, 1, 1)]
    [InlineData("[{A}, {B}, {\"text\": \"c", 2, 1, 1)]
    [InlineData("[{A}, {B},", 2, 1, 1)]
    [InlineData("[{A} {B}]", 2, 1, 0)]
    [InlineData("[{A}, {B},]", 2, 1, 0)]
    [InlineData("[{A},, {B}]", 2, 1, 0)]
    [InlineData("[{A}, {B}] and more", 2, 1, 0)]
    [InlineData("[", 0, 1, 1)]
    public void A_broken_array_counts_up_to_where_it_breaks(string content, int records, int unread, int truncated)
    {
        Reading reading = Reading.Of(folder.Write("a.json", content.Replace("{A}", A, StringComparison.Ordinal).Replace("{B}", B, StringComparison.Ordinal)));
        Assert.Equal(SourceFormat.JsonArray, reading.Only.Format);
        Assert.Equal((records, unread, truncated), (reading.Records.Count, (int)reading.Report.Unread, reading.Report.TruncatedFiles.Count));
    }

    [Fact]
    public void Values_over_several_lines_break_off_and_go_on()
    {
        string value = "{\n \"text\": \"a\"\n}\n";
        Reading cut = Reading.Of(folder.Write("a.json", value + "{\n \"text\": \"b"));
        Assert.Equal((1, 1), (cut.Records.Count, cut.Report.TruncatedFiles.Count));
        Reading garbage = Reading.Of(folder.Write("a.json", value + "oops\n" + value + ", " + value));
        Assert.Equal([1, 5], garbage.Only.Places);
        Assert.Equal([4, 8], garbage.Report.FirstUnread.Select(static part => int.Parse(part.Where.Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void A_broken_first_line_does_not_hide_the_others()
    {
        Reading reading = Reading.Of(folder.Write("a.jsonl", $"{{\"text\": \"cut\n{A}\n{B}\n"));
        Assert.Equal((SourceFormat.JsonLines, 2, 1L), (reading.Only.Format, reading.Records.Count, reading.Report.Unread));
    }

    [Fact]
    public void Too_long_a_record_is_skipped()
    {
        var options = new RecordReaderOptions { MaxRecordLength = 100_000 };
        string longer = $$"""{"text": "{{new string('x', 300_000)}}"}""";
        foreach (string content in new[] { $"{A}\n{longer}\n{B}\n", $"[{A},\n{longer},\n{B}]", $"{{\n\"text\": 1}}\n{longer}\n{B}" })
        {
            Reading reading = Reading.Of(options, folder.Write("a", content));
            Assert.Equal(2, reading.Records.Count);
            Assert.Equal("too long, expected at most 100,000 bytes", Assert.Single(reading.Report.FirstUnread).Why);
        }

        Reading text = Reading.Of(options, folder.Write("a", new string('x', 100_001)));
        Assert.Equal((0, 1L), (text.Records.Count, text.Report.Unread));
    }

    [Fact]
    public void A_literal_at_the_end_of_a_block_is_whole()
    {
        for (int length = 65_500; length < 65_560; length++)
        {
            string content = $"[\"{new string('x', length)}\\\\\", 12345, \"\\\"{new string('y', 70)}\"]";
            Assert.Equal(["12345", $"\"\\\"{new string('y', 70)}\""], Reading.StandardInput(Reading.Utf8(content)).Records[1..]);
        }
    }

    [Theory]
    [InlineData("data: {\"a\": 1}\n\ndata: {\"a\":", 1, 1)]
    [InlineData("data: {\"a\": 1}\n\ndata: [DO", 1, 1)]
    [InlineData("data: {\"a\": 1}\n\ndata: {\"a\": 2}", 2, 0)]
    [InlineData("data: {\"a\": 1}\n\nevent: x\ndata:\n\ndata: {\"a\": 2}\n\n", 2, 0)]
    [InlineData("data: {\"a\": 1}\r\n\r\ndata: {\"a\": 2}\r\n\r\n", 2, 0)]
    public void Events_break_off_where_their_data_do(string content, int records, int truncated)
    {
        Reading reading = Reading.Of(folder.Write("a.log", content));
        Assert.Equal((SourceFormat.EventStream, records, truncated), (reading.Only.Format, reading.Records.Count, reading.Report.TruncatedFiles.Count));
    }

    [Fact]
    public void Cancelling_stops_between_records()
    {
        using var cancellation = new CancellationTokenSource();
        string path = folder.Write("a.jsonl", string.Concat(Enumerable.Repeat(A + "\n", 100)));
        var report = new ReadingReport();
        int records = 0;
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (Payload payload in RecordReader.Expand([path], report)[0].Open(report, null, cancellation.Token))
            {
                foreach (SourceRecord _ in payload.Records)
                {
                    if (++records == 10)
                        cancellation.Cancel();
                }
            }
        });
        Assert.Equal(10, records);
    }
}
