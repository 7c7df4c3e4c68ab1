using System.Text;
using Watermark.Text.Records;

namespace Watermark.Text.Tests.Records;

/// <summary>The content decides how a file is read, never its name.</summary>
public sealed class FormatTests : IDisposable
{
    private const string Line = """{"id": 1, "text": "a"}""";

    private static readonly string[] Names = ["a.jsonl", "a.json", "a.log", "a.txt", "a", "a.md", "a.csv", "a.tsv", "a.parquet", "a.gz"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, SourceFormat, int> Contents => new()
    {
        { $"{Line}\n{Line}\n", SourceFormat.JsonLines, 2 },
        { $"\n{Line}\n\n  {Line}", SourceFormat.JsonLines, 2 },
        { $"{Line}\r\n{Line}\r\n", SourceFormat.JsonLines, 2 },
        { Line, SourceFormat.JsonLines, 1 },
        { $"[{Line}, {Line}]", SourceFormat.JsonArray, 2 },
        { $"[{Line},\n{Line}]\n", SourceFormat.JsonArray, 2 },
        { $"[\n  {Line}\n]\n[{Line}]", SourceFormat.JsonArray, 2 },
        { "[]", SourceFormat.JsonArray, 0 },
        { "[\"a\", \"b\"]", SourceFormat.JsonArray, 2 },
        { "[[1, 2], [3]]", SourceFormat.JsonArray, 2 },
        { "[15339, 1917]", SourceFormat.JsonArray, 2 },
        { "[15339, 1917]\n[1, 2]\n", SourceFormat.JsonLines, 2 },
        { $"[{Line}]\n[{Line}, {Line}]\n", SourceFormat.JsonLines, 2 },
        { "{\n  \"text\": \"a\"\n}\n", SourceFormat.Json, 1 },
        { "{\n  \"text\": \"a\"\n}\n{\n  \"text\": \"b\"\n}", SourceFormat.Json, 2 },
        { "{\"a\": 1,\n \"text\": \"}\\\"{\"}", SourceFormat.Json, 1 },
        { $"data: {Line}\n\ndata: {Line}\n\ndata: [DONE]\n\n", SourceFormat.EventStream, 3 },
        { $"data:{Line}\ndata:{Line}\n", SourceFormat.EventStream, 2 },
        { $": ping\n\nevent: delta\nid: 7\nretry: 10\ndata: {Line}\n\n", SourceFormat.EventStream, 1 },
        { $"2026-11-27T10:00:00Z data: {Line}\n2026-11-27T10:00:01Z data: [DONE]\n", SourceFormat.EventStream, 2 },
        { "data: {\"a\":\ndata: 1}\n\n", SourceFormat.EventStream, 1 },
        { "\"one\"\n\"two\\u00e9\"\n", SourceFormat.JsonLines, 2 },
    };

    [Theory]
    [MemberData(nameof(Contents))]
    public void Structured_content_is_read_the_same_under_every_name(string content, SourceFormat format, int records)
    {
        foreach (string name in Names)
        {
            if (content[0] == (char)34 && name is "a.csv" or "a.tsv")
                continue; // A table of one column: here the name breaks the tie.
            Reading reading = Reading.Of(folder.Write(name, content));
            Assert.Equal((name, format, records), (name, reading.Only.Format, reading.Only.Records.Count));
            Assert.Equal(0, reading.Report.Unread);
        }

        Reading piped = Reading.StandardInput(Reading.Utf8(content));
        Assert.Equal((format, records), (piped.Only.Format, piped.Only.Records.Count));
    }

    [Theory]
    [InlineData("id,prompt,text\n1,\"a \"\"b\"\"\",\"c\nd\"\n2,x,y\n", "b\"", 2)]
    [InlineData("id;prompt;text\n1;\"a \"\"b\"\"\";\"0,5\"\n2;x;y\n", "0,5", 2)]
    [InlineData("id\tprompt\ttext\n1\ta\tb, c; d\n", "b, c; d", 1)]
    [InlineData("id|prompt|text\n1|a|b, c; d\n", "b, c; d", 1)]
    [InlineData("id^text\n1^b, c; d\n", "b, c; d", 1)]
    [InlineData("id\u001Ftext\n1\u001Fb, c; d\n", "b, c; d", 1)]
    [InlineData("sep=;\r\nid;text\r\n1;b, c\r\n", "b, c", 1)]
    [InlineData("name,year,city\nAnna,1999,Ulm\n", "Ulm", 1)]
    [InlineData(" id , text \n1,b\n", "\"text\":\"b\"", 1)]
    public void Tables_are_read_whatever_their_delimiter(string content, string part, int rows)
    {
        foreach (string name in new[] { "a.csv", "a.txt", "a.log", "a" })
        {
            Reading reading = Reading.Of(folder.Write(name, content));
            Assert.Equal(SourceFormat.Delimited, reading.Only.Format);
            Assert.Equal(rows, reading.Only.Records.Count);
            Assert.Contains(part, System.Text.RegularExpressions.Regex.Unescape(string.Concat(reading.Only.Records)), StringComparison.Ordinal);
            Assert.Equal(0, reading.Report.Unread);
        }
    }

    [Fact]
    public void A_table_of_one_column_is_known_by_its_name()
    {
        Assert.Equal(["""{"text":"a"}""", """{"text":"b"}"""], Reading.Of(folder.Write("a.csv", "text\na\nb\n")).Only.Records);
        Assert.Equal("text\na\nb\n", Assert.Single(Reading.Of(folder.Write("a.txt", "text\na\nb\n")).Only.Records));
    }

    [Theory]
    [InlineData("Dear Anna,\nit rained, and the bridge was closed.\nYours, Bob\n")]
    [InlineData("One line of prose, with a comma.\n")]
    [InlineData("[1] See the table, below.\n[2] Likewise.\n")]
    [InlineData("# Title\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")]
    [InlineData("| a | b |\n|---|:--|\n| 1 | 2 |\n")]
    [InlineData("An example:\n\n```json\n{\"colour\": \"red\"}\n```\n")]
    [InlineData("int main() { return 0; }\n")]
    [InlineData("Id est: the data: of the survey.\n")]
    [InlineData("中文的回答,没有空格。\n第二行,也是。\n")]
    public void Prose_is_one_text(string content)
    {
        Reading reading = Reading.Of(folder.Write("a", content));
        Assert.Equal(SourceFormat.Text, reading.Only.Format);
        Assert.Equal([content], reading.Records);
    }

    [Theory]
    [InlineData("INFO started\nINFO {\"prompt\": \"p\", \"text\": \"t\"}\n", "JSON (line 2)")]
    [InlineData("INFO started\ndata: {\"choices\": []}\n", "JSON (line 2)")]
    [InlineData("reply {'prompt': 'p', 'text': 't'}\n", "JSON (line 1)")]
    [InlineData("reply \"{\\\"prompt\\\": 1}\"\n", "JSON (line 1)")]
    [InlineData("A log:\n```\n{\"messages\": []}\n```\n", "JSON (line 3)")]
    [InlineData("- role: user\n  content: hello\n- role: assistant\n  content: hi\n", "dialogue (line 1)")]
    [InlineData("<!DOCTYPE html>\n<html><body>hi</body></html>", "HTML")]
    [InlineData("<?xml version=\"1.0\"?><a/>", "HTML or XML")]
    [InlineData("%PDF-1.7\n", "PDF")]
    [InlineData("{\\rtf1 hello}", "Rich Text")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n", "PEM")]
    [InlineData("a\0b", "binary")]
    [InlineData("WMNGRAM2....", "n-grams")]
    public void What_is_no_reply_is_refused_by_name(string content, string what)
    {
        string path = folder.Write("a.txt", content);
        InputFormatException refused = Assert.Throws<InputFormatException>(() => Reading.Of(path));
        Assert.StartsWith($"{path}: this is ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Base64_is_refused() =>
        Assert.Contains("base64", Assert.Throws<InputFormatException>(() => Reading.Of(folder.Write("a.txt", Convert.ToBase64String([.. Enumerable.Range(0, 1000).Select(static i => (byte)(i * 37 % 251))], Base64FormattingOptions.InsertLineBreaks)))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("utf-8", true, "UTF-8 with byte order mark")]
    [InlineData("utf-8", false, "UTF-8")]
    [InlineData("utf-16", true, "UTF-16 LE")]
    [InlineData("utf-16", false, "UTF-16 LE")]
    [InlineData("utf-16BE", true, "UTF-16 BE")]
    [InlineData("utf-16BE", false, "UTF-16 BE")]
    [InlineData("utf-32", true, "UTF-32 LE")]
    [InlineData("utf-32BE", true, "UTF-32 BE")]
    public void Every_encoding_gives_the_same_records(string encoding, bool mark, string name)
    {
        Encoding written = Encoding.GetEncoding(encoding);
        foreach (string content in new[] { "{\"text\": \"é漢😀\"}\n{\"text\": \"b\"}\n", "id;text\n1;é漢😀\n", "Ein Satz über 漢字 😀.\n" + new string('x', 70_000) })
        {
            byte[] bytes = [.. mark ? written.GetPreamble() : [], .. written.GetBytes(content)];
            Reading reading = Reading.Of(folder.Write("a.txt", bytes));
            Assert.Equal(name, reading.Only.Encoding);
            Assert.Equal(Reading.StandardInput(Reading.Utf8(content)).Records, reading.Records);
        }
    }

    [Fact]
    public void Text_in_another_encoding_is_refused_and_a_JSON_record_is_a_fault()
    {
        byte[] latin = Encoding.Latin1.GetBytes("Der Fluß stieg.\n");
        Assert.Contains("expected UTF-8", Assert.Throws<InputFormatException>(() => Reading.Of(folder.Write("a.txt", latin))).Message, StringComparison.Ordinal);
        Assert.Contains("expected UTF-8", Assert.Throws<InputFormatException>(() => Reading.Of(folder.Write("a.csv", [.. "id,text\n1,"u8, .. latin]))).Message, StringComparison.Ordinal);
        Reading reading = Reading.Of(folder.Write("a.jsonl", [.. "{\"text\": \"a\"}\n{\"text\": \""u8, .. Encoding.Latin1.GetBytes("ß"), .. "\"}\n"u8]));
        Assert.Single(reading.Records);
        Assert.Equal("invalid bytes, expected UTF-8", Assert.Single(reading.Report.FirstUnread).Why);
    }

    [Fact]
    public void Half_of_a_pair_in_UTF16_is_a_fault_of_its_record()
    {
        byte[] bytes = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("{\"text\": \"a\"}\n{\"text\": \""), 0x3D, 0xD8, .. Encoding.Unicode.GetBytes("\"}\n{\"text\": \"b\"}\n")];
        Reading reading = Reading.Of(folder.Write("a.jsonl", bytes));
        Assert.Equal(2, reading.Records.Count);
        Assert.EndsWith(":2", Assert.Single(reading.Report.FirstUnread).Where, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_were_read_wrongly_are_read()
    {
        Assert.Equal(120, Reading.Of(Reading.Data("13-excel-semicolon-bom.csv")).Records.Count);
        Reading excel = Reading.Of(Reading.Data("13-excel-unicode-text.csv"));
        Assert.Equal(("UTF-16 LE", SourceFormat.Delimited, 120), (excel.Only.Encoding, excel.Only.Format, excel.Records.Count));
        Assert.Equal(Reading.Of(Reading.Data("13-excel-semicolon-bom.csv")).Records, excel.Records);
        Reading nan = Reading.Of(Reading.Data("07-json-nan"));
        Assert.Equal((6, 0L), (nan.Records.Count, nan.Report.Unread));
        Assert.All(nan.Records, record => Assert.Contains(": null", record, StringComparison.Ordinal));
        // 670 lines of data, the last one cut off.
        Reading events = Reading.Of(Reading.Data("08-suspect-sse.log"));
        Assert.Equal(669, events.Records.Count);
        Assert.Equal(SourceFormat.EventStream, events.Only.Format);
        Assert.Single(events.Report.TruncatedFiles);
    }
}
