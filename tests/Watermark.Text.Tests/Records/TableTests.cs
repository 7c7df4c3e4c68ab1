using Watermark.Text.Records;

namespace Watermark.Text.Tests.Records;

public sealed class TableTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("id,text\n1,a\n2\n3,c\n", 2, "1 fields, expected 2 as in the header")]
    [InlineData("id,text\n1,a\n2,b,c\n3,c\n", 2, "3 fields, expected 2 as in the header")]
    [InlineData("id,text\n1,a\n2,\"b\"x\n3,c\n", 2, "a quote within a field, expected quoted fields with inner quotes doubled (RFC 4180)")]
    [InlineData("id,text\n1,a\n3,c\n2,\"never closed\n", 2, "a quote within a field, expected quoted fields with inner quotes doubled (RFC 4180)")]
    public void A_row_that_is_wrong_is_a_fault(string content, int rows, string why)
    {
        Reading reading = Reading.Of(folder.Write("a.csv", content));
        Assert.Equal(rows, reading.Records.Count);
        Assert.Equal(why, Assert.Single(reading.Report.FirstUnread).Why);
    }

    [Fact]
    public void Columns_are_named_by_the_header_and_empty_cells_are_null()
    {
        Assert.Equal(["""{"id":"1","text":null}"""], Reading.Of(folder.Write("a.csv", "id,text\n1,\n")).Records);
        Assert.Equal(["""{"id":"1","text":"a","(column 3)":null,"n":"x","n (column 5)":"y"}"""], Reading.Of(folder.Write("a.csv", "id,text,,n,n\n1,a,,x,y\n")).Records);
        string twice = folder.Write("a.csv", "text,text\na,b\n");
        Assert.Equal($"{twice}:1: the column 'text' stands twice, expected it once.", Assert.Throws<InputFormatException>(() => Reading.Of(twice)).Message);
    }

    [Fact]
    public void The_place_of_a_row_is_its_first_line()
    {
        Reading reading = Reading.Of(folder.Write("a.csv", "id,text\n1,\"a\nb\n\nc\"\n\n2,d\r\n3,e"));
        Assert.Equal([2, 7, 8], reading.Only.Places);
    }

    [Fact]
    public void The_last_row_of_a_compressed_table_that_broke_off_does_not_count()
    {
        string rows = string.Concat(Enumerable.Range(0, 3000).Select(i => $"row{i},text {(i * 7919L) % 1009} {(i * 104_729L) % 997}\n"));
        byte[] whole = Reading.Gzip(Reading.Utf8("id,text\n" + rows));
        Reading reading = Reading.Of(folder.Write("a.csv.gz", whole[..(whole.Length / 2)]));
        Assert.InRange(reading.Records.Count, 500, 2900);
        Assert.All(reading.Records, record => Assert.Contains(record.Split('"')[3] + "," + record.Split('"')[7] + "\n", rows, StringComparison.Ordinal));
        Assert.Single(reading.Report.TruncatedFiles);
    }
}
