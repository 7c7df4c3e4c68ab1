using Watermark.Text.Documents;

namespace Watermark.Text.Tests.Documents;

public sealed class CsvTests : IDisposable
{
    private static readonly DocumentReaderOptions Lenient = new() { MaxMalformedShare = 1 };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Rows_are_read_with_quotes_commas_and_line_ends_in_fields(string end)
    {
        string csv = string.Join(end, "id,prompt,text", "a,Say hi,Hello", "", "\"b\",\"one, \"\"two\"\"\",\"first\nsecond\n\"", ",,你好", "");
        string path = folder.Write("r.csv", csv);
        List<InputDocument> documents = Reading.All(out MalformedInput malformed, new DocumentReaderOptions(), path);
        Assert.Equal(["Hello", "first\nsecond\n", "你好"], documents.Select(document => document.Text));
        Assert.Equal(["a", "b", "r.csv:7"], documents.Select(document => document.Id));
        Assert.Equal(["one, \"two\""], documents[1].PromptTexts);
        Assert.Empty(documents[2].PromptTexts);
        Assert.Equal([2, 4, 7], documents.Select(document => document.Line));
        Assert.Equal((0, 3), (malformed.Count, malformed.Total));
    }

    [Fact]
    public void Token_ids_are_JSON_in_a_field()
    {
        string path = folder.Write("r.csv", "t,p\n\"[1, 2]\",\"[[3], [4, 5]]\"\n\"[]\",\n");
        List<InputDocument> documents = Reading.All(out _, Lenient with { TokensField = "t", PromptTokensField = "p" }, path);
        Assert.Equal([1, 2], documents[0].Tokens!);
        Assert.Equal([[3], [4, 5]], documents[0].PromptTokens);
        Assert.Empty(documents[1].Tokens!);
        Assert.Empty(documents[1].PromptTokens);
    }

    [Theory]
    [InlineData("a,b,c", "3 fields, expected 2 as in the header")]
    [InlineData("a", "1 fields, expected 2 as in the header")]
    [InlineData("a,b\"c", "a quote within a field, expected quoted fields with inner quotes doubled (RFC 4180)")]
    public void A_malformed_row_is_named_and_the_rest_counts(string row, string fault)
    {
        string path = folder.Write("r.csv", $"id,text\n1,good\n{row}\n2,good\n");
        Assert.Equal(["1", "2"], Reading.All(out MalformedInput malformed, Lenient, path).Select(document => document.Id));
        Assert.Equal([$"{path}:3: {fault}"], malformed.First);
        Assert.Equal((1, 3), (malformed.Count, malformed.Total));
    }

    [Theory]
    [InlineData("id,reply\n1,a\n", "2: the field 'text' is missing, expected a column of that name")]
    [InlineData("text,text\na,b\n", "2: the column 'text' stands twice, expected it once")]
    public void A_header_without_the_column_makes_every_row_malformed(string csv, string fault)
    {
        string path = folder.Write("r.csv", csv);
        InputFormatException exception = Assert.Throws<InputFormatException>(() => Reading.All(out _, Lenient, path));
        Assert.Equal($"No line of 1 could be read; the first is {path}:{fault}.", exception.Message);
    }

    [Theory]
    [InlineData("\"[1, 2\"", "the field 't' is not valid JSON, expected an array of token ids such as [15339, 1917]")]
    [InlineData("\"[-1]\"", "the field 't' has a number at index 0 that is no token id, expected integers from 0 to 2147483647")]
    [InlineData("7", "the field 't' is a number, expected an array of token ids")]
    public void Malformed_token_ids_are_named(string cell, string fault)
    {
        string path = folder.Write("r.csv", $"t\n[1]\n{cell}\n");
        Assert.Single(Reading.All(out MalformedInput malformed, Lenient with { TokensField = "t" }, path));
        Assert.Equal([$"{path}:3: {fault}"], malformed.First);
    }

    [Fact]
    public void Invalid_bytes_are_malformed_where_they_are_read()
    {
        string path = folder.Write("r.csv", [.. "text,other\n"u8, .. "a"u8, 0xff, .. ",x\nb,"u8, 0xff, .. "\n"u8]);
        Assert.Equal("b", Assert.Single(Reading.All(out MalformedInput malformed, Lenient, path)).Text);
        Assert.Equal([$"{path}:2: invalid bytes, expected UTF-8"], malformed.First);
    }

    [Fact]
    public void A_quote_that_is_never_closed_ends_the_file_and_what_came_before_counts()
    {
        string path = folder.Write("r.csv", "text\ngood\n\"" + new string('x', 5000) + "\n" + new string('y', 200_000));
        Assert.Equal("good", Assert.Single(Reading.All(out MalformedInput malformed, Lenient with { MaxRecordLength = 1000 }, path)).Text);
        Assert.Equal([path], malformed.IncompleteFiles);
        Assert.Contains("a field is too long or its quote is never closed", Assert.Single(malformed.First), StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_and_an_empty_file_do_no_harm()
    {
        string marked = folder.Write("m.csv", "\uFEFFtext\na\n");
        string empty = folder.Write("e.csv", "");
        Assert.Equal("a", Assert.Single(Reading.All(out _, new DocumentReaderOptions(), marked, empty)).Text);
    }
}
