using System.Text.Json;
using Watermark.Cli.Demo.Scenarios;
using Watermark.Cli.Tests.Tool;
using Watermark.Forensics.Findings;

namespace Watermark.Cli.Tests.Demo;

/// <summary>Every scenario tells its two models apart, and prints them as one JSON object.</summary>
public sealed class ScenarioTests : IDisposable
{
    // Their findings support nothing alone, whatever they show.
    private static readonly string[] SupportingOnly = [Questions.Provenance, Questions.ReferenceRank];

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Names => [.. ScenarioRun.All.Select(scenario => scenario.Name)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void One_model_is_found_and_its_twin_is_not(string name)
    {
        string place = Path.Combine(folder.Path, "scenario");
        ToolProcess run = ToolProcess.Run("demo", "--scenario", name, "--out", place, "--json");
        Assert.True(run.ExitCode == 0, run.Error);
        using JsonDocument json = JsonDocument.Parse(run.Output);
        Assert.Equal(["guilty", "innocent"], json.RootElement.EnumerateObject().Select(member => member.Name));
        JsonElement guilty = json.RootElement.GetProperty("guilty"), innocent = json.RootElement.GetProperty("innocent");

        Assert.Equal(name, guilty.GetProperty("question").GetString());
        Assert.Equal(SupportingOnly.Contains(name) ? "inconclusive" : "support", guilty.GetProperty("outcome").GetString());
        Assert.NotEqual("support", innocent.GetProperty("outcome").GetString());
        Assert.True(guilty.GetProperty("logP").GetDouble() < innocent.GetProperty("logP").GetDouble());

        // Nothing is written over.
        Assert.Equal(2, ToolProcess.Run("demo", "--scenario", name, "--out", place).ExitCode);
    }
}
