using Watermark.Cli.Cases;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints.Equality;

namespace Watermark.Cli.Demo.Scenarios;

/// <summary>One endpoint serves the model that it claims, another serves a different one.</summary>
internal sealed class EqualityScenario : IDemoScenario
{
    private const int Prompts = 120;
    private const int Replies = 16;
    private const int Tokens = 12;
    private const int Length = 40;

    /// <inheritdoc/>
    public string Name => Questions.Equality;

    /// <inheritdoc/>
    public string Story => "Two endpoints claim to serve our model. One does; the other serves a model of its own. An older model of ours, known to differ, is the positive control.";

    /// <inheritdoc/>
    public ScenarioOutcome Play(ScenarioStage stage, CancellationToken cancellationToken)
    {
        var models = new SmallModels(stage, Prompts, 3, 1_500, cancellationToken);
        NGramLanguageModel ours = models.Train(models.Part(0));
        string reference = stage.WriteReplies("ours.jsonl", models.Sample(ours, Replies, Tokens, 1));
        string older = stage.WriteReplies("older.jsonl", models.Sample(models.Train(models.Part(1)), Replies, Tokens, 2));
        string suspect = stage.WriteReplies("suspect.jsonl", models.Sample(models.Train(models.Part(2)), Replies, Tokens, 3));
        string innocent = stage.WriteReplies("innocent.jsonl", models.Sample(ours, Replies, Tokens, 4));
        var design = new EqualityDesign
        {
            Prompts = [.. models.Prompts.Select((prompt, p) => new CollectionPrompt($"p{p}", prompt))],
            Reference = "ours",
            PositiveControl = "older",
            RepliesPerPrompt = Replies,
            Length = Length,
        };
        string path = stage.PathOf("design.json");
        File.WriteAllBytes(path, design.Write());
        File.WriteAllBytes(stage.PathOf("prompts.jsonl"), PromptFile.Write([.. design.Prompts.Select(prompt => (prompt.Id, prompt.Text))]));
        return new ScenarioOutcome(Verify(suspect, "suspect"), Verify(innocent, "innocent"), stage.Commands);

        Finding Verify(string replies, string name) =>
            stage.Find(name, cancellationToken, "fingerprint", "equality", "verify", "--design", path, "--suspect", replies, "--control", reference, "--control", older);
    }
}
