using System.Text;
using Watermark.Text.Documents;

namespace Watermark.Text.Tests.Documents;

public sealed class JsonLinesTests : IDisposable
{
    private static readonly DocumentReaderOptions Lenient = new() { MaxMalformedShare = 1 };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_line_is_a_document_with_its_id_text_and_prompt()
    {
        string path = folder.Write("replies.jsonl", """
            {"id": "a", "prompt": "Say hello.", "text": "Hello 你好\n"}

            {"id": 17, "text": ""}
            {"text": "no id", "prompt": null, "other": {"text": "x"}}
            """);
        List<InputDocument> documents = Reading.All(out MalformedInput malformed, new DocumentReaderOptions(), path);
        Assert.Equal(["a", "17", "replies.jsonl:4"], documents.Select(document => document.Id));
        Assert.Equal(["Hello 你好\n", "", "no id"], documents.Select(document => document.Text));
        Assert.Equal(["Say hello."], documents[0].PromptTexts);
        Assert.Empty(documents[1].PromptTexts);
        Assert.Empty(documents[2].PromptTexts);
        Assert.Equal([1, 3, 4], documents.Select(document => document.Line));
        Assert.All(documents, document => Assert.Equal(path, document.File));
        Assert.Equal((0, 3), (malformed.Count, malformed.Total));
    }

    [Theory]
    [InlineData("\"one\"", "one")]
    [InlineData("\"\"", "")]
    [InlineData("[]", "")]
    [InlineData("""[{"role": "system", "content": "one"}, {"role": "user", "content": "two"}]""", "one|two")]
    [InlineData("""["one", "two"]""", "one|two")]
    [InlineData("""[{"role": "assistant", "content": null, "tool_calls": []}, {"role": "user", "content": "two"}]""", "two")]
    [InlineData("""[{"role": "user", "content": [{"type": "text", "text": "one"}, {"type": "image_url"}, {"type": "text", "text": "two"}]}]""", "one|two")]
    public void A_prompt_is_a_text_or_the_messages_of_a_chat(string prompt, string texts)
    {
        string path = folder.Write("a.jsonl", $$"""{"prompt": {{prompt}}, "text": "x"}""");
        InputDocument document = Assert.Single(Reading.All(out _, Lenient, path));
        Assert.Equal(texts, string.Join('|', document.PromptTexts));
    }

    [Theory]
    [InlineData("""{"a.b": "literal", "a": {"b": "inner"}}""", "a.b", "literal")]
    [InlineData("""{"a": {"b": "inner"}}""", "a.b", "inner")]
    [InlineData("""{"a": {"b.c": "mixed"}}""", "a.b.c", "mixed")]
    [InlineData("""{"choices": [{"message": {"content": "x"}}, {"message": {"content": "y"}}]}""", "choices.1.message.content", "y")]
    public void Dots_go_into_objects_and_numbers_into_arrays(string line, string field, string text)
    {
        string path = folder.Write("a.jsonl", line);
        Assert.Equal(text, Assert.Single(Reading.All(out _, Lenient with { TextField = field }, path)).Text);
    }

    [Fact]
    public void Token_ids_are_taken_as_they_are()
    {
        string path = folder.Write("a.jsonl", """
            {"tokens": [0, 5, 2147483647], "p": [7, 8]}
            {"tokens": [], "p": [[1], [], [2, 3]], "text": "not read"}
            {"tokens": [1], "p": null}
            """);
        List<InputDocument> documents = Reading.All(out _, Lenient with { TokensField = "tokens", PromptTokensField = "p" }, path);
        Assert.Equal([0, 5, int.MaxValue], documents[0].Tokens!);
        Assert.Equal([[7, 8]], documents[0].PromptTokens);
        Assert.Empty(documents[1].Tokens!);
        Assert.Null(documents[1].Text);
        Assert.Equal([[1], [], [2, 3]], documents[1].PromptTokens);
        Assert.Empty(documents[2].PromptTokens);
    }

    [Theory]
    [InlineData("{", "not valid JSON, expected one JSON object a line in which no field stands twice")]
    [InlineData("""{"text": "a"} trailing""", "not valid JSON, expected one JSON object a line in which no field stands twice")]
    [InlineData("""{"text": "a", "text": "b"}""", "not valid JSON, expected one JSON object a line in which no field stands twice")]
    [InlineData("""["text"]""", "an array, expected a JSON object")]
    [InlineData("""{"prompt": "a"}""", "the field 'text' is missing, expected a string")]
    [InlineData("""{"text": null}""", "the field 'text' is null, expected a string")]
    [InlineData("""{"text": 5}""", "the field 'text' is a number, expected a string")]
    [InlineData("""{"text": "\ud83d"}""", "the field 'text' has half of a surrogate pair, expected a string of whole characters")]
    [InlineData("""{"text": "a", "\ud83d": 1}""", "the name of a field has half of a surrogate pair, expected whole characters")]
    [InlineData("""{"text": "a", "id": true}""", "the field 'id' is true or false, expected a string or a number")]
    [InlineData("""{"text": "a", "prompt": 5}""", "the field 'prompt' is a number, expected a string or an array of messages")]
    [InlineData("""{"text": "a", "prompt": [{"role": "user"}]}""", "the field 'prompt' has an object without 'content', expected messages with 'role' and 'content'")]
    [InlineData("""{"text": "a", "prompt": [{"content": 5}]}""", "the field 'prompt.content' is a number, expected a string or an array of parts")]
    public void A_malformed_line_is_named_and_the_rest_counts(string line, string fault)
    {
        string path = folder.Write("a.jsonl", $"{{\"text\": \"good\"}}\n{line}\n{{\"text\": \"good\"}}\n");
        Assert.Equal(2, Reading.All(out MalformedInput malformed, Lenient, path).Count);
        Assert.Equal((1, 3), (malformed.Count, malformed.Total));
        Assert.Equal([$"{path}:2: {fault}"], malformed.First);
        Assert.Empty(malformed.IncompleteFiles);
    }

