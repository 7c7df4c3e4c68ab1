using System.Text.Json;

namespace Watermark.Cli.Tests.Tool;

/// <summary>The methods that compare a suspect with named models, on their demonstrations.</summary>
public sealed class NamedModelsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("equality", "support", "no-support", 1e-3)]
    [InlineData("provenance", "inconclusive", "inconclusive", 0.05)]
    [InlineData("reference-rank", "inconclusive", "inconclusive", 0.05)]
    public void The_guilty_model_stands_out_and_its_twin_does_not(string method, string guilty, string innocent, double largest)
    {
        JsonElement demo = ToolProcess.Run("demo", "--scenario", method, "--out", Path.Combine(folder.Path, method), "--json").Json;

        Assert.Equal(guilty, demo.GetProperty("guilty").GetProperty("outcome").GetString());
        Assert.True(demo.GetProperty("guilty").GetProperty("logP").GetDouble() <= Math.Log(largest) + 1e-9);
        Assert.Equal(innocent, demo.GetProperty("innocent").GetProperty("outcome").GetString());
        Assert.True(demo.GetProperty("innocent").GetProperty("logP").GetDouble() > Math.Log(0.1));
    }

    [Fact]
    public void A_model_that_is_not_asked_cannot_be_the_reference()
    {
        string signer = Path.Combine(folder.Path, "signer.pem");
        Assert.Equal(0, ToolProcess.Run("signer", "--out", signer).ExitCode);
        folder.Write("prompts.txt", "One?\nTwo?\n");
        string[] plan = ["fingerprint", "equality", "plan", "--case", Path.Combine(folder.Path, "case"), "--prompts", Path.Combine(folder.Path, "prompts.txt"), "--suspect", "x", "--signer", signer];

        ToolProcess.Run([.. plan, "--control", "ours", "--reference", "theirs"]).AssertRefused("--reference is 'theirs', which is not among the models that --control names");
        ToolProcess.Run([.. plan, "--control", "ours", "--reference", "ours", "--positive-control", "hot"]).AssertRefused("--positive-control is 'hot'");
        ToolProcess.Run([.. plan, "--control", "ours", "--reference", "ours", "--length", "0"]).AssertRefused("The field 'length' is 0");
        ToolProcess.Run([.. plan, "--control", "ours", "--reference", "ours", "--permutations", "900"]).AssertRefused("no e-value is above 901");
        ToolProcess.Run([.. plan, "--control", "ours", "--reference", "ours", "--controls-required", "1"]).AssertRefused("--positive-control names the model that must");
        Assert.Equal(0, ToolProcess.Run([.. plan, "--control", "ours", "--reference", "ours", "--anytime"]).ExitCode);
    }

    [Fact]
    public void Faulty_values_are_refused_with_their_file()
    {
        folder.Write("values.jsonl", "{\"role\":\"teacher\",\"name\":\"T\",\"siblings\":[\"U\"]}\n{\"role\":\"suspect\",\"name\":\"x\",\"value\":1}\n");

        ToolProcess.Run("fingerprint", "reference-rank", "verify", "--values", Path.Combine(folder.Path, "values.jsonl"), "--statistic", "style").AssertRefused("values.jsonl: No reference is a student of U");
    }
}
