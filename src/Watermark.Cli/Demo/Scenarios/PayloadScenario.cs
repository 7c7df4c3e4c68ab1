using Watermark.Catalog;
using Watermark.Forensics.Findings;
using Watermark.Schemes;
using Watermark.Schemes.Payload;

namespace Watermark.Cli.Demo.Scenarios;

/// <summary>A service writes a number into its replies; another writes the same way without one.</summary>
internal sealed class PayloadScenario : IDemoScenario
{
    private static readonly DistillationSizes Sizes = new() { ServedReplies = 60, CollectedReplies = 1 };

    /// <inheritdoc/>
    public string Name => Questions.Payload;

    /// <inheritdoc/>
    public string Story => "A service writes the number c0ffee42 into its replies; its twin writes none. The number is read from the text with the key.";

    /// <inheritdoc/>
    public ScenarioOutcome Play(ScenarioStage stage, CancellationToken cancellationToken)
    {
        DistillationScenario world = stage.World(8_000, Sizes, cancellationToken);
        (KeyFile key, string keyPath) = stage.WriteKey("owner.wmkey", new PayloadScheme { Payload = "c0ffee42", Delta = 3 });
        using (key)
        {
            using KeyedScheme mark = key.ToKeyedScheme();
            string guilty = stage.WriteReplies("suspect.jsonl", world.Serve(mark, null, cancellationToken));
            string innocent = stage.WriteReplies("innocent.jsonl", world.Serve(null, null, cancellationToken));
            return new ScenarioOutcome(Verify(guilty, "suspect"), Verify(innocent, "innocent"), stage.Commands);
        }

        Finding Verify(string replies, string name) => stage.Find(name, cancellationToken, "fingerprint", "payload", "verify", "--key", keyPath, "--suspect", replies);
    }
}
