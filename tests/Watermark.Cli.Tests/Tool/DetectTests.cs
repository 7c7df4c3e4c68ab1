using System.Text.Json;
using Watermark.Catalog;
using Watermark.Keys;
using Watermark.Schemes;

namespace Watermark.Cli.Tests.Tool;

public sealed class DetectTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Documents_come_out_in_input_order_with_their_numbers()
    {
        string key = Replies.Key(folder);
        string replies = Replies.Write(folder, "replies.jsonl", key, 0.5, count: 50);

        ToolProcess run = ToolProcess.Run("detect", "--json", "--key", key, "--tokens-field", "tokens", "--threads", "4", replies);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        string[] lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(50, lines.Length);
        for (int i = 0; i < lines.Length; i++)
        {
            using JsonDocument line = JsonDocument.Parse(lines[i]);
            JsonElement root = line.RootElement;
            Assert.Equal($"r{i}", root.GetProperty("id").GetString());
            Assert.Equal(200, root.GetProperty("tokens").GetInt32());
            Assert.Equal(198, root.GetProperty("scored").GetInt32());
            Assert.Equal("1/4", root.GetProperty("gamma").GetString());
            Assert.InRange(root.GetProperty("green").GetInt32(), 65, 135);
            Assert.True(root.GetProperty("logP").GetDouble() < -4);
            Assert.True(root.TryGetProperty("z", out _) && root.TryGetProperty("logE", out _));
        }
    }

    [Fact]
    public void Positions_are_those_of_the_key()
    {
        string keyPath = Replies.Key(folder);
        folder.Write("one.jsonl", "{\"tokens\":[5,6,7,5,6,7,8]}\n");

        JsonElement line = ToolProcess.Run("detect", "--json", "--key", keyPath, "--tokens-field", "tokens", "--positions", Path.Combine(folder.Path, "one.jsonl")).Json;

        using KeyFile key = KeyFile.Load(keyPath);
        using KeyedScheme scheme = key.ToKeyedScheme();
        long?[] expected = [null, null, scheme.Score([5, 6], 7), scheme.Score([6, 7], 5), scheme.Score([7, 5], 6), null, scheme.Score([6, 7], 8)];
        Assert.Equal(expected, line.GetProperty("positions").EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Null ? (long?)null : item.GetInt64()));
        Assert.Equal(4, line.GetProperty("scored").GetInt32());
    }

    [Theory]
    [InlineData("ngrams", 4)]
    [InlineData("contexts", 3)]
    [InlineData("none", 5)]
    public void The_rule_of_repetitions_can_be_chosen(string rule, int scored)
    {
        string key = Replies.Key(folder);

        ToolProcess run = ToolProcess.Run(["detect", "--json", "--key", key, "--tokens-field", "tokens", "--distinct", rule, "-"], "{\"tokens\":[5,6,7,5,6,7,8]}\n");

        Assert.Equal(scored, run.Json.GetProperty("scored").GetInt32());
    }

    [Fact]
    public void Text_is_read_from_standard_input_and_a_file_appears_only_when_complete()
    {
        string key = Path.Combine(folder.Path, "text.wmkey");
        ToolProcess.Run("keygen", "--out", key, "--tokenizer", "cl100k_base");
        string output = Path.Combine(folder.Path, "scores.jsonl");

        ToolProcess run = ToolProcess.Run(["detect", "--json", "--key", key, "--out", output, "-"], "The quick brown fox jumps over the lazy dog.");

        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
        using JsonDocument line = JsonDocument.Parse(File.ReadAllText(output));
        Assert.Equal(10, line.RootElement.GetProperty("tokens").GetInt32());
        Assert.Equal(8, line.RootElement.GetProperty("scored").GetInt32());
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public void Reasoning_has_a_line_of_its_own_and_can_be_left_out()
    {
        string key = Path.Combine(folder.Path, "text.wmkey");
        ToolProcess.Run("keygen", "--out", key, "--tokenizer", "cl100k_base");
        const string line = "{\"id\":\"a\",\"prompt\":\"Which river?\",\"text\":\"<think>The user asks for a river in the north.</think>It is the Tana, which is long.\"}\n";

        string[] both = ToolProcess.Run(["detect", "--key", key, "-"], line).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        ToolProcess left = ToolProcess.Run(["detect", "--key", key, "--reasoning", "leave-out", "--normalise", "-"], line);

        Assert.Equal(["a/reasoning", "a"], both.Select(one => JsonDocument.Parse(one).RootElement.GetProperty("id").GetString()));
        using JsonDocument only = JsonDocument.Parse(left.Output);
        Assert.Equal("a", only.RootElement.GetProperty("id").GetString());
        Assert.Equal(only.RootElement.GetProperty("scored").GetInt32(), only.RootElement.GetProperty("normalised").GetProperty("scored").GetInt32());
        Assert.Equal("Read - as JSON Lines (UTF-8): 1 conversations, 1 replies, 1 with their prompt, 0 without, 0 empty.", left.Summary[0]);
        Assert.Equal(("Not read: nothing.", 3), (left.Summary[2], left.Summary.Count));
    }

    [Fact]
    public void A_key_for_ids_refuses_text()
    {
        string key = Replies.Key(folder);
        folder.Write("a.txt", "Some text.");

        ToolProcess run = ToolProcess.Run("detect", "--json", "--key", key, Path.Combine(folder.Path, "a.txt"));

        run.AssertRefused("ids");
    }

    [Fact]
    public void A_table_has_no_documents()
    {
        string key = Replies.Key(folder);

        ToolProcess.Run("detect", "--json", "--key", key, Path.Combine(folder.Path, "a.ngrams")).AssertRefused("'watermark verify --suspect' judges it as a whole");
    }

    [Fact]
    public void Prompts_of_text_beside_ids_are_missing_unless_they_are_not_to_be_read()
    {
        string key = Replies.Key(folder);
        string[] arguments = ["detect", "--json", "--key", key, "--tokens-field", "tokens", "-"];
        const string line = "{\"prompt\":\"Say it.\",\"tokens\":[5,6,7,5,6,7,8]}\n";

        JsonElement missing = ToolProcess.Run(arguments, line).Json;
        JsonElement ignored = ToolProcess.Run([.. arguments, "--score-prompted"], line).Json;

        Assert.Equal(["prompts-missing"], missing.GetProperty("diagnostics").EnumerateArray().Select(code => code.GetString()));
        Assert.Equal(4, missing.GetProperty("scored").GetInt32());
        Assert.Empty(ignored.GetProperty("diagnostics").EnumerateArray());
    }

    [Fact]
    public void A_published_key_is_said_in_every_line()
    {
        string key = Path.Combine(folder.Path, "kgw.wmkey");
        ToolProcess made = ToolProcess.Run(
            ["keygen", "--out", key, "--scheme", "kgw", "--param", "seeding=selfhash", "--vocabulary-size", "1000", "--tokenizer", "ids", "--secret-file", "-"], "{\"hashKey\": 15485863}");
        Assert.Equal(0, made.ExitCode);
        Assert.Contains("published default", made.Error, StringComparison.Ordinal);

        ToolProcess run = ToolProcess.Run(["detect", "--json", "--key", key, "--tokens-field", "tokens", "-"], "{\"tokens\":[5,6,7,5,6,7,8]}\n");

        Assert.Contains("published default", run.Error, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(run.Output);
        string warning = json.RootElement.GetProperty("warning").GetString()!;
        Assert.Contains("published default", warning, StringComparison.Ordinal);
    }
}