    [Theory]
    [InlineData("""{"p": [1]}""", "the field 't' is missing, expected an array of token ids")]
    [InlineData("""{"t": "1 2", "p": [1]}""", "the field 't' is a string, expected an array of token ids")]
    [InlineData("""{"t": [1, -1], "p": [1]}""", "the field 't' has a number at index 1 that is no token id, expected integers from 0 to 2147483647")]
    [InlineData("""{"t": [2147483648], "p": [1]}""", "the field 't' has a number at index 0 that is no token id, expected integers from 0 to 2147483647")]
    [InlineData("""{"t": [1.5], "p": [1]}""", "the field 't' has a number at index 0 that is no token id, expected integers from 0 to 2147483647")]
    [InlineData("""{"t": ["1"], "p": [1]}""", "the field 't' has a string at index 0 that is no token id, expected integers from 0 to 2147483647")]
    [InlineData("""{"t": [1]}""", "the field 'p' is missing, expected an array of token ids, or null")]
    [InlineData("""{"t": [1], "p": [[1], 2]}""", "the field 'p' is a number, expected an array of token ids")]
    public void Malformed_token_ids_are_named(string line, string fault)
    {
        string path = folder.Write("a.jsonl", $"{{\"t\": [1], \"p\": [2]}}\n{line}");
        Assert.Single(Reading.All(out MalformedInput malformed, Lenient with { TokensField = "t", PromptTokensField = "p" }, path));
        Assert.Equal([$"{path}:2: {fault}"], malformed.First);
    }

    [Fact]
    public void Invalid_bytes_and_overlong_lines_are_malformed()
    {
        byte[] content = [.. "{\"text\": \"a\"}\n{\"text\": \""u8, 0xff, .. "\"}\n{\"text\": \""u8, .. Enumerable.Repeat((byte)'x', 300_000), .. "\"}\n{\"text\": \"b\"}\n"u8];
        string path = folder.Write("a.jsonl", content);
        List<InputDocument> documents = Reading.All(out MalformedInput malformed, Lenient with { MaxRecordLength = 1000 }, path);
        Assert.Equal(["a", "b"], documents.Select(document => document.Text));
        Assert.Equal([$"{path}:2: invalid bytes, expected UTF-8", $"{path}:3: too long, expected at most 1,000 bytes"], malformed.First);
        Assert.Equal(4, documents[1].Line);
    }

    [Theory]
    [InlineData(16)] // Exactly the limit.
    [InlineData(15)]
    public void The_longest_line_allowed_is_read(int length)
    {
        string line = $"{{\"text\":\"{new string('x', length - 11)}\"}}";
        string path = folder.Write("a.jsonl", $"{line}\r\n{line[..^1]} x}}\r\n{line}");
        Assert.Equal(2, Reading.All(out MalformedInput malformed, Lenient with { MaxRecordLength = 16 }, path).Count);
        Assert.Contains("too long", Assert.Single(malformed.First), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\n", true)]
    [InlineData("\r\n", true)]
    [InlineData("\n", false)]
    public void Line_ends_blank_lines_and_a_byte_order_mark_do_no_harm(string end, bool mark)
    {
        string text = string.Join(end, "", """{"text": "a"}""", " \t", """{"text": "b"}""", "", "");
        byte[] content = mark ? [.. "\uFEFF"u8, .. Encoding.UTF8.GetBytes(text)] : Encoding.UTF8.GetBytes(text);
        List<InputDocument> documents = Reading.All(out MalformedInput malformed, new DocumentReaderOptions(), folder.Write("a.ndjson", content));
        Assert.Equal(["a", "b"], documents.Select(document => document.Text));
        Assert.Equal(["a.ndjson:2", "a.ndjson:4"], documents.Select(document => document.Id));
        Assert.Equal(2, malformed.Total);
    }

    [Fact]
    public void Lines_of_every_length_are_read_across_block_borders()
    {
        // Together about 9 MB, so that lines lie across the borders of the blocks of 64 KiB in all ways.
        var lines = new StringBuilder();
        for (int length = 0; length < 4000; length++)
            lines.Append("{\"text\": \"").Append('x', length).Append("\"}\n");
        lines.Append("{\"text\": \"").Append('x', 1_000_000).Append("\"}");
        List<InputDocument> documents = Reading.All(out _, new DocumentReaderOptions(), folder.Write("a.jsonl", lines.ToString()));
        Assert.Equal([.. Enumerable.Range(0, 4000), 1_000_000], documents.Select(document => document.Text!.Length));
    }
}
