using Watermark.Text.Records;

namespace Watermark.Text.Tests.Records;

public sealed class ExcelTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_sheet_with_a_header_is_read()
    {
        byte[] content = File.ReadAllBytes(Reading.Data("workbook.xlsx"));
        foreach (Reading reading in new[] { Reading.Of(folder.Write("a.bin", content)), Reading.StandardInput(content), Reading.Of(folder.Write("a.zip", Reading.Zip(("in.xlsx", content)))) })
        {
            Assert.Equal(["Replies", "Hidden replies"], reading.Payloads.Select(static payload => payload.Path.Split("!/")[^1]));
            Assert.All(reading.Payloads, static payload => Assert.Equal(SourceFormat.Excel, payload.Format));
            Assert.EndsWith("hidden sheet", reading.Payloads[1].Wrapping, StringComparison.Ordinal);
            Assert.Equal(
                [
                    """{"id":"1","prompt":"Ask é漢\uD83D\uDE00","text":"Say\nit","when":"2026-11-27 06:30:00","score":"0.5","ok":"TRUE"}""",
                    """{"id":"two","prompt":"Ask","text":"<b> & \"quotes\" \r","when":"2026-11-27","score":"1E+300","ok":"FALSE"}""",
                    """{"id":"3","prompt":null,"text":null,"when":null,"score":"-2","ok":null}""",
                ],
                reading.Payloads[0].Records);
            Assert.Equal([2, 4, 5], reading.Payloads[0].Places);
            Assert.Equal(["""{"text":"Hidden."}"""], reading.Payloads[1].Records);
            UnreadPart cut = Assert.Single(reading.Report.FirstUnread);
            Assert.EndsWith("!/Replies:6", cut.Where, StringComparison.Ordinal);
            Assert.Equal("the cell 'text' is cut at Excel's limit of 32,767 characters, expected its whole text", cut.Why);
            UnreadPart notes = Assert.Single(reading.Report.Skipped);
            Assert.EndsWith("!/Notes", notes.Where, StringComparison.Ordinal);
            Assert.Equal("a sheet whose first row is no header", notes.Why);
        }
    }

    [Fact]
    public void Shared_strings_and_cached_values_of_formulas_are_read()
    {
        string rows = """
            <row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>
            <row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>"a"&amp;"b"</f><v>ab</v></c></row>
            <row r="4"><c r="B4" t="s"><v>2</v></c></row>
            <row r="5"><c r="A5" t="e"><v>#DIV/0!</v></c><c r="B5" t="s"><v>2</v></c><c r="D5"><v>7</v></c></row>
            """;
        Reading reading = Reading.Of(folder.Write("a.xlsx", Workbook(rows, "<si><t>id</t></si><si><t>text</t></si><si><r><t>rich </t></r><r><t>text</t></r></si>")));
        Assert.Equal(["""{"id":"2","text":"ab"}""", """{"id":null,"text":"rich text"}"""], reading.Records);
        Assert.Equal("a value in column 4, expected 2 columns as in the header", Assert.Single(reading.Report.FirstUnread).Why);
    }

    [Fact]
    public void Workbooks_that_cannot_be_read_are_refused()
    {
        byte[] none = Workbook("", "");
        Assert.Contains("an Excel workbook without a sheet whose first row is a header", Assert.Throws<InputFormatException>(() => Reading.Of(folder.Write("a.xlsx", none))).Message, StringComparison.Ordinal);
        byte[] twice = Workbook("""<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>0</v></c></row>""", "<si><t>text</t></si>");
        Assert.EndsWith("!/Sheet1:1: the column 'text' stands twice, expected it once.", Assert.Throws<InputFormatException>(() => Reading.Of(folder.Write("b.xlsx", twice))).Message, StringComparison.Ordinal);
        byte[] old = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0, 0, 0];
        Assert.Contains("an old Office document", Assert.Throws<InputFormatException>(() => Reading.Of(folder.Write("c.xls", old))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_changed_byte_ends_in_records_or_a_fault()
    {
        byte[] content = File.ReadAllBytes(Reading.Data("workbook.xlsx"));
        for (int at = 0; at < content.Length; at += 41)
        {
            byte[] changed = [.. content];
            changed[at] ^= (byte)(1 << (at % 8));
            Fuzzing.ReadOrRefuse(folder.Write("a.xlsx", changed));
        }

        string rows = """<row r="1"><c r="A1" t="s"><v>9</v></c><c r="ZZZZZZ1"><v>1</v></c></row><row r="x"><c r="A" t="s"><v>-1</v></c></row>""";
        Fuzzing.ReadOrRefuse(folder.Write("a.xlsx", Workbook(rows, "<si><t>id</t></si>")));
    }

    private static byte[] Workbook(string rows, string strings) => Reading.Zip(
        ("[Content_Types].xml", Reading.Utf8("""<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>""")),
        ("_rels/.rels", Reading.Utf8("""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>""")),
        ("xl/workbook.xml", Reading.Utf8("""<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>""")),
        ("xl/_rels/workbook.xml.rels", Reading.Utf8("""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>""")),
        ("xl/worksheets/sheet1.xml", Reading.Utf8($"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>""")),
        ("xl/sharedStrings.xml", Reading.Utf8($"""<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{strings}</sst>""")));
}
