using BenchmarkDotNet.Attributes;
using Watermark.Embedding;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes.Native;

namespace Watermark.Benchmarks;

/// <summary>One token drawn from the logits of a whole vocabulary, top-k 50, with and without a mark.</summary>
public class Sampling
{
    private readonly TokenSampler sampler = new(new SamplerOptions { Seed = 1, TopK = 50 });
    private float[] logits = [];
    private WatermarkSession green = null!;
    private WatermarkSession gumbel = null!;

    [Params(128_256)]
    public int VocabularySize { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new SeededRandomBits(2);
        logits = new float[VocabularySize];
        for (int v = 0; v < logits.Length; v++)
            logits[v] = (float)(-2 * Math.Log(-Math.Log(random.NextDouble())));
        var key = WatermarkKey.Draw(random);
        green = new WatermarkSession(new GreenListScheme().WithKey(key));
        gumbel = new WatermarkSession(new GumbelScheme().WithKey(key));
        green.Prime([1, 2]);
        gumbel.Prime([1, 2]);
    }

    [Benchmark(Baseline = true)]
    public int Plain() => sampler.Sample(null, logits);

    [Benchmark]
    public int GreenList() => TakeBack(green);

    [Benchmark]
    public int Gumbel() => TakeBack(gumbel);

    private int TakeBack(WatermarkSession session)
    {
        int token = sampler.Sample(session, logits);
        session.Rewind(1);
        return token;
    }
}
