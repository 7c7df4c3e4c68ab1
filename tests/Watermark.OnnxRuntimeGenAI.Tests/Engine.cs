using Microsoft.ML.OnnxRuntimeGenAI;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.SampleModels;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Schemes.SynthId;
using Watermark.Serving;

namespace Watermark.OnnxRuntimeGenAI.Tests;

/// <summary>The engine with tiny models, for all tests of the assembly.</summary>
public sealed class Engine : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("watermark-onnx-").FullName;

    public Engine()
    {
        Utils.DisableTelemetryEvents();
        TinyOnnx.Save(Path.Combine(folder, "single"));
        TinyOnnx.Save(Path.Combine(folder, "half"), half: true);
        Single = new Model(Path.Combine(folder, "single"));
        Half = new Model(Path.Combine(folder, "half"));
    }

    /// <summary>The marks: on logits, by tournament, in the draw.</summary>
    public static TheoryData<string> Marks => ["green-list", "synthid", "gumbel"];

    /// <summary>The model with float32 logits.</summary>
    public Model Single { get; }

    /// <summary>The model with float16 logits.</summary>
    public Model Half { get; }

    public static int[] Ids(string text) => [.. text.Select(character => (int)character)];

    public void Dispose()
    {
        Single.Dispose();
        Half.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A generator that samples; the caller disposes it.</summary>
    public Generator Generator(int batch = 1, int maxLength = 1024, bool half = false, int topK = 0)
    {
        using var parameters = new GeneratorParams(half ? Half : Single);
        parameters.SetSearchOption("max_length", maxLength);
        parameters.SetSearchOption("batch_size", batch);
        parameters.SetSearchOption("do_sample", true);
        parameters.SetSearchOption("temperature", 1);
        parameters.SetSearchOption("top_k", topK);
        parameters.SetSearchOption("top_p", 1);
        parameters.SetSearchOption("random_seed", 7);
        return new Generator(half ? Half : Single, parameters);
    }

    /// <summary>A mark with a key of a fixed seed.</summary>
    public static Watermarker Marked(string mark, ulong seed = 1)
    {
        WatermarkScheme scheme = mark switch
        {
            "green-list" => new GreenListScheme { Delta = 4, ContextWidth = 2 },
            "gumbel" => new GumbelScheme { ContextWidth = 2 },
            _ => new SynthIdScheme(),
        };
        using WatermarkSecret secret = scheme.DrawSecret(new SeededRandomBits(seed));
        return new Watermarker(scheme, secret);
    }

    /// <summary>Fails where the reply does not show its mark, or shows one under another key.</summary>
    /// <remarks>A wrong key falls below -10 once in 22,000; seeds are fixed.</remarks>
    public static void Check(string mark, Watermarker watermarker, ReadOnlySpan<int> reply, string? account = null, string? epoch = null)
    {
        double logP = watermarker.Detector(account, epoch).Detect(reply).LogP;
        using Watermarker other = Marked(mark, 2);
        double wrong = other.Detector().Detect(reply).LogP;
        Assert.True(logP < -50, $"{mark}: ln p = {logP:F1} for {reply.Length} tokens");
        Assert.True(wrong > -10, $"{mark}, another key: ln p = {wrong:F1}");
    }
}

[CollectionDefinition(nameof(Engine))]
public sealed class EngineCollection : ICollectionFixture<Engine>;
