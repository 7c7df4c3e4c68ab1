using Watermark.Text.Records;

namespace Watermark.Text.Tests.Records;

/// <summary>A file of any size is read in the memory of its longest record.</summary>
/// <remarks>The heap belongs to the whole process, so nothing else may run while it is measured.</remarks>
[Collection(Alone)]
public sealed class MemoryTests
{
    private const string Alone = "Measures the heap of the process";


    private const int Total = 100 << 20;

    private static readonly string Words = string.Join(' ', Enumerable.Range(0, 2500).Select(static i => $"word{i * 7919 % 1009}"));

    public static TheoryData<string, string, string, SourceFormat> Shapes => new()
    {
        { "", $$"""{"id": 1, "text": "{{Words}}"}""" + "\n", "", SourceFormat.JsonLines },
        { "[", $$"""{"id": 1, "text": "{{Words}}"},""" + "\n", "{}]", SourceFormat.JsonArray },
        { "id,text\n", $"1,\"{Words}\"\n", "", SourceFormat.Delimited },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Memory_stays_flat(string begin, string record, string end, SourceFormat format)
    {
        byte[] each = Reading.Utf8(record);
        int count = Total / each.Length;
        using var stream = new GeneratedStream(Reading.Utf8(begin), each, count, Reading.Utf8(end));
        var report = new ReadingReport();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long peak = 0;
        int records = 0;
        foreach (Payload payload in RecordReader.Expand(["-"], report, new RecordReaderOptions { StandardInput = () => stream })[0].Open(report))
        {
            Assert.Equal(format, payload.Format);
            foreach (SourceRecord _ in payload.Records)
            {
                if (++records % 1000 == 0)
                    peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        Assert.Equal(count + (end.Length > 0 ? 1 : 0), records);
        Assert.Equal(0, report.Unread);
        Assert.InRange(peak, 0, 8 << 20);
    }

    /// <summary>A beginning, the same record many times, and an end.</summary>
    private sealed class GeneratedStream(byte[] begin, byte[] record, int count, byte[] end) : MemoryStream
    {
        private long at;

        public override int Read(Span<byte> buffer)
        {
            long inRecords = at - begin.Length;
            long all = (long)record.Length * count;
            ReadOnlySpan<byte> next = inRecords < 0 ? begin.AsSpan((int)at)
                : inRecords < all ? record.AsSpan((int)(inRecords % record.Length))
                : end.AsSpan((int)(inRecords - all));
            int taken = Math.Min(next.Length, buffer.Length);
            next[..taken].CopyTo(buffer);
            at += taken;
            return taken;
        }
    }

    /// <summary>Tests that run when no other test does.</summary>
    [CollectionDefinition(Alone, DisableParallelization = true)]
    public sealed class WithoutOthers;
}
