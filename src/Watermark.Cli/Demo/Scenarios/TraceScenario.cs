using System.Globalization;
using Watermark.Catalog;
using Watermark.Forensics.Findings;
using Watermark.Schemes;
using Watermark.Schemes.Coded;

namespace Watermark.Cli.Demo.Scenarios;

/// <summary>A student learned from replies that one of a thousand accounts was served; its twin from unmarked replies.</summary>
internal sealed class TraceScenario : IDemoScenario
{
    private const int Accounts = 1_000;

    private static readonly DistillationSizes Sizes = new() { ServedReplies = 1_000, CollectedReplies = 300 };

    /// <inheritdoc/>
    public string Name => Questions.Trace;

    /// <inheritdoc/>
    public string Story => "A student learned from replies that one account of a thousand was served, its twin from unmarked replies. The code in the mark names the account.";

    /// <inheritdoc/>
    public ScenarioOutcome Play(ScenarioStage stage, CancellationToken cancellationToken)
    {
        DistillationScenario world = stage.World(8_000, Sizes, cancellationToken);
        var scheme = new CodedGreenListScheme { Delta = 3, Eta = 2 };
        (KeyFile key, string keyPath) = stage.WriteKey("owner.wmkey", scheme);
        using (key)
        {
            string accounts = stage.PathOf("accounts.txt");
            File.WriteAllLines(accounts, Enumerable.Range(0, Accounts).Select(Id));
            using KeyedScheme mark = scheme.ForAccount(key.Secret, Id(417));
            string guilty = stage.WriteReplies("suspect.jsonl", Replies(world, mark, "suspect", cancellationToken));
            string innocent = stage.WriteReplies("innocent.jsonl", Replies(world, null, "innocent", cancellationToken));
            return new ScenarioOutcome(Verify(guilty, "suspect"), Verify(innocent, "innocent"), stage.Commands);

            Finding Verify(string replies, string name) =>
                stage.Find(name, cancellationToken, "fingerprint", "trace", "verify", "--key", keyPath, "--accounts", accounts, "--suspect", replies);
        }
    }

    private static IReadOnlyList<DemoReply> Replies(DistillationScenario world, KeyedScheme? mark, string name, CancellationToken cancellationToken) =>
        world.Collect(world.TrainStudent(world.Serve(mark, null, cancellationToken), cancellationToken), name, null, cancellationToken);

    private static string Id(int number) => string.Create(CultureInfo.InvariantCulture, $"account-{number:D4}");
}
