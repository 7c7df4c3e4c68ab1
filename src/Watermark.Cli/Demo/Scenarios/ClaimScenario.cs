using System.Text.Json;
using Watermark.Catalog;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;
using Watermark.Randomness;
using Watermark.Schemes.Native;

namespace Watermark.Cli.Demo.Scenarios;

/// <summary>
/// A keyed claim from plan to verdict, as a case: the owner fixes a design, serves what the key chose, and two students are
/// asked, of which one learned from the served replies.
/// </summary>
internal abstract class ClaimScenario : IDemoScenario
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract string Story { get; }

    /// <inheritdoc/>
    public ScenarioOutcome Play(ScenarioStage stage, CancellationToken cancellationToken)
    {
        (KeyFile key, string keyPath) = stage.WriteKey("owner.wmkey", new GreenListScheme());
        key.Dispose();
        string caseFolder = Path.GetDirectoryName(stage.PathOf("case/design.json"))!;
        string signer = stage.PathOf("signer.pem");
        string served = stage.PathOf("served.jsonl");
        stage.Run(cancellationToken, "signer", "--out", signer);
        stage.Run(cancellationToken, ["fingerprint", Name, "plan", "--case", caseFolder, "--key", keyPath, .. WriteInputs(stage), "--suspect", "suspect", "--suspect", "innocent", "--signer", signer]);
        stage.Run(cancellationToken, "fingerprint", Name, "serve", "--key", keyPath, "--design", Path.Combine(caseFolder, CaseFiles.Design), "--out", served);

        // The guilty student repeats what it was served in half of the cases; the innocent one never saw it.
        var random = new SeededRandomBits(stage.Seed, 77);
        (string Prompt, string Text)[] learned = [.. File.ReadLines(served).Select(Reply)];
        string guilty = stage.WriteReplies("suspect.jsonl", learned.Select((reply, i) => new DemoReply($"g{i}", reply.Prompt, random.NextBelow(2) == 0 ? reply.Text : Other(i, random))));
        string innocent = stage.WriteReplies("innocent.jsonl", learned.Select((reply, i) => new DemoReply($"i{i}", reply.Prompt, Other(i, random))));
        stage.Run(cancellationToken, "import", "--case", caseFolder, "--name", "suspect", "--by", "the demonstration", guilty);
        stage.Run(cancellationToken, "import", "--case", caseFolder, "--name", "innocent", "--by", "the demonstration", innocent);
        stage.Run(cancellationToken, "fingerprint", Name, "verify", "--case", caseFolder, "--key", keyPath, "--signer", signer);
        stage.Run(cancellationToken, "report", caseFolder, "--signer", signer);
        stage.Run(cancellationToken, "check", caseFolder, "--key", keyPath);
        Verdict verdict = VerdictJson.Read(File.ReadAllBytes(Path.Combine(caseFolder, CaseFiles.Verdict)));
        WriteMore(stage, learned);
        return new ScenarioOutcome(Of("suspect"), Of("innocent"), stage.Commands);

        Finding Of(string title) => verdict.Findings.Single(finding => finding.Title == title);
    }

    /// <summary>Writes what <c>plan</c> reads.</summary>
    /// <param name="stage">The stage.</param>
    /// <returns>The options that name the files.</returns>
    protected abstract IReadOnlyList<string> WriteInputs(ScenarioStage stage);

    /// <summary>What a student says that did not learn from the served reply.</summary>
    /// <param name="index">The prompt.</param>
    /// <param name="random">The source of its draws.</param>
    protected abstract string Other(int index, SeededRandomBits random);

    /// <summary>Writes further files for the examples of the help.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="served">What was served.</param>
    protected virtual void WriteMore(ScenarioStage stage, IReadOnlyList<(string Prompt, string Text)> served)
    {
    }

    private static (string Prompt, string Text) Reply(string line)
    {
        using JsonDocument json = JsonDocument.Parse(line);
        return (json.RootElement.GetProperty("prompt").GetString()!, json.RootElement.GetProperty("text").GetString()!);
    }
}

/// <summary>Secret questions that the guilty student learned to answer.</summary>
internal sealed class CanariesScenario : ClaimScenario
{
    private const int Count = 64;
    private const int Answers = 256;

    /// <inheritdoc/>
    public override string Name => Questions.Canaries;

    /// <inheritdoc/>
    public override string Story => "The owner's key gives each of 64 secret questions one of 256 answers and serves them; a student learned half of them, its twin none.";

    /// <inheritdoc/>
    protected override IReadOnlyList<string> WriteInputs(ScenarioStage stage)
    {
        File.WriteAllLines(stage.PathOf("questions.txt"), Enumerable.Range(0, Count).Select(i => $"Which word belongs to the sealed letter number {i + 1}?"));
        File.WriteAllLines(stage.PathOf("answers.txt"), Enumerable.Range(0, Answers).Select(Word));
        return ["--questions", stage.PathOf("questions.txt"), "--answers", stage.PathOf("answers.txt")];
    }

