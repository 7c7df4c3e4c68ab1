using System.Text.Json;

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
    public void A_control_that_is_the_suspect_is_refused()
    {
        string copy = Path.Combine(folder.Path, "control.jsonl");
        System.IO.File.WriteAllLines(copy, System.IO.File.ReadAllLines(File("09-suspect.jsonl")).Reverse());

        foreach (string control in new[] { File("09-suspect.jsonl"), copy })
        {
            ToolProcess run = ToolProcess.Run("verify", "--key", File("owner.wmkey"), "--suspect", File("09-suspect.jsonl"), "--control", control, "--keys", "0");
            Assert.Equal(2, run.ExitCode);
            Assert.Empty(run.Output);
            Assert.Contains("are the same text", run.Error, StringComparison.Ordinal);
        }
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

    private static string File(string name) => Path.Combine(AppContext.BaseDirectory, "TestData", "intake", name);
}
