using Watermark.Cli.Cases;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints.Provenance;

namespace Watermark.Cli.Demo.Scenarios;

/// <summary>A model that learned from our replies, its innocent twin, four controls and nineteen null suspects.</summary>
internal sealed class ProvenanceScenario : IDemoScenario
{
    private const int Prompts = 400;
    private const int Controls = 4;
    private const int NullSuspects = 19;
    private const int Tokens = 6;

    /// <inheritdoc/>
    public string Name => Questions.Provenance;

    /// <inheritdoc/>
    public string Story => "One model learned from our replies, its twin did not. Four other models are controls, and nineteen models that did not learn from ours show how far such models lead by chance.";

    /// <inheritdoc/>
    public ScenarioOutcome Play(ScenarioStage stage, CancellationToken cancellationToken)
    {
        var models = new SmallModels(stage, Prompts, 3 + Controls + NullSuspects, 300, cancellationToken);
        NGramLanguageModel ours = models.Train(models.Part(0));
        IEnumerable<string> served = models.Sample(ours, 3, 20, 1).Select(reply => reply.Prompt + reply.Text);
        var others = new List<string> { Write("ours", ours) };
        string[] controls = [.. Enumerable.Range(1, Controls).Select(i => $"c{i}")];
        string[] nulls = [.. Enumerable.Range(1, NullSuspects).Select(i => $"h{i}")];
        foreach ((string name, int i) in controls.Concat(nulls).Select((name, i) => (name, i)))
            others.Add(Write(name, models.Train(models.Part(3 + i))));
        string suspect = Write("suspect", models.Train([.. models.Part(1), .. served]));
        string innocent = Write("innocent", models.Train(models.Part(2)));
        var design = new ProvenanceDesign
        {
            Prompts = [.. models.Prompts.Select((prompt, p) => new CollectionPrompt($"p{p}", prompt))],
            Reference = "ours",
            Controls = controls,
            NullSuspects = nulls,
        };
        string path = stage.PathOf("design.json");
        File.WriteAllBytes(path, design.Write());
        File.WriteAllBytes(stage.PathOf("small.json"), (design with { Controls = ["c1", "c2"], NullSuspects = [] }).Write());
        File.WriteAllBytes(stage.PathOf("prompts.jsonl"), PromptFile.Write([.. design.Prompts.Select(prompt => (prompt.Id, prompt.Text))]));
        return new ScenarioOutcome(Verify(suspect, "suspect"), Verify(innocent, "innocent"), stage.Commands);

        string Write(string name, NGramLanguageModel model) => stage.WriteReplies($"{name}.jsonl", models.Greedy(model, Tokens));
        Finding Verify(string replies, string name) =>
            stage.Find($"{name}-verdict", cancellationToken, ["fingerprint", "provenance", "verify", "--design", path, "--suspect", replies, .. others.SelectMany(other => new[] { "--control", other })]);
    }
}
