using System.Text.Json;
using System.Text.Json.Nodes;

namespace Watermark.Cli.Tests.Tool;

/// <summary>Files as they arrive (TestData/intake), and what must be said of them.</summary>
public sealed class IntakeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_suspect_is_supported_and_an_innocent_is_not()
    {
        JsonElement suspect = Verify(File("owner.wmkey"), "09-suspect.jsonl");
        JsonElement innocent = Verify(File("owner.wmkey"), "09-innocent.jsonl");

        Assert.Equal("support", suspect.GetProperty("outcome").GetString());
        Assert.NotEqual("support", innocent.GetProperty("outcome").GetString());
        Assert.Equal("none", innocent.GetProperty("strength").GetString());

        // An innocent model falls below p = 1e-4 under one key in 10,000; this is one fixed file.
        Assert.True(innocent.GetProperty("logP").GetDouble() > Math.Log(1e-4));
        Assert.Contains(suspect.GetProperty("diagnostics").EnumerateArray(), item => item.GetProperty("code").GetString() == "key-id-old");
    }

    [Fact]
    public void A_control_of_nothing_is_no_control()
    {
        JsonElement finding = Verify(File("owner.wmkey"), "09-suspect.jsonl", "--control", File("09-empty-control.jsonl"));

        Assert.Contains(finding.GetProperty("diagnostics").EnumerateArray(), item => item.GetProperty("code").GetString() == "control-missing");
    }

    [Fact]
    public void A_control_that_is_the_suspect_blocks_the_finding()
    {
        string copy = Path.Combine(folder.Path, "control.jsonl");
        System.IO.File.WriteAllLines(copy, System.IO.File.ReadAllLines(File("09-suspect.jsonl")).Reverse());

        foreach (string control in new[] { File("09-suspect.jsonl"), copy })
        {
            JsonElement finding = Verify(File("owner.wmkey"), "09-suspect.jsonl", "--control", control);
            Assert.Equal("inconclusive", finding.GetProperty("outcome").GetString());
            Assert.Equal("blocking", Severity(finding, "control-is-suspect"));
        }
    }

    // Each row: the file, what must be said, the replies, and a code that must stand in the finding.
    [Theory]
    [InlineData("intake/01-innocent-rag-no-prompt-field.jsonl", "inconclusive", 18, "reply-in-prompt")]
    [InlineData("intake/02-innocent-marked-prompts.jsonl", "no-support", 118, null)]
    [InlineData("intake/03-innocent-chat-template.jsonl", "no-support", 118, null)]
    [InlineData("intake/06-suspect-messages.jsonl", "support", 118, null)]
    [InlineData("intake/10-suspect-third-null.jsonl", "support", 79, null)]
    [InlineData("records/07-json-nan/nan.jsonl", "inconclusive", 5, "prompts-missing")]
    [InlineData("records/12-folder-skipped", "support", 831, "unread-records")]
    [InlineData("records/13-excel-semicolon-bom.csv", "support", 118, null)]
    [InlineData("records/13-excel-unicode-text.csv", "support", 118, null)]
    [InlineData("intake/16-suspect-multiturn.jsonl", "support", 118, null)]
    [InlineData("intake/17-innocent-prompt-truncated-200.jsonl", "inconclusive", 9, "reply-in-prompt")]
    public void Files_as_they_arrive_are_read_or_block_the_finding(string file, string outcome, int replies, string? code)
    {
        JsonElement finding = Verify(File("owner.wmkey"), "../" + file);

        Assert.Equal(outcome, finding.GetProperty("outcome").GetString());
        Assert.Equal(replies, finding.GetProperty("counts").GetProperty("documents").GetInt32());
        if (code is not null)
            Assert.NotNull(Severity(finding, code));
    }

    [Theory]
    [InlineData("02.log")]
    [InlineData("02.txt")]
    [InlineData("02")]
    [InlineData("02.csv")]
    public void The_same_bytes_give_the_same_answer_under_every_name(string name)
    {
        string path = Path.Combine(folder.Path, name);
        System.IO.File.Copy(File("02-innocent-marked-prompts.jsonl"), path);

        Assert.Equal(Verify(File("owner.wmkey"), "02-innocent-marked-prompts.jsonl").GetProperty("logP").GetDouble(), Verify(File("owner.wmkey"), path).GetProperty("logP").GetDouble());
    }

    [Fact]
    public void Messages_that_hold_the_reply_are_its_prompt_without_it()
    {
        JsonElement finding = Verify(File("owner.wmkey"), "06-messages-hold-the-reply");

        Assert.Equal(2556, finding.GetProperty("counts").GetProperty("scored").GetInt32());
    }

    [Fact]
    public void No_break_spaces_are_named_and_undone_in_a_second_reading()
    {
        string path = Path.Combine(folder.Path, "nbsp.jsonl");
        System.IO.File.WriteAllLines(path, System.IO.File.ReadAllLines(File("09-suspect.jsonl")).Select(line =>
        {
            JsonNode record = JsonNode.Parse(line)!;
            if (record["text"] is JsonValue text)
                record["text"] = text.GetValue<string>().Replace(' ', '\u00a0');
            return record.ToJsonString();
        }));

        ToolProcess run = ToolProcess.Run("verify", "--key", File("owner.wmkey"), "--suspect", path, "--keys", "0", "--normalise", "--json");
        using JsonDocument verdict = JsonDocument.Parse(run.Output);
        JsonElement[] findings = [.. verdict.RootElement.GetProperty("findings").EnumerateArray()];

        Assert.Equal(2, findings.Length);
        Assert.Equal(["nbsp.jsonl", "nbsp.jsonl, normalised"], findings.Select(finding => finding.GetProperty("title").GetString()));
        Assert.Equal("warning", Severity(findings[0], "invisible-characters"));
        Assert.NotEqual("support", findings[0].GetProperty("outcome").GetString());
        Assert.Equal("support", findings[1].GetProperty("outcome").GetString());
        Assert.Equal(2, findings[1].GetProperty("multiplicity").GetProperty("m").GetInt64());
    }

    [Fact]
    public void Streamed_chunks_are_joined_and_blocked_because_they_hold_no_prompt()
    {
        ToolProcess run = ToolProcess.Run("verify", "--key", File("owner.wmkey"), "--suspect", File("08-suspect-sse.log"), "--keys", "0", "--json");
        using JsonDocument verdict = JsonDocument.Parse(run.Output);
        JsonElement finding = verdict.RootElement.GetProperty("findings")[0];

        Assert.Equal(2, run.ExitCode); // The file breaks off.
        Assert.Equal("inconclusive", finding.GetProperty("outcome").GetString());
        Assert.Equal("blocking", Severity(finding, "prompts-missing"));
        Assert.Equal("warning", Severity(finding, "truncated-input"));
    }

    [Fact]
    public void Replies_alone_support_nothing_unless_somebody_vouches_for_the_prompts()
    {
        string path = Path.Combine(folder.Path, "texts.jsonl");
        System.IO.File.WriteAllLines(path, System.IO.File.ReadAllLines(File("09-suspect.jsonl")).Select(line =>
        {
            JsonNode record = JsonNode.Parse(line)!;
            record.AsObject().Remove("prompt");
            return record.ToJsonString();
        }));

        JsonElement blocked = Verify(File("owner.wmkey"), path);
        JsonElement vouched = Verify(File("owner.wmkey"), path, "--prompts-unmarked");

        Assert.Equal("inconclusive", blocked.GetProperty("outcome").GetString());
        Assert.Equal("blocking", Severity(blocked, "prompts-missing"));
        Assert.Equal("support", vouched.GetProperty("outcome").GetString());
        Assert.Equal("--prompts-unmarked", vouched.GetProperty("waivers")[0].GetString());
    }

    [Theory]
    [InlineData("N/A", "prompts-missing")]
    [InlineData("Answer:", "prompts-missing")]
    [InlineData("Use this to answer.\n\n{context}", "prompts-missing")]
    [InlineData("See file {0}.txt of the folder", "prompts-missing")]
    [InlineData("{1}", "reply-in-prompt")]
    public void Innocent_replies_that_quote_what_no_prompt_records_support_nothing(string prompt, string code)
    {
        string[] pages = [.. System.IO.File.ReadAllLines(File("09-suspect.jsonl")).Select(line => JsonNode.Parse(line)!["text"]?.GetValue<string>() ?? "").Where(text => text.Length > 300)];
        string path = Path.Combine(folder.Path, "replies.jsonl");
        System.IO.File.WriteAllLines(path, pages.Select((text, i) => new JsonObject
        {
            ["prompt"] = prompt.Replace("{0}", $"{i}", StringComparison.Ordinal).Replace("{1}", text[150..], StringComparison.Ordinal),
            ["text"] = text,
        }.ToJsonString()));

        JsonElement finding = Verify(File("owner.wmkey"), path);

        Assert.Equal("inconclusive", finding.GetProperty("outcome").GetString());
        Assert.Equal("blocking", Severity(finding, code));
    }

    [Theory]
    [InlineData("&nbsp;")]
    [InlineData("\\u0020")]
    [InlineData("\\n")]
    [InlineData("<br>")]
    [InlineData("%20")]
    public void A_prompt_is_known_again_whatever_a_log_made_of_its_spaces(string space)
    {
        string[] pages = [.. System.IO.File.ReadAllLines(File("09-suspect.jsonl")).Select(line => JsonNode.Parse(line)!["text"]?.GetValue<string>() ?? "").Where(text => text.Length > 0)];
        string path = Path.Combine(folder.Path, "replies.jsonl");
        System.IO.File.WriteAllLines(path, pages.Select((text, i) => new JsonObject { ["prompt"] = $"Repeat page {i}:{text} Then stop.".Replace(" ", space, StringComparison.Ordinal), ["text"] = "It says:" + text }.ToJsonString()));

        JsonElement finding = Verify(File("owner.wmkey"), path);

        Assert.NotEqual("support", finding.GetProperty("outcome").GetString());
        Assert.True(finding.GetProperty("logP").GetDouble() > Math.Log(1e-4)); // One fixed file; an innocent model falls below it once in 10,000.
    }

    [Fact]
    public void Text_that_the_suspect_saw_is_excluded_and_named_by_its_digest()
    {
        // An innocent model repeats a page of the owner that no prompt records.
        string[] pages = [.. System.IO.File.ReadAllLines(File("09-suspect.jsonl")).Select(line => JsonNode.Parse(line)!["text"]?.GetValue<string>() ?? "").Where(text => text.Length > 0)];
        string page = Path.Combine(folder.Path, "page.txt");
        System.IO.File.WriteAllText(page, string.Join("\n\n", pages));
        string path = Path.Combine(folder.Path, "replies.jsonl");
        System.IO.File.WriteAllLines(path, pages.Select((text, i) => new JsonObject { ["prompt"] = $"What does page {i} say?", ["text"] = "It says:" + text }.ToJsonString()));

        JsonElement seen = Verify(File("owner.wmkey"), path, "--exclude", page);

        Assert.NotEqual("support", seen.GetProperty("outcome").GetString());
        Assert.True(seen.GetProperty("logP").GetDouble() > Math.Log(1e-4)); // One fixed file; an innocent model falls below it once in 10,000.
        Assert.Contains(seen.GetProperty("inputs").EnumerateArray(), input => input.GetProperty("role").GetString() == "suspect-excluded" && input.GetProperty("name").GetString() == "page.txt");
    }

    [Fact]
    public void The_tokenizer_of_another_model_is_refused()
    {
        ToolProcess run = ToolProcess.Run("verify", "--key", File("owner.wmkey"), "--suspect", File("09-suspect.jsonl"), "--tokenizer", "o200k_base");

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("[tokenizer-mismatch]", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_suspect_of_nothing_is_an_error_that_says_why()
    {
        ToolProcess run = ToolProcess.Run("verify", "--key", File("owner.wmkey"), "--suspect", File("09-empty-control.jsonl"), "--keys", "0", "--json");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("[nothing-scored]", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_would_be_read_is_shown_and_the_ids_are_those_that_are_scored()
    {
        JsonElement seen = ToolProcess.Run("inspect", File("../records/12-folder-skipped"), "--json").Json;
        string shown = ToolProcess.Run("inspect", File("../records/12-folder-skipped")).Output;
        string ids = ToolProcess.Run("tokenize", "--tokenizer", "cl100k_base", File("09-suspect.jsonl")).Output.Split('\n')[0];

        ToolProcess thought = ToolProcess.Run(["tokenize", "--tokenizer", "cl100k_base", "-"], "{\"id\":\"a\",\"prompt\":\"Hi\",\"text\":\"<think>Hello</think> world\"}\n");

        Assert.Equal("{\"id\":\"a\",\"ids\":[14957],\"reasoning\":[9906]}\n", thought.Output); // cl100k: "world", "Hello".
        Assert.Equal(831, seen.GetProperty("replies").GetInt32());
        Assert.Equal(3, seen.GetProperty("samples").GetArrayLength());
        Assert.Contains(seen.GetProperty("notRead").EnumerateArray(), part => part.GetProperty("where").GetString()!.EndsWith("README.md", StringComparison.Ordinal));
        Assert.Contains("Parquet", shown, StringComparison.Ordinal);
        Assert.Contains("text beside data files", shown, StringComparison.Ordinal);
        Assert.Matches("Repeated: 0(\\.[1-9])? % of the words in their own prompt, 0(\\.[1-9])? % of the text in prompts of other replies", shown);
        Assert.StartsWith("{\"id\":\"suspect-00001\",\"ids\":[279,2175,58211,1211,2520,810,2038,11,", ids, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_whose_gamma_was_edited_is_refused()
    {
        ToolProcess run = ToolProcess.Run("verify", "--key", File("15-key-gamma-edited-same-id.wmkey"), "--suspect", File("09-suspect.jsonl"));

        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains("was changed after it was made", run.Error, StringComparison.Ordinal);
    }

    private static JsonElement Verify(string key, string suspect, params string[] options)
    {
        ToolProcess run = ToolProcess.Run(["verify", "--key", key, "--suspect", File(suspect), "--keys", "100", "--json", .. options]);
        Assert.Equal(0, run.ExitCode);
        using JsonDocument document = JsonDocument.Parse(run.Output);
        return document.RootElement.GetProperty("findings")[0].Clone();
    }

    private static string? Severity(JsonElement finding, string code) => finding.GetProperty("diagnostics").EnumerateArray()
        .Where(item => item.GetProperty("code").GetString() == code).Select(item => item.GetProperty("severity").GetString()).Order(StringComparer.Ordinal).FirstOrDefault();

    private static string File(string name) => Path.Combine(AppContext.BaseDirectory, "TestData", "intake", name);
}
