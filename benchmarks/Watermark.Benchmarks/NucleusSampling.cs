using BenchmarkDotNet.Attributes;
using Watermark.Embedding;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes.Native;

namespace Watermark.Benchmarks;

/// <summary>A token by top-p alone: temperature 0.8, top-p 0.95, no top-k; beside it the bias alone and a copy of the logits.</summary>
public class NucleusSampling
{
    private readonly TokenSampler sampler = new(new SamplerOptions { Temperature = 0.8, TopP = 0.95, Seed = 1 });
    private float[] logits = [];
    private float[] copy = [];
    private WatermarkSession green = null!;

    [Params(32_000, 128_256, 200_000)]
    public int VocabularySize { get; set; }

    /// <summary>Whether forty tokens stand out, as in most rows of a language model; otherwise thousands share the mass.</summary>
    [Params(true, false)]
    public bool Peaked { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new SeededRandomBits(2);
        logits = new float[VocabularySize];
        copy = new float[VocabularySize];
        for (int v = 0; v < logits.Length; v++)
            logits[v] = (float)((Peaked ? 2 : 1) * (Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6));
        for (int i = 0; Peaked && i < 40; i++)
            logits[i * 7919 % VocabularySize] = (float)(18 - (i * 0.3));
        green = new WatermarkSession(new GreenListScheme().WithKey(WatermarkKey.Draw(random)));
        green.Prime([1, 2]);
    }

    [Benchmark(Baseline = true)]
    public void Copy() => logits.CopyTo(copy.AsSpan());

    [Benchmark]
    public bool Apply()
    {
        bool applied = green.Apply(copy);
        green.Rewind(0);
        return applied;
    }

    [Benchmark]
    public int Plain() => sampler.Sample(null, logits);

    [Benchmark]
    public int GreenList()
    {
        int token = sampler.Sample(green, logits);
        green.Rewind(1);
        return token;
    }
}
