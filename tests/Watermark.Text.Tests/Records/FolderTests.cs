using Watermark.Text.Records;

namespace Watermark.Text.Tests.Records;

/// <summary>What is read of a folder, and what is listed instead.</summary>
public sealed class FolderTests : IDisposable
{
    private const string Line = """{"id": 1, "text": "a"}""";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_can_be_read_is_read_and_the_rest_is_listed()
    {
        folder.Write("b/c.dat", Line);
        folder.Write("a.json", $"[{Line}]");
        folder.Write("notes.txt", "Notes.");
        folder.Write("LICENSE", "Free.");
        folder.Write(".hidden/x.jsonl", Line);
        folder.Write(".x.jsonl", Line);
        folder.Write("empty.jsonl", "");
        folder.Write("p.pdf", "%PDF-1.7");
        folder.Write("t.ngrams", "WMNGRAM2.....");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "loop"), Path.Combine(folder.Path, "loop"));
        File.CreateSymbolicLink(Path.Combine(folder.Path, "nowhere.jsonl"), Path.Combine(folder.Path, "missing"));
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "circle"), folder.Path);
        File.CreateSymbolicLink(Path.Combine(folder.Path, "same.json"), Path.Combine(folder.Path, "a.json"));
        string elsewhere = folder.Write(".elsewhere", Line);
        File.CreateSymbolicLink(Path.Combine(folder.Path, "linked.jsonl"), elsewhere);
        Reading reading = Reading.Of(folder.Path);
        Assert.Equal(["a.json", "b/c.dat", "linked.jsonl"], reading.Files.Select(static file => file.Name));
        Assert.Equal(3, reading.Records.Count);
        Assert.Equal(
            [
                "LICENSE: text beside data files; name it to read it",
                "circle: a link to a folder",
                "empty.jsonl: empty, or no ordinary file",
                "loop: a link that leads nowhere or in a circle",
                "notes.txt: text beside data files; name it to read it",
                "nowhere.jsonl: a link that leads nowhere or in a circle",
                "p.pdf: a PDF document",
                "same.json: the same file as 'a.json'",
                "t.ngrams: a table of n-grams (.ngrams)",
            ],
            reading.Report.Skipped.Select(part => $"{Path.GetRelativePath(folder.Path, part.Where)}: {part.Why}"));
    }

    [Fact]
    public void A_folder_of_text_alone_holds_a_reply_a_file()
    {
        folder.Write("b.txt", "Two.");
        folder.Write("a.md", "One.");
        folder.Write("README.md", "Notes.");
        Reading reading = Reading.Of(folder.Path);
        Assert.Equal(["One.", "Two."], reading.Records);
        Assert.Equal("notes on the other files; name it to read it", Assert.Single(reading.Report.Skipped).Why);
        Assert.Equal(["Notes."], Reading.Of(Path.Combine(folder.Path, "README.md")).Records);
    }

    [Theory]
    [InlineData("001-prompt.txt", "001-reply.txt", "001")]
    [InlineData("001.prompt.md", "001.response.md", "001")]
    [InlineData("prompts/001.txt", "replies/001.txt", "001")]
    [InlineData("question_7.txt", "answer_7.txt", "7")]
    [InlineData("x/input.txt", "x/output.txt", "x")]
    [InlineData("a-user.txt", "a-assistant.txt", "a")]
    public void Files_of_prompts_and_replies_are_paired(string prompt, string reply, string id)
    {
        (string, byte[])[] entries = [("a/" + prompt, "Ask.\n"u8.ToArray()), ("a/" + reply, "Say \"it\".\n"u8.ToArray()), ("b/" + prompt, "Ask b."u8.ToArray()), ("b/" + reply, "Say b."u8.ToArray())];
        foreach ((string name, byte[] content) in entries)
            folder.Write("in/" + name, content);
        string root = Path.Combine(folder.Path, "in");
        string[] expected =
        [
            $$"""{"id":"a-{{id}}","prompt":"Ask.\n","reply":"Say \"it\".\n"}""",
            $$"""{"id":"b-{{id}}","prompt":"Ask b.","reply":"Say b."}""",
        ];
        Reading reading = Reading.Of(root);
        Assert.Equal(expected, reading.Records);
        Assert.All(reading.Files, static file => Assert.True(file.Digest!.Length == 64 && file.Prompt!.Digest!.Length == 64 && file.Digest != file.Prompt.Digest));
        Assert.Empty(reading.Report.Skipped);
        Assert.Equal(expected, Reading.Of(folder.Write("a.zip", Reading.Zip(entries))).Records);
        Assert.Equal(expected, Reading.Of(folder.Write("a.tgz", Reading.Gzip(Reading.Tar([.. entries.Reverse()])))).Records.Order(StringComparer.Ordinal));
        Assert.Equal(expected[0].Replace("a-", "", StringComparison.Ordinal), Reading.Of(Path.Combine(root, "a", prompt), Path.Combine(root, "a", reply)).Records[0].Replace("a-", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("001-prompt.txt 001-reply.txt 002-prompt.txt", "'002-prompt.txt' looks like a prompt")]
    [InlineData("001-prompt.txt 001-reply.txt 002-reply.txt", "'002-reply.txt' looks like a reply")]
    [InlineData("001-prompt.txt notes.txt", "'001-prompt.txt' looks like a prompt")]
    [InlineData("001-prompt.txt 001-reply.txt 001-answer.txt", "both '001-answer.txt' and '001-reply.txt'")]
    [InlineData("prompts/1.txt", "'prompts/1.txt' looks like a prompt")]
    public void Prompts_without_a_reply_are_asked_about(string names, string part)
    {
        foreach (string name in names.Split(' '))
            folder.Write(name, "Text of " + name);
        Assert.Contains(part, Assert.Throws<InputFormatException>(() => Reading.Of(folder.Path)).Message, StringComparison.Ordinal);
        byte[] archive = Reading.Zip([.. names.Split(' ').Select(static name => (name, Reading.Utf8("Text of " + name)))]);
        Assert.Contains(part, Assert.Throws<InputFormatException>(() => Reading.Of(folder.Write("a.zip", archive))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prompt_named_alone_is_asked_about()
    {
        string prompt = folder.Write("prompt.txt", "Ask.");
        Assert.Contains("looks like a prompt", Assert.Throws<InputFormatException>(() => Reading.Of(prompt)).Message, StringComparison.Ordinal);
        Assert.Single(Reading.Of(folder.Write("input.txt", "Text.")).Records);
        Assert.Single(Reading.Of(folder.Write("answers.txt", "Text.")).Records);
        Assert.Single(Reading.Of(folder.Write("prompts.jsonl", Line)).Records);
    }

    [Fact]
    public void A_file_named_twice_is_refused()
    {
        string path = folder.Write("in/a.jsonl", Line);
        string root = Path.GetDirectoryName(path)!;
        string link = Path.Combine(folder.Path, "link");
        Directory.CreateSymbolicLink(link, root);
        foreach (string other in new[] { path, Path.Combine(root, "..", "in", "a.jsonl"), root, Path.Combine(link, "a.jsonl") })
            Assert.Contains("is named twice", Assert.Throws<InputFormatException>(() => Reading.Of(path, other)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_there_is_named()
    {
        Assert.Contains("no such file", Assert.Throws<FileNotFoundException>(() => Reading.Of("missing.jsonl")).Message, StringComparison.Ordinal);
        string link = Path.Combine(folder.Path, "link");
        File.CreateSymbolicLink(link, Path.Combine(folder.Path, "missing"));
        Assert.Contains("leads nowhere", Assert.Throws<FileNotFoundException>(() => Reading.Of(link)).Message, StringComparison.Ordinal);
        Assert.Contains("no files", Assert.Throws<InputFormatException>(() => Reading.Of(Directory.CreateDirectory(Path.Combine(folder.Path, "none")).FullName)).Message, StringComparison.Ordinal);
    }
}
