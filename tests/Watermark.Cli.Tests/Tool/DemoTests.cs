using System.Text.Json;

namespace Watermark.Cli.Tests.Tool;

public sealed class DemoTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_distilled_model_is_caught_the_innocent_cleared_and_both_verdicts_repeat()
    {
        string output = Path.Combine(folder.Path, "demo");

        JsonElement demo = ToolProcess.Run("demo", "--out", output, "--seed", "1", "--json").Json;

        Assert.Equal(["suspect", "innocent"], demo.EnumerateObject().Select(member => member.Name));
        Assert.True(demo.GetProperty("suspect").GetProperty("logP").GetDouble() < -50);
        Assert.Equal("support", demo.GetProperty("suspect").GetProperty("outcome").GetString());
        Assert.True(demo.GetProperty("innocent").GetProperty("logP").GetDouble() > Math.Log(1e-3));
        Assert.Equal("no-support", demo.GetProperty("innocent").GetProperty("outcome").GetString());
        string key = Path.Combine(output, "owner.wmkey");
        foreach (string student in new[] { "suspect", "innocent" })
        {
            string home = Path.Combine(output, student);
            JsonElement verdict = ToolProcess.Run("verify", "--key", key, "--suspect", Path.Combine(home, "replies.jsonl"), "--out", home, "--json").Json;
            Assert.Equal(
                demo.GetProperty(student).GetProperty("logE").GetDouble(), verdict.GetProperty("findings")[0].GetProperty("logE").GetDouble());
            ToolProcess recheck = ToolProcess.Run("recheck", Path.Combine(home, "verdict.json"), "--key", key, "--sample", Path.Combine(home, "replies.jsonl.ngrams"));
            Assert.Equal((0, ""), (recheck.ExitCode, recheck.Error));
            Assert.StartsWith("same", recheck.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_key_that_is_not_the_demonstrations_is_kept()
    {
        string key = Replies.Key(folder);
        string before = File.ReadAllText(key);

        ToolProcess.Run("demo", "--out", folder.Path, "--seed", "1", "--json").AssertRefused("exists already");

        Assert.Equal(before, File.ReadAllText(key));
    }

    [Fact]
    public void Too_little_text_is_one_sentence()
    {
        folder.Write("texts/a.txt", "This is one sentence of English. This is another sentence of English.");

        ToolProcess.Run("demo", "--out", Path.Combine(folder.Path, "demo"), "--text", Path.Combine(folder.Path, "texts"), "--json").AssertRefused("needs more text");
        ToolProcess.Run("demo", "--out", Path.Combine(folder.Path, "demo"), "--text", Path.Combine(folder.Path, "none"), "--json").AssertRefused("does not exist");
    }
}
