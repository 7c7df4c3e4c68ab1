using System.Diagnostics;
using System.Text.Json;
using Watermark.Catalog;
using Watermark.Forensics.Findings;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Forensics.Json;
using Watermark.Schemes;
using Watermark.TestKit;

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
        ToolProcess people = ToolProcess.Run([.. arguments, "--force"]);

        JsonElement finding = Assert.Single(verdict.GetProperty("findings").EnumerateArray().ToArray());
        Assert.Equal("support", finding.GetProperty("outcome").GetString());
        Assert.True(finding.GetProperty("logP").GetDouble() < -50);
        Assert.True(finding.GetProperty("controls")[0].GetProperty("logP").GetDouble() > Math.Log(1e-4));
        Assert.DoesNotContain(finding.GetProperty("diagnostics").EnumerateArray(), item => item.GetProperty("severity").GetString() == "blocking");
        Assert.Contains(verdict.GetProperty("diagnostics").EnumerateArray(), item => item.GetProperty("code").GetString() == "no-plan");
        Assert.Equal((0, ""), (people.ExitCode, people.Error));
        Assert.Contains("extremely strong", people.Output, StringComparison.Ordinal);
        Assert.NotEmpty(written);
        Assert.Equal(
            ["control.jsonl.ngrams", "suspect.jsonl.ngrams", "verdict.json"], Directory.GetFiles(verdictFolder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Order_threads_parts_and_instruction_sets_leave_no_trace()
    {
        string key = Replies.Key(folder);
        string suspect = Replies.Write(folder, "suspect.jsonl", key);
        string[] lines = File.ReadAllLines(suspect);
        folder.Write("part1.jsonl", string.Join('\n', lines[20..].Reverse())).Write("part2.jsonl", string.Join('\n', lines[..20].Reverse()));
        // One file and its two halves differ in the inputs that the samples name, and in nothing else.
        string[] Extract(string name, params string[] inputs) =>
            ["extract", "--tokenizer", "ids", "--tokens-field", "tokens", "--out", Path.Combine(folder.Path, name), .. inputs.Select(input => Path.Combine(folder.Path, input))];

        ToolProcess.Run([.. Extract("whole.ngrams", "suspect.jsonl"), "--threads", "1"], "", ("DOTNET_EnableAVX2", "0"));
        ToolProcess.Run([.. Extract("again.ngrams", "part1.jsonl", "part2.jsonl"), "--threads", "4"], "", ("DOTNET_EnableHWIntrinsic", "0"));
        ToolProcess.Run(Extract("a.ngrams", "part1.jsonl"));
        ToolProcess.Run(Extract("b.ngrams", "part2.jsonl"));
        ToolProcess merge = ToolProcess.Run("merge", "--out", Path.Combine(folder.Path, "merged.ngrams"), Path.Combine(folder.Path, "a.ngrams"), Path.Combine(folder.Path, "b.ngrams"));

        Assert.Equal((0, ""), (merge.ExitCode, merge.Error));
        Assert.Contains("7,920 distinct n-grams from 40 documents, 8,000 tokens", merge.Output, StringComparison.Ordinal);
        byte[] again = File.ReadAllBytes(Path.Combine(folder.Path, "again.ngrams"));
        Assert.Equal(again, File.ReadAllBytes(Path.Combine(folder.Path, "merged.ngrams")));
        using (FileStream stream = File.OpenRead(Path.Combine(folder.Path, "whole.ngrams")))
            Assert.Equal(Sample.Read(new MemoryStream(again)).Digest, Sample.Read(stream).Digest);
        ToolProcess.Run("merge", "--out", Path.Combine(folder.Path, "twice.ngrams"), Path.Combine(folder.Path, "a.ngrams"), Path.Combine(folder.Path, "a.ngrams")).AssertRefused("the same bytes");
        ToolProcess.Run("merge", "--out", Path.Combine(folder.Path, "twice.ngrams"), Path.Combine(folder.Path, "merged.ngrams"), Path.Combine(folder.Path, "a.ngrams")).AssertRefused("is in both");

        string[] verify = ["verify", "--key", key, "--suspect", Path.Combine(folder.Path, "whole.ngrams"), "--keys", "50", "--json"];
        JsonElement first = ToolProcess.Run([.. verify, "--threads", "1"], "", ("DOTNET_EnableHWIntrinsic", "0")).Json;
        JsonElement second = ToolProcess.Run([.. verify, "--threads", "3"]).Json;
        Assert.Equal(first.GetProperty("findings")[0].GetProperty("logE").GetDouble(), second.GetProperty("findings")[0].GetProperty("logE").GetDouble());
        Assert.Equal(
            first.GetProperty("findings")[0].GetProperty("randomKeys").GetRawText(), second.GetProperty("findings")[0].GetProperty("randomKeys").GetRawText());
    }

    [Fact]
    public void What_does_not_go_together_is_refused_in_one_sentence()
    {
        string key = Replies.Key(folder);
        string replies = Replies.Write(folder, "replies.jsonl", null, count: 3);
        string table = Path.Combine(folder.Path, "h1.ngrams");
        ToolProcess.Run("extract", "--tokenizer", "ids", "--context-width", "1", "--tokens-field", "tokens", "--out", table, replies);

        ToolProcess.Run("verify", "--key", key, "--suspect", table).AssertRefused("the sample has context width 1; the key needs 2");
        ToolProcess.Run("extract", "--tokenizer", "ids", "--out", table + "2", table, replies).AssertRefused("cannot be extracted from again");
        ToolProcess.Run("verify", "--key", key, "--suspect", "missing.jsonl").AssertRefused("missing.jsonl");
        ToolProcess.Run("verify", "--key", "missing.wmkey", "--suspect", replies).AssertRefused("missing.wmkey");
        ToolProcess.Run("verify", "--key", key, "--suspect", replies, "--tokens-field", "tokens", "--keys", "-1").AssertRefused("--keys");
        ToolProcess.Run("verify", "--key", key, "--suspect", replies, "--tokens-field", "tokens", "--effect", "0").AssertRefused("--effect");
        ToolProcess.Run("verify", "--key", key).AssertRefused("--suspect");
        ToolProcess.Run("verify", "--key", key, "--suspect", replies, "--frobnicate").AssertRefused("--frobnicate");
        ToolProcess.Run("verify", "--key", key, "--suspect", key).AssertRefused("ids");
    }

    [Fact]
    public void Several_suspects_keys_accounts_and_epochs_are_as_many_findings()
    {
        string key = Replies.Key(folder);
        string other = Replies.Key(folder, "other.wmkey");
        string suspect = Replies.Write(folder, "suspect.jsonl", key);
        string innocent = Replies.Write(folder, "innocent.jsonl", null, seed: 2);
        string output = Path.Combine(folder.Path, "verdict");

        JsonElement verdict = ToolProcess.Run("verify", "--key", key, other, "--suspect", suspect, "--suspect", innocent, "--tokens-field", "tokens", "--keys", "50", "--out", output, "--json").Json;
        JsonElement derived = ToolProcess.Run("verify", "--key", key, "--suspect", suspect, "--tokens-field", "tokens", "--keys", "50", "--account", "a,b", "--epoch", "2026-10,2026-11", "--json").Json;

        string[] outcomes = [.. verdict.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("outcome").GetString()!)];
        Assert.Equal("support", outcomes[0]);
        Assert.DoesNotContain("support", outcomes[1..]);
        Assert.Equal(4, verdict.GetProperty("multiplicity").GetProperty("m").GetInt32());
        Assert.Equal("support", verdict.GetProperty("outcome").GetString());
        Assert.Equal(4, derived.GetProperty("findings").GetArrayLength());
        Assert.All(derived.GetProperty("findings").EnumerateArray(), finding => Assert.NotEqual("support", finding.GetProperty("outcome").GetString()));
        ToolProcess.Run("verify", "--key", key, "--suspect", suspect, "--tokens-field", "tokens", "--tests", "0").AssertRefused("--tests");
        ToolProcess.Run("verify", "--key", key, "--suspect", suspect, "--tokens-field", "tokens", "--account", "a,,b").AssertRefused("--account");

        string[] recheck = ["recheck", Path.Combine(output, "verdict.json"), "--key", other, key, "--sample", Path.Combine(output, "suspect.jsonl.ngrams"), Path.Combine(output, "innocent.jsonl.ngrams")];
        ToolProcess same = ToolProcess.Run(recheck);
        Assert.Equal((0, ""), (same.ExitCode, same.Error));
        Assert.StartsWith("same", same.Output, StringComparison.Ordinal);
        string json = File.ReadAllText(recheck[1]);
        File.WriteAllText(recheck[1], json.Replace("\"documents\": 40", "\"documents\": 41", StringComparison.Ordinal));
        ToolProcess different = ToolProcess.Run([.. recheck, "--json"]);
        Assert.Equal(2, different.ExitCode);
        Assert.Contains("documents is 41", different.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_cannot_apply_to_a_ready_sample_are_refused()
    {
        string key = Replies.Key(folder);
        string replies = Replies.Write(folder, "replies.jsonl", null, count: 3);
        string sample = Path.Combine(folder.Path, "s.ngrams");
        ToolProcess.Run("extract", "--tokenizer", "ids", "--tokens-field", "tokens", "--out", sample, replies);

        foreach (string[] options in new string[][] { ["--distinct", "none"], ["--scope", "document"], ["--first-position", "3"], ["--row-limit", "5"], ["--as-published"], ["--tokens-field", "tokens"] })
            ToolProcess.Run(["verify", "--key", key, "--suspect", sample, .. options]).AssertRefused($"{options[0]} cannot apply to an existing sample");
    }

    [Fact]
    public void Nothing_that_is_read_is_overwritten_and_nothing_counts_twice()
    {
        string key = Replies.Key(folder);
        string replies = Replies.Write(folder, "replies.jsonl", null, count: 3);
        string control = Replies.Write(folder, "control.jsonl", null, count: 3, seed: 2);
        string sample = Path.Combine(folder.Path, "replies.jsonl.ngrams");
        string copy = Path.Combine(folder.Path, "copy.jsonl");
        File.Copy(control, copy);
        byte[] before = File.ReadAllBytes(replies);
        string[] tokens = ["--tokens-field", "tokens"];

        ToolProcess.Run(["extract", "--tokenizer", "ids", "--out", replies, replies, .. tokens]).AssertRefused("the output is an input");
        ToolProcess.Run(["extract", "--tokenizer", "ids", "--out", replies, folder.Path, .. tokens]).AssertRefused("the output is an input");
        ToolProcess.Run(["detect", "--key", key, "--out", replies, replies, .. tokens]).AssertRefused("the output is an input");
        Assert.Equal(0, ToolProcess.Run(["extract", "--tokenizer", "ids", "--out", sample, replies, .. tokens]).ExitCode);
        ToolProcess.Run("merge", "--out", sample, sample).AssertRefused("the output is an input");
        ToolProcess.Run("merge", "--out", sample + "2", sample, sample).AssertRefused("the same bytes");
        ToolProcess.Run(["verify", "--key", key, "--suspect", replies, "--suspect", replies, .. tokens]).AssertRefused("hold the same text");
        ToolProcess.Run(["verify", "--key", key, "--suspect", replies, "--control", control, "--control", copy, .. tokens]).AssertRefused("hold the same text");
        Assert.Equal(before, File.ReadAllBytes(replies));
    }

    [Fact]
    public void A_comparison_is_a_sample_that_is_verified_like_any_other()
    {
        string key = Replies.Key(folder);
        string suspect = Path.Combine(folder.Path, "comparison.ngrams");
        using (KeyFile file = KeyFile.Load(key))
        using (KeyedScheme scheme = file.ToKeyedScheme())
        {
            int[] ids = MarkedText.Draw(scheme, 6_000, 0.4, new SeededRandomBits(3));
            var builder = new SampleBuilder(new SampleSchema { ContextWidth = 2, Kind = SampleKind.Comparison, Origin = TextOrigin.Unmarked });
            builder.AddRows(NGramRows.FromSequence(ids, 2), ids.Length);
            Sample sample = builder.Build();
            using FileStream stream = File.Create(suspect);
            sample.WithWeights([.. Enumerable.Range(0, sample.RowCount).Select(row => (sbyte)((row % 5) + 1))]).Write(stream);
        }

        string text = Path.Combine(folder.Path, "text.ngrams");
        ToolProcess.Run("extract", "--tokenizer", "ids", "--tokens-field", "tokens", "--out", text, Replies.Write(folder, "plain.jsonl", null));
        string output = Path.Combine(folder.Path, "verdict");
        JsonElement finding = ToolProcess.Run("verify", "--key", key, "--suspect", suspect, "--keys", "50", "--out", output, "--json").Json.GetProperty("findings")[0];
        ToolProcess recheck = ToolProcess.Run("recheck", Path.Combine(output, "verdict.json"), "--key", key, "--sample", suspect);

        Assert.Equal("support", finding.GetProperty("outcome").GetString());
        Assert.Equal("green-list/weighted-coins 2", finding.GetProperty("statistic").GetString());
        Assert.StartsWith("same", recheck.Output, StringComparison.Ordinal);
        ToolProcess.Run("verify", "--key", key, "--suspect", suspect, "--control", text).AssertRefused("the kind is text, not comparison");
        ToolProcess.Run("merge", "--out", text + "2", suspect, text).AssertRefused("the kind is text, not comparison");
    }

    [Fact]
    public void A_waiver_stands_in_the_finding_and_a_title_names_its_key_among_several()
    {
        string key = Replies.Key(folder);
        string other = Replies.Key(folder, "other.wmkey");
        string replies = Replies.Write(folder, "replies.jsonl", null, count: 3);

        JsonElement verdict = ToolProcess.Run("verify", "--key", key, other, "--suspect", replies, "--tokens-field", "tokens", "--keys", "0", "--prompts-unmarked", "--json").Json;

        foreach (JsonElement finding in verdict.GetProperty("findings").EnumerateArray())
        {
            Assert.Equal("--prompts-unmarked", finding.GetProperty("waivers")[0].GetString());
            Assert.Contains(finding.GetProperty("assumptions").EnumerateArray(), assumption => assumption.GetString()!.Contains("Waived by --prompts-unmarked", StringComparison.Ordinal));
            Assert.EndsWith($"key {finding.GetProperty("key").GetProperty("id").GetString()![..8]}", finding.GetProperty("title").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_plan_fixes_the_test_and_what_differs_from_it_blocks()
    {
        string key = Replies.Key(folder);
        string id = ToolProcess.Run("verify", "--key", key, "--suspect", Replies.Write(folder, "a.jsonl", null, count: 2), "--tokens-field", "tokens", "--keys", "0", "--json").Json
            .GetProperty("findings")[0].GetProperty("key").GetProperty("id").GetString()!;
        string suspect = Replies.Write(folder, "suspect.jsonl", key);
        string control = Replies.Write(folder, "control.jsonl", null, seed: 2);
        string plan = Path.Combine(folder.Path, "plan.json");
        var planned = new Plan { Keys = [id], Statistic = "green-list/coins 2", Prior = "log-grid 1", RandomKeys = 50, Seed = 7 };
        File.WriteAllBytes(plan, Json(planned));
        string[] verify = ["verify", "--key", key, "--suspect", suspect, "--tokens-field", "tokens", "--plan", plan, "--json"];

        JsonElement kept = ToolProcess.Run([.. verify, "--control", control]).Json;
        JsonElement without = ToolProcess.Run(verify).Json;

        Assert.Equal("support", kept.GetProperty("outcome").GetString());
        Assert.Equal(7, kept.GetProperty("findings")[0].GetProperty("seed").GetInt32());
        Assert.DoesNotContain(kept.GetProperty("diagnostics").EnumerateArray(), item => item.GetProperty("code").GetString() == "no-plan");
        Assert.Equal("inconclusive", without.GetProperty("outcome").GetString());
        Assert.Contains(without.GetProperty("findings")[0].GetProperty("diagnostics").EnumerateArray(), item => item.GetProperty("code").GetString() == "control-missing" && item.GetProperty("severity").GetString() == "blocking");
        File.WriteAllText(plan, "{\"format\": \"watermark-plan/1\", \"alpha\": 2}");
        ToolProcess.Run(verify).AssertRefused("plan.json");
    }

    private static byte[] Json(Plan plan)
    {
        using var stream = new MemoryStream();
        PlanJson.Write(plan, stream);
        return stream.ToArray();
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
        JsonElement finding = verdict.RootElement.GetProperty("findings")[0];
        Assert.Equal(30, finding.GetProperty("counts").GetProperty("documents").GetInt32());
        Assert.Contains(finding.GetProperty("diagnostics").EnumerateArray(), item => item.GetProperty("code").GetString() == "unread-records");
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
        Assert.Equal("Cancelled.\n", ToolProcess.WithoutSummary(process.StandardError.ReadToEnd()));
        Assert.False(Directory.Exists(output));
    }
}
