using Watermark.Catalog;
using Watermark.Forensics.Findings;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Schemes.Native;

namespace Watermark.Cli.Demo.Scenarios;

/// <summary>An endpoint that passes the owner's replies on, and one with a model of its own.</summary>
internal sealed class RelayScenario : IDemoScenario
{
    private static readonly DistillationSizes Sizes = new() { ServedReplies = 60, CollectedReplies = 60 };

    /// <inheritdoc/>
    public string Name => Questions.Relay;

    /// <inheritdoc/>
    public string Story => "An endpoint released in June answers with text under a key of November: it forwards to the owner's service. Its twin answers with a model of its own.";

    /// <inheritdoc/>
    public ScenarioOutcome Play(ScenarioStage stage, CancellationToken cancellationToken)
    {
        DistillationScenario world = stage.World(8_000, Sizes, cancellationToken);
        (KeyFile key, string keyPath) = stage.WriteKey("owner.wmkey", new GreenListScheme { Delta = 3 });
        using (key)
        {
            using WatermarkKey november = ((WatermarkKey)key.Secret).ForEpoch("2026-11");
            using KeyedScheme mark = key.Scheme.WithKey(november);
            string guilty = stage.WriteReplies("suspect.jsonl", world.Serve(mark, null, cancellationToken));
            string innocent = stage.WriteReplies("innocent.jsonl", world.Serve(null, null, cancellationToken));
            return new ScenarioOutcome(Verify("suspect", guilty), Verify("innocent", innocent), stage.Commands);
        }

        Finding Verify(string name, string replies) =>
            stage.Find(name, cancellationToken, "fingerprint", "relay", "verify", "--key", keyPath, "--suspect", replies, "--released", "2026-06-01", "--epoch", "2026-11=2026-11-01", "--epoch", "2026-10=2026-10-01");
    }
}

/// <summary>A student of text of one epoch, and one of unmarked text.</summary>
internal sealed class EpochsScenario : IDemoScenario
{
    private static readonly DistillationSizes Sizes = new() { ServedReplies = 800, CollectedReplies = 300 };

    /// <inheritdoc/>
    public string Name => Questions.Epochs;

    /// <inheritdoc/>
    public string Story => "A student learned from text that the owner's service wrote in October; its twin learned from unmarked text. The keys of three months are tested.";

    /// <inheritdoc/>
    public ScenarioOutcome Play(ScenarioStage stage, CancellationToken cancellationToken)
    {
        DistillationScenario world = stage.World(10_000, Sizes, cancellationToken);
        (KeyFile key, string keyPath) = stage.WriteKey("owner.wmkey", new GreenListScheme { Delta = 3, ContextWidth = 1 });
        using (key)
        {
            using WatermarkKey october = ((WatermarkKey)key.Secret).ForEpoch("2026-10");
            using KeyedScheme mark = key.Scheme.WithKey(october);
            string guilty = Student("suspect", mark);
            string innocent = Student("innocent", null);
            return new ScenarioOutcome(Verify("suspect", guilty), Verify("innocent", innocent), stage.Commands);
        }

        string Student(string name, KeyedScheme? mark)
        {
            NGramLanguageModel student = world.TrainStudent(world.Serve(mark, null, cancellationToken), cancellationToken);
            return stage.WriteReplies($"{name}.jsonl", world.Collect(student, name, null, cancellationToken));
        }

        Finding Verify(string name, string replies) =>
            stage.Find(name, cancellationToken, "fingerprint", "epochs", "verify", "--key", keyPath, "--suspect", replies, "--epoch", "2026-10", "--epoch", "2026-09", "--epoch", "2026-11");
    }
}

/// <summary>Text that was written with the key, and text that repeats what was served.</summary>
internal sealed class NoveltyScenario : IDemoScenario
{
    private static readonly DistillationSizes Sizes = new() { ServedReplies = 400, CollectedReplies = 1 };

    /// <inheritdoc/>
    public string Name => Questions.Novelty;

    /// <inheritdoc/>
    public string Story => "The owner logs every context that it serves. One text is written with live access to the key; its twin repeats served replies, as a forger or a student does.";

    /// <inheritdoc/>
    public ScenarioOutcome Play(ScenarioStage stage, CancellationToken cancellationToken)
    {
        DistillationScenario world = stage.World(8_000, Sizes, cancellationToken);
        (KeyFile key, string keyPath) = stage.WriteKey("owner.wmkey", new GreenListScheme { Delta = 3 });
        using (key)
        {
            using KeyedScheme mark = key.ToKeyedScheme();
            DemoReply[] all = [.. world.Serve(mark, null, cancellationToken)];
            DemoReply[] logged = all[..200];
            string log = stage.PathOf("served.contexts");
            using (var writer = ServedContextsLog.Open(File.Open(log, FileMode.CreateNew, FileAccess.ReadWrite), new ServedContextsHeader("2026-11", key.Id, mark.ContextWidth, stage.Tokenizer.ContentHash)))
            {
                foreach (DemoReply reply in logged)
                {
                    int[] prompt = stage.Tokenizer.Encode(reply.Prompt);
                    writer.Add(stage.Tokenizer.Encode(reply.Prompt + reply.Text), prompt.Length);
                }
            }

            string guilty = stage.WriteReplies("suspect.jsonl", all[200..]);
            string innocent = stage.WriteReplies("innocent.jsonl", Mixed(logged, world.Serve(null, null, cancellationToken)));
            return new ScenarioOutcome(Verify("suspect", guilty), Verify("innocent", innocent), stage.Commands);

            Finding Verify(string name, string replies) => stage.Find(name, cancellationToken, "fingerprint", "novelty", "verify", "--key", keyPath, "--suspect", replies, "--served", log);
        }
    }

    /// <summary>Half of it served replies with their mark, half of it text of the forger's own.</summary>
    private static IEnumerable<DemoReply> Mixed(DemoReply[] served, IReadOnlyList<DemoReply> own) => served.Take(100).Concat(own.Take(100));
}
