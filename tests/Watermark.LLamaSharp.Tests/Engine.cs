using LLama;
using LLama.Common;
using LLama.Native;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.SampleModels;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Schemes.SynthId;
using Watermark.Serving;

namespace Watermark.LLamaSharp.Tests;

/// <summary>llama.cpp with a tiny model, for all tests of the assembly.</summary>
public sealed class Engine : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.gguf");

    public Engine()
    {
        NativeLibraryConfig.All.WithLogCallback(static (level, message) => { });
        TinyLlama.Save(path);
        Weights = LLamaWeights.LoadFromFile(Parameters());
    }

    public LLamaWeights Weights { get; }

    public ModelParams Parameters(uint contextSize = 1024) => new(path) { ContextSize = contextSize, Threads = 1, BatchThreads = 1, GpuLayerCount = 0 };

    public void Dispose()
    {
        Weights.Dispose();
        File.Delete(path);
    }

    /// <summary>The marks: on logits, by tournament, in the draw.</summary>
    public static TheoryData<string> Marks => ["green-list", "synthid", "gumbel"];

    /// <summary>A mark with a key of a fixed seed.</summary>
    public static Watermarker Marked(string mark, ulong seed = 1)
    {
        WatermarkScheme scheme = mark switch
        {
            "green-list" => new GreenListScheme { Delta = 3, ContextWidth = 2 },
            "gumbel" => new GumbelScheme { ContextWidth = 2 },
            _ => new SynthIdScheme(),
        };
        using WatermarkSecret secret = scheme.DrawSecret(new SeededRandomBits(seed));
        return new Watermarker(scheme, secret);
    }

    /// <summary>Fails where the reply does not show its mark, or shows one under another key.</summary>
    /// <remarks>A wrong key falls below -10 once in 22,000; seeds are fixed.</remarks>
    public static void Check(string mark, Watermarker watermarker, ReadOnlySpan<int> reply, string? account = null, string? epoch = null, double least = -50)
    {
        double logP = watermarker.Detector(account, epoch).Detect(reply).LogP;
        using Watermarker other = Marked(mark, 2);
        double wrong = other.Detector().Detect(reply).LogP;
        Assert.True(logP < least, $"{mark}: ln p = {logP:F1} for {reply.Length} tokens");
        Assert.True(wrong > -10, $"{mark}, another key: ln p = {wrong:F1}");
    }
}

[CollectionDefinition(nameof(Engine))]
public sealed class EngineCollection : ICollectionFixture<Engine>;
