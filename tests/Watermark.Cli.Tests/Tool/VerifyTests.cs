using System.Diagnostics;
using System.Text.Json;

namespace Watermark.Cli.Tests.Tool;

public sealed class VerifyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_suspect_is_found_and_a_control_is_not()
    {
        string key = Replies.Key(folder);
        string suspect = Replies.Write(folder, "suspect.jsonl", key);
        string control = Replies.Write(folder, "control.jsonl", null, seed: 2);
        string verdictFolder = Path.Combine(folder.Path, "verdict");
        string[] arguments = ["verify", "--key", key, "--suspect", suspect, "--control", control, "--tokens-field", "tokens", "--keys", "200", "--out", verdictFolder];

        JsonElement verdict = ToolProcess.Run([.. arguments, "--json"]).Json;
        byte[] written = File.ReadAllBytes(Path.Combine(verdictFolder, "verdict.json"));
        ToolProcess people = ToolProcess.Run(arguments);

        Assert.Equal("support", verdict.GetProperty("outcome").GetString());
        Assert.True(verdict.GetProperty("suspect").GetProperty("logP").GetDouble() < -50);
        Assert.True(verdict.GetProperty("control").GetProperty("logP").GetDouble() > Math.Log(1e-4));
        Assert.Equal(1, verdict.GetProperty("randomKeys").GetProperty("rank").GetInt32());
        Assert.Equal(0, verdict.GetProperty("warnings").GetArrayLength());
        Assert.Equal((0, ""), (people.ExitCode, people.Error));
        Assert.Contains("extremely strong", people.Output, StringComparison.Ordinal);
        Assert.Equal(written, File.ReadAllBytes(Path.Combine(verdictFolder, "verdict.json")));
        Assert.Single(Directory.GetFiles(verdictFolder));
    }

    [Fact]
    public void Order_threads_parts_and_instruction_sets_leave_no_trace()
    {
        string key = Replies.Key(folder);
        string suspect = Replies.Write(folder, "suspect.jsonl", key);
        string[] lines = File.ReadAllLines(suspect);
        folder.Write("part1.jsonl", string.Join('\n', lines[20..].Reverse())).Write("part2.jsonl", string.Join('\n', lines[..20].Reverse()));
        string[] Extract(string name, params string[] inputs) =>
            ["extract", "--tokenizer", "ids", "--tokens-field", "tokens", "--out", Path.Combine(folder.Path, name), .. inputs.Select(input => Path.Combine(folder.Path, input))];

        ToolProcess.Run([.. Extract("whole.ngrams", "suspect.jsonl"), "--threads", "1"], "", ("DOTNET_EnableAVX2", "0"));
        ToolProcess.Run([.. Extract("again.ngrams", "part1.jsonl", "part2.jsonl"), "--threads", "4"], "", ("DOTNET_EnableHWIntrinsic", "0"));
        ToolProcess.Run(Extract("a.ngrams", "part1.jsonl"));
        ToolProcess.Run(Extract("b.ngrams", "part2.jsonl"));
        ToolProcess merge = ToolProcess.Run("merge", "--out", Path.Combine(folder.Path, "merged.ngrams"), Path.Combine(folder.Path, "a.ngrams"), Path.Combine(folder.Path, "b.ngrams"));

        Assert.Equal((0, ""), (merge.ExitCode, merge.Error));
        Assert.Contains("7,920 distinct n-grams from 40 documents, 8,000 tokens", merge.Output, StringComparison.Ordinal);
        byte[] whole = File.ReadAllBytes(Path.Combine(folder.Path, "whole.ngrams"));
        Assert.Equal(whole, File.ReadAllBytes(Path.Combine(folder.Path, "again.ngrams")));
        Assert.Equal(whole, File.ReadAllBytes(Path.Combine(folder.Path, "merged.ngrams")));

        string[] verify = ["verify", "--key", key, "--suspect", Path.Combine(folder.Path, "whole.ngrams"), "--keys", "50", "--json"];
        string first = ToolProcess.Run([.. verify, "--threads", "1"], "", ("DOTNET_EnableHWIntrinsic", "0")).Output;
        string second = ToolProcess.Run([.. verify, "--threads", "3"]).Output;
        Assert.Equal(first, second);
        Assert.StartsWith("{", first, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_go_together_is_refused_in_one_sentence()
    {
        string key = Replies.Key(folder);
        string replies = Replies.Write(folder, "replies.jsonl", null, count: 3);
        string table = Path.Combine(folder.Path, "h1.ngrams");
        ToolProcess.Run("extract", "--tokenizer", "ids", "--context-width", "1", "--tokens-field", "tokens", "--out", table, replies);

        ToolProcess.Run("verify", "--key", key, "--suspect", table).AssertRefused("the table has context width 1; the key needs 2");
        ToolProcess.Run("verify", "--key", key, "--suspect", table, replies).AssertRefused("cannot be mixed");
        ToolProcess.Run("verify", "--key", key, "--suspect", "missing.jsonl").AssertRefused("missing.jsonl");
        ToolProcess.Run("verify", "--key", "missing.wmkey", "--suspect", replies).AssertRefused("missing.wmkey");
        ToolProcess.Run("verify", "--key", key, "--suspect", replies, "--tokens-field", "tokens", "--keys", "-1").AssertRefused("--keys");
        ToolProcess.Run("verify", "--key", key, "--suspect", replies, "--tokens-field", "tokens", "--effect", "0").AssertRefused("--effect");
        ToolProcess.Run("verify", "--key", key).AssertRefused("--suspect");
        ToolProcess.Run("verify", "--key", key, "--suspect", replies, "--frobnicate").AssertRefused("--frobnicate");
        ToolProcess.Run("verify", "--key", key, "--suspect", key).AssertRefused("ids");
    }

    [Fact]
    public void A_truncated_table_is_refused()
    {
        string key = Replies.Key(folder);
        string replies = Replies.Write(folder, "replies.jsonl", null, count: 3);
        string table = Path.Combine(folder.Path, "t.ngrams");
        ToolProcess.Run("extract", "--tokenizer", "ids", "--tokens-field", "tokens", "--out", table, replies);
        File.WriteAllBytes(table, File.ReadAllBytes(table)[..^40]);

        ToolProcess.Run("verify", "--key", key, "--suspect", table).AssertRefused("truncated");
        ToolProcess.Run("merge", "--out", table + "2", table).AssertRefused(table);
        Assert.False(File.Exists(table + "2"));
    }

    [Fact]
    public void Malformed_lines_are_counted_and_shown_and_the_rest_is_used()
    {
        string key = Replies.Key(folder);
        string replies = Replies.Write(folder, "replies.jsonl", null, count: 30);
        File.AppendAllText(replies, "{\"tokens\": [1, -2]}\nnot json\n");

        ToolProcess strict = ToolProcess.Run("verify", "--key", key, "--suspect", replies, "--tokens-field", "tokens", "--keys", "10");
        ToolProcess lenient = ToolProcess.Run("verify", "--key", key, "--suspect", replies, "--tokens-field", "tokens", "--keys", "10", "--max-malformed", "0.1", "--json");

        Assert.Equal(2, strict.ExitCode);
        Assert.Empty(strict.Output);
        Assert.Equal(0, lenient.ExitCode);
        Assert.Contains("2 of 32", lenient.Error, StringComparison.Ordinal);
        Assert.Contains("replies.jsonl:31", lenient.Error, StringComparison.Ordinal);
        Assert.Contains("replies.jsonl:32", lenient.Error, StringComparison.Ordinal);
        using JsonDocument verdict = JsonDocument.Parse(lenient.Output);
        Assert.Equal(30, verdict.RootElement.GetProperty("suspect").GetProperty("documents").GetInt32());
    }

    [Fact]
    public void Interrupting_leaves_no_file_and_says_so()
    {
        if (OperatingSystem.IsWindows())
            return;
        string key = Replies.Key(folder);
        string replies = Replies.Write(folder, "replies.jsonl", null, count: 400);
        string output = Path.Combine(folder.Path, "verdict");
        using Process process = ToolProcess.Start(["verify", "--key", key, "--suspect", replies, "--tokens-field", "tokens", "--keys", "9999999", "--out", output]);
        Thread.Sleep(TimeSpan.FromSeconds(3));
        Assert.False(process.HasExited);

        using (Process kill = Process.Start("kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            kill.WaitForExit();

        bool stopped = process.WaitForExit(TimeSpan.FromSeconds(30));
        if (!stopped)
            process.Kill();
        Assert.True(stopped, "The tool did not stop. A caller that ignores SIGINT, such as nohup in the background, hands that on.");
        Assert.Equal(130, process.ExitCode);
        Assert.Equal("Cancelled.\n", process.StandardError.ReadToEnd());
        Assert.False(Directory.Exists(output));
    }
}
