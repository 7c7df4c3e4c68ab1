using System.Text.Json;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;
using Watermark.Cli.Commands;

namespace Watermark.Cli.Demo.Scenarios;

/// <summary>The share of answers that a model has in common with ours, ranked among students of other models and of a sibling.</summary>
internal sealed class ReferenceRankScenario : IDemoScenario
{
    private const int Prompts = 400;
    private const int References = 19;
    private const int OfSibling = 4;
    private const int Tokens = 6;

    /// <inheritdoc/>
    public string Name => Questions.ReferenceRank;

    /// <inheritdoc/>
    public string Story => "One model learned from our replies, its twin did not. How alike each is to ours is ranked among nineteen reference students, four of them students of our smaller model.";

    /// <inheritdoc/>
    public ScenarioOutcome Play(ScenarioStage stage, CancellationToken cancellationToken)
    {
        var models = new SmallModels(stage, Prompts, 4 + References, 300, cancellationToken);
        NGramLanguageModel ours = models.Train(models.Part(0));
        NGramLanguageModel sibling = models.Train([.. models.Part(0).Take(150), .. models.Part(1)]);
        string[] answers = Answers(ours);
        string path = stage.PathOf("values.jsonl");
        using (FileStream stream = File.Create(path))
        {
            Line(stream, writer =>
            {
                writer.WriteString("role", "teacher");
                writer.WriteString("name", "ours");
                writer.WriteStartArray("siblings");
                writer.WriteStringValue("ours-small");
                writer.WriteEndArray();
            });
            Model(stream, "suspect", "suspect", Student(ours, 2, 1), null);
            Model(stream, "suspect", "innocent", models.Train(models.Part(3)), null);
            for (int i = 0; i < References; i++)
                Model(stream, "reference", $"r{i + 1}", i < OfSibling ? Student(sibling, 4 + i, (ulong)(2 + i)) : models.Train(models.Part(4 + i)), i < OfSibling ? "ours-small" : null);
        }

        string output = stage.PathOf($"verdict/{VerdictFolder.VerdictName}");
        stage.Run(cancellationToken, "fingerprint", "reference-rank", "verify", "--values", path, "--statistic", "share of answers in common", "--out", Path.GetDirectoryName(output)!);
        IReadOnlyList<Finding> findings = VerdictJson.Read(File.ReadAllBytes(output)).Findings;
        return new ScenarioOutcome(findings[0], findings[1], stage.Commands);

        string[] Answers(NGramLanguageModel model) => [.. models.Greedy(model, Tokens).Select(reply => reply.Text)];
        NGramLanguageModel Student(NGramLanguageModel teacher, int part, ulong sample) =>
            models.Train([.. models.Part(part), .. models.Sample(teacher, 3, 20, sample).Select(reply => reply.Prompt + reply.Text)]);
        void Model(Stream stream, string role, string name, NGramLanguageModel model, string? teacher) => Line(stream, writer =>
        {
            writer.WriteString("role", role);
            writer.WriteString("name", name);
            if (teacher is not null)
                writer.WriteString("teacher", teacher);
            writer.WriteNumber("value", (double)Answers(model).Zip(answers).Count(pair => pair.First == pair.Second) / Prompts);
        });
    }

    private static void Line(Stream stream, Action<Utf8JsonWriter> write)
    {
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }
}
