using System.Text.Json;
using Watermark.TestKit;

namespace Watermark.Cli.Tests.Tool;

/// <summary>The sample that serves by epoch, and the tool on what it wrote.</summary>
public sealed class ServingSampleTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Its_log_tells_served_text_from_text_written_with_the_key()
    {
        string output = SampleProgram.Run("Serving", "Serving", folder.Path);
        Assert.Contains("ln p = -", output, StringComparison.Ordinal);

        // Its own replies stand in served contexts; under the other month's log they would have been written with live access.
        Assert.Equal(0, Scored("2026-11", "2026-11", out _));
        JsonElement relay = Finding("relay", "verify", "--key", In("owner.wmkey"), "--suspect", In("replies-2026-11.jsonl"), "--released", "2026-06-01", "--epoch", "2026-11=2026-11-01");
        Assert.Equal("support", relay.GetProperty("outcome").GetString());
        Assert.True(Scored("2026-11", "2026-10", out string error) < 0 && error.Contains("The log is of key", StringComparison.Ordinal));
    }

    private long Scored(string epoch, string log, out string error)
    {
        ToolProcess run = ToolProcess.Run("fingerprint", "novelty", "verify", "--key", In("owner.wmkey"), "--epoch", epoch, "--served", In($"served-{log}.contexts"), "--suspect", In($"replies-{epoch}.jsonl"), "--json");
        error = run.Error;
        if (run.Output.Length == 0)
            return -1;
        using JsonDocument json = JsonDocument.Parse(run.Output);
        return json.RootElement.GetProperty("findings")[0].GetProperty("counts").GetProperty("scored").GetInt64();
    }

    private static JsonElement Finding(params string[] arguments)
    {
        ToolProcess run = ToolProcess.Run(["fingerprint", .. arguments, "--json"]);
        return JsonDocument.Parse(run.Output).RootElement.GetProperty("findings")[0];
    }

    private string In(string name) => Path.Combine(folder.Path, name);
}
