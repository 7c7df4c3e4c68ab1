using System.Text.Json;
using Watermark.Catalog;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Validation;

namespace Watermark.Cli.Tests.Tool;

public sealed class ValidateTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Negatives_are_measured_and_what_cannot_be_judged_is_named()
    {
        string key = Negatives();
        folder.Write("negatives/empty.jsonl", "{\"prompt_ids\":[1],\"tokens\":[]}\n");
        File.Copy(In("negatives/a.jsonl"), In("negatives/twin.jsonl"));
        folder.Write("negatives/.hidden", "x");
        string[] arguments = [.. Arguments(key), "--out", In("validation.json")];

        ToolProcess run = ToolProcess.Run(arguments);
        byte[] written = File.ReadAllBytes(In("validation.json"));
        ProcedureValidation validation = ProcedureValidation.Read(written);
        ToolProcess again = ToolProcess.Run([.. arguments, "--force", "--threads", "1", "--json"], "", ("DOTNET_EnableAVX2", "0"));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("empty.jsonl is left out: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("twin.jsonl is left out: It holds the same text as a.jsonl.", run.Error, StringComparison.Ordinal);
        Assert.Contains(validation.Sentence, run.Output, StringComparison.Ordinal);
        Assert.Equal(["a.jsonl", "b"], validation.Corpora.Select(corpus => corpus.Name));
        Assert.Equal(["empty.jsonl", "twin.jsonl"], validation.LeftOut.Select(corpus => corpus.Name));
        Assert.Equal((12, 0, 11), (validation.Runs, validation.FalsePositives, validation.Keys));
        Assert.Equal((12, 12), (validation.Spikes[0].Runs, validation.Spikes[0].Supported));
        Assert.True(validation.Spikes[0].StatedPower > 0.99);
        Assert.Equal("green-list/coins 2", validation.Procedure.Statistic);
        Assert.Equal(written, File.ReadAllBytes(In("validation.json")));
        using JsonDocument json = JsonDocument.Parse(again.Output);
        Assert.Equal(validation.Sentence, json.RootElement.GetProperty("sentence").GetString());

        // No byte of the key in what is written or said.
        using JsonDocument keyFile = JsonDocument.Parse(File.ReadAllBytes(key));
        string secret = keyFile.RootElement.GetProperty("secret").GetString()!;
        using KeyFile file = KeyFile.Load(key);
        foreach (string text in new[] { System.Text.Encoding.UTF8.GetString(written), run.Output, run.Error })
        {
            Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(file.Id, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_case_gets_the_rates_and_its_plan_decides()
    {
        string key = Negatives();
        folder.Write("case/plan.json", """{"format":"watermark-plan/1","keys":["a"],"statistic":"s 1","prior":"p 1","supportThreshold":5000,"randomKeys":40}""");

        ToolProcess run = ToolProcess.Run([.. Arguments(key).SkipLast(2), "--case", In("case")]);
        ProcedureValidation validation = ProcedureValidation.Read(File.ReadAllBytes(In("case/" + CaseFiles.Validation)));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(5000, validation.Procedure.Rule.SupportThreshold);
        Assert.Contains(validation.Procedure.Options, option => option is { Name: "randomKeys", Value: "40" });
        Assert.Contains("verify --case", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_input_is_refused_in_one_sentence()
    {
        string key = Negatives();
        folder.Write("bad/a.jsonl", "{\"prompt_ids\":[1],\"tokens\":[]}\n");
        Directory.CreateDirectory(In("none"));
        Directory.CreateDirectory(In("case"));
        Directory.CreateDirectory(In("negatives/case"));
        folder.Write("there.json", "x");

        ToolProcess bad = ToolProcess.Run("validate", In("bad"), "--key", key, "--tokens-field", "tokens");
        Assert.Equal(2, bad.ExitCode);
        Assert.Contains("No corpus could be judged; a.jsonl: ", bad.Error, StringComparison.Ordinal);
        ToolProcess.Run("validate", In("none"), "--key", key).AssertRefused("is empty");
        ToolProcess.Run("validate", key, "--key", key).AssertRefused("is no folder");
        ToolProcess.Run([.. Arguments(key), "--case", In("negatives")]).AssertRefused("lie in one another");
        ToolProcess.Run([.. Arguments(key), "--case", In("negatives/case")]).AssertRefused("lie in one another");
        ToolProcess.Run([.. Arguments(key), "--out", In("there.json")]).AssertRefused("exists; name another file or give --force");
        ToolProcess.Run([.. Arguments(key), "--runs", "0"]).AssertRefused("--runs");
        ToolProcess.Run("validate", In("negatives"), "--key", key, "--spike", "0.1,2").AssertRefused("--spike is '0.1,2'");
    }

    private string[] Arguments(string key) =>
        ["validate", In("negatives"), "--key", key, "--tokens-field", "tokens", "--prompt-tokens-field", "prompt_ids", "--runs", "12", "--spike", "0.2", "--seed", "3", "--keys", "50"];

    private string Negatives()
    {
        string key = Replies.Key(folder);
        Replies.Write(folder, "negatives/a.jsonl", null, count: 10);
        Replies.Write(folder, "negatives/b/1.jsonl", null, count: 10, seed: 2);
        return key;
    }

    private string In(string name) => Path.Combine(folder.Path, name);
}
