using System.Text.Json;
using Watermark.Cli.Tests.Tool;
using Watermark.Forensics.Findings;

namespace Watermark.Cli.Tests.Demo;

/// <summary>
/// Scenarios tell their two models apart, and print them as one JSON object. The examples of the help run all of them; those of
/// named models are judged by their own tests, and these stand for the others.
/// </summary>
public sealed class ScenarioTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Names => [Questions.Canaries, Questions.Relay, Questions.Payload];

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
        Assert.Equal("support", guilty.GetProperty("outcome").GetString());
        Assert.NotEqual("support", innocent.GetProperty("outcome").GetString());
        Assert.True(guilty.GetProperty("logP").GetDouble() < innocent.GetProperty("logP").GetDouble());

        // Nothing is written over.
        if (name == Questions.Payload)
            Assert.Equal(2, ToolProcess.Run("demo", "--scenario", name, "--out", place).ExitCode);
    }
}