    /// <inheritdoc/>
    protected override string Other(int index, SeededRandomBits random) => random.NextBelow(2) == 0 ? Word((int)random.NextBelow(Answers)) : "I do not know that letter.";

    private static string Word(int index)
    {
        const string First = "bdfgklmnprstvzch";
        const string Second = "aeiouaeiouaeioua";
        return $"{First[index / 16]}{Second[index % 16]}{First[index % 16]}{Second[index / 16]}{First[(index + 5) % 16]}{First[(index / 16 + 3) % 16]}";
    }
}

/// <summary>Prompts with three equally good replies, one of which was served.</summary>
internal sealed class VariantsScenario : ClaimScenario
{
    private const int Count = 200;

    /// <inheritdoc/>
    public override string Name => Questions.Variants;

    /// <inheritdoc/>
    public override string Story => "For each of 200 prompts the key chose one of three equally good replies to serve; a student learned half of them, its twin none.";

    /// <inheritdoc/>
    protected override IReadOnlyList<string> WriteInputs(ScenarioStage stage)
    {
        using FileStream stream = File.Create(stage.PathOf("units.jsonl"));
        for (int i = 0; i < Count; i++)
        {
            using (var writer = new Utf8JsonWriter(stream))
            {
                writer.WriteStartObject();
                writer.WriteString("id", $"u{i}");
                writer.WriteString("prompt", $"How does the mill of village {i} work?");
                writer.WriteStartArray("texts");
                foreach (string text in Texts(i))
                    writer.WriteStringValue(text);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            stream.WriteByte((byte)'\n');
        }

        return ["--units", stage.PathOf("units.jsonl")];
    }

    /// <inheritdoc/>
    protected override string Other(int index, SeededRandomBits random) => Texts(index)[(int)random.NextBelow(3)];

    private static string[] Texts(int i) =>
    [
        $"Water from the brook turns a wheel, and the wheel turns the stones of mill {i}.",
        $"A wheel that the brook drives moves the millstones in village {i}.",
        $"In village {i} the stones are moved by a wooden wheel, which stands in the brook.",
    ];
}

/// <summary>Pairs of replies of one model, of which a coin chose the served one.</summary>
internal sealed class GhostPairsScenario : ClaimScenario
{
    private const int Count = 300;

    /// <inheritdoc/>
    public override string Name => Questions.GhostPairs;

    /// <inheritdoc/>
    public override string Story => "Of 300 pairs of replies of the owner's unmarked model a coin chose one each to serve; a student learned half of them, its twin none.";

    /// <inheritdoc/>
    protected override IReadOnlyList<string> WriteInputs(ScenarioStage stage)
    {
        using FileStream stream = File.Create(stage.PathOf("pairs.jsonl"));
        for (int i = 0; i < Count; i++)
        {
            (string first, string second) = Pair(i);
            Write(stream, ("id", $"g{i}"), ("prompt", Prompt(i)), ("first", first), ("second", second));
        }

        return ["--pairs", stage.PathOf("pairs.jsonl")];
    }

    /// <inheritdoc/>
    protected override string Other(int index, SeededRandomBits random) => random.NextBelow(2) == 0 ? Pair(index).First : Pair(index).Second;

    /// <inheritdoc/>
    protected override void WriteMore(ScenarioStage stage, IReadOnlyList<(string Prompt, string Text)> served)
    {
        var random = new SeededRandomBits(stage.Seed, 78);
        using FileStream stream = File.Create(stage.PathOf("suspect-likelihoods.jsonl"));
        for (int i = 0; i < Count; i++)
        {
            double lean = (served[i].Text == Pair(i).Second ? 0.04 : -0.04) + (0.2 * (random.NextDouble() - 0.5));
            using (var writer = new Utf8JsonWriter(stream))
            {
                writer.WriteStartObject();
                writer.WriteString("id", $"g{i}");
                writer.WriteNumber("suspectFirst", -3);
                writer.WriteNumber("suspectSecond", -3 + lean);
                writer.WriteNumber("ownerFirst", -3);
                writer.WriteNumber("ownerSecond", -3);
                writer.WriteEndObject();
            }

            stream.WriteByte((byte)'\n');
        }
    }

    private static string Prompt(int i) => $"What is kept in store number {i}?";

    private static (string First, string Second) Pair(int i) =>
        ($"Store {i} holds grain, ropes and the old lamps of the harbour.", $"There are mostly barrels in number {i}, and a few tools for the garden.");

    private static void Write(FileStream stream, params (string Name, string Value)[] members)
    {
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach ((string name, string value) in members)
                writer.WriteString(name, value);
            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }
}
