using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Watermark.Forensics.Findings;
using Watermark.Randomness;

namespace Watermark.Cli.Demo.Scenarios;

/// <summary>A checkpoint that continues from the owner's, and one from a start of its own.</summary>
internal sealed class WeightsScenario : IDemoScenario
{
    private const int Layers = 4;
    private const int Units = 256;
    private const int Width = 96;

    /// <inheritdoc/>
    public string Name => Questions.Weights;

    /// <inheritdoc/>
    public string Story => "One checkpoint is the owner's after further training, which is noise here; its twin comes from a random start of its own.";

    /// <inheritdoc/>
    public ScenarioOutcome Play(ScenarioStage stage, CancellationToken cancellationToken)
    {
        float[][] own = [.. Enumerable.Range(0, Layers).Select(layer => Draw(stage.Seed, (ulong)layer, 1))];
        float[][] noise = [.. Enumerable.Range(0, Layers).Select(layer => Draw(stage.Seed, 100 + (ulong)layer, 0.5))];
        string owner = Write(stage, "owner.safetensors", own);
        string guilty = Write(stage, "suspect.safetensors", [.. own.Zip(noise, (a, b) => a.Zip(b, (x, y) => x + y).ToArray())]);
        string innocent = Write(stage, "innocent.safetensors", [.. Enumerable.Range(0, Layers).Select(layer => Draw(stage.Seed, 200 + (ulong)layer, 1))]);
        return new ScenarioOutcome(Verify("suspect", guilty), Verify("innocent", innocent), stage.Commands);

        Finding Verify(string name, string checkpoint) => stage.Find(name, cancellationToken, "fingerprint", "weights", "verify", "--owner", owner, "--suspect", checkpoint);
    }

    private static float[] Draw(ulong seed, ulong stream, double scale)
    {
        var random = new SeededRandomBits(seed, stream);
        return [.. Enumerable.Range(0, Units * Width).Select(_ => (float)(scale * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5)))];
    }

    private static string Write(ScenarioStage stage, string name, float[][] layers)
    {
        string path = stage.PathOf(name);
        using var header = new MemoryStream();
        using (var writer = new Utf8JsonWriter(header))
        {
            writer.WriteStartObject();
            for (int i = 0; i < layers.Length; i++)
            {
                writer.WriteStartObject($"model.layers.{i}.mlp.up_proj.weight");
                writer.WriteString("dtype", "F32");
                writer.WriteStartArray("shape");
                writer.WriteNumberValue(Units);
                writer.WriteNumberValue(Width);
                writer.WriteEndArray();
                writer.WriteStartArray("data_offsets");
                writer.WriteNumberValue((long)i * Units * Width * sizeof(float));
                writer.WriteNumberValue((long)(i + 1) * Units * Width * sizeof(float));
                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        using FileStream stream = File.Create(path);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header.ToArray());
        foreach (float[] layer in layers)
            stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(layer));
        return path;
    }
}

/// <summary>A model that remembers the order of the owner's training, and one that does not.</summary>
internal sealed class TranscriptScenario : IDemoScenario
{
    private const int Texts = 1_500;

    /// <inheritdoc/>
    public string Name => Questions.Transcript;

    /// <inheritdoc/>
    public string Story => "One model finds texts a little likelier the later the owner's model saw them, as weights that continue from the owner's do; its twin does not know the order.";

    /// <inheritdoc/>
    public ScenarioOutcome Play(ScenarioStage stage, CancellationToken cancellationToken) =>
        new(Find(stage, "suspect", 0.5, cancellationToken), Find(stage, "innocent", 0, cancellationToken), stage.Commands);

    private static Finding Find(ScenarioStage stage, string name, double memory, CancellationToken cancellationToken)
    {
        var random = new SeededRandomBits(stage.Seed, name == "suspect" ? 1UL : 2UL);
        string path = stage.PathOf($"{name}.jsonl");
        using (StreamWriter writer = new(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)))
        {
            writer.NewLine = "\n";
            for (int i = 0; i < Texts; i++)
            {
                double reference = -3 - random.NextDouble();
                double suspect = reference + (memory * i / Texts) + (0.4 * (random.NextDouble() - 0.5));
                writer.WriteLine(FormattableString.Invariant($"{{\"id\":\"t{i}\",\"position\":{i},\"suspect\":{suspect:F6},\"reference\":{reference:F6}}}"));
            }
        }

        return stage.Find(name, cancellationToken, "fingerprint", "transcript", "verify", "--suspect", path);
    }
}
