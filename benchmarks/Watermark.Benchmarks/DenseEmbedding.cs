using System.Runtime.Intrinsics;
using BenchmarkDotNet.Attributes;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;

namespace Watermark.Benchmarks;

/// <summary>Delta added to the green logits of a whole vocabulary; an operation is one position of a sequence.</summary>
public class DenseEmbedding
{
    private readonly byte[] blocks = new byte[TokenPrf.ChunkBlocks * AesBlocks.BlockSize];
    private float[] logits = [];
    private ILogitWatermark green = null!;
    private ILogitWatermark platform = null!;
    private AesBlocks prf = null!;

    [Params(32_000, 128_256, 200_000)]
    public int VocabularySize { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        logits = new float[VocabularySize];
        var key = WatermarkKey.Draw(new SeededRandomBits(1));
        var scheme = new GreenListScheme();
        green = scheme.WithKey(key, AesPaths.Best);
        platform = scheme.WithKey(key, AesPath.Platform);
        var keys = new byte[WatermarkKey.Size];
        key.DeriveSchemeKey(GreenListScheme.SchemeName, scheme.ContextWidth, keys);
        prf = AesBlocks.Create(keys.AsSpan(0, 16), AesPaths.Best);
        var expected = new float[VocabularySize];
        green.BiasLogits([11, 22], expected);
        Scalar();
        if (!logits.AsSpan().SequenceEqual(expected))
            throw new InvalidOperationException("The scalar twin marks otherwise.");
    }

    [Benchmark]
    public void GreenList() => green.BiasLogits([11, 22], logits);

    [Benchmark]
    public void GreenListThroughEncryptEcb() => platform.BiasLogits([11, 22], logits);

    /// <summary>One block in flight, lanes compared one by one.</summary>
    [Benchmark(Baseline = true)]
    public void Scalar()
    {
        const int Chunk = TokenPrf.ChunkBlocks * 8;
        for (int start = 0; start < logits.Length; start += Chunk)
        {
            Span<float> part = logits.AsSpan(start, Math.Min(Chunk, logits.Length - start));
            Span<byte> used = blocks.AsSpan(0, (part.Length + 7) / 8 * AesBlocks.BlockSize);
            PrfBlocks.Count(Vector128.Create(11u, 22u, 0u, 0u), (uint)(start / 8), used);
            for (int i = 0; i < used.Length; i += AesBlocks.BlockSize)
                prf.Encrypt(used.Slice(i, AesBlocks.BlockSize));
            GreenLanes.BiasScalar(used, 16_384, 2, part);
        }
    }
}
