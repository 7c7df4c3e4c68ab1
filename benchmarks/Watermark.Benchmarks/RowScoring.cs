using BenchmarkDotNet.Attributes;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;

namespace Watermark.Benchmarks;

/// <summary>The sum of scores over rows in columns, context columns read each time.</summary>
public class RowScoring
{
    private readonly byte[] blocks = new byte[TokenPrf.ChunkBlocks * AesBlocks.BlockSize];
    private int[] data = [];
    private KeyedScheme green = null!;
    private KeyedScheme platform = null!;
    private KeyedScheme gumbel = null!;
    private AesBlocks prf = null!;
    private AesBlocks chain = null!;

    [Params(1, 2, 3, 4)]
    public int ContextWidth { get; set; }

    [Params(1 << 20)]
    public int Rows { get; set; }

    private NGramRows View => new(data, Rows, ContextWidth, Rows);

    [GlobalSetup]
    public void Setup()
    {
        var random = new SeededRandomBits(1);
        data = new int[(ContextWidth + 1) * Rows];
        for (int i = 0; i < data.Length; i++)
            data[i] = (int)random.NextBelow(128_256);
        var key = WatermarkKey.Draw(random);
        var scheme = new GreenListScheme { ContextWidth = ContextWidth };
        green = scheme.WithKey(key);
        platform = scheme.WithKey(key, AesPath.Platform);
        gumbel = new GumbelScheme { ContextWidth = ContextWidth }.WithKey(key);
        var keys = new byte[WatermarkKey.Size];
        key.DeriveSchemeKey(GreenListScheme.SchemeName, ContextWidth, keys);
        prf = AesBlocks.Create(keys.AsSpan(0, 16), AesPaths.Best);
        chain = AesBlocks.Create(keys.AsSpan(16), AesPaths.Best);
        if ((long)green.SumScores(View) != Scalar())
            throw new InvalidOperationException("The scalar twin counts otherwise.");
    }

    [Benchmark]
    public long GreenList() => (long)green.SumScores(View);

    [Benchmark]
    public long GreenListThroughEncryptEcb() => (long)platform.SumScores(View);

    /// <summary>Words laid out one by one, one block in flight, lanes compared one by one.</summary>
    [Benchmark(Baseline = true)]
    public long Scalar()
    {
        long count = 0;
        for (int start = 0; start < Rows; start += TokenPrf.ChunkBlocks)
        {
            NGramRows rows = View.Slice(start, Math.Min(TokenPrf.ChunkBlocks, Rows - start));
            Span<byte> used = blocks.AsSpan(0, rows.Count * AesBlocks.BlockSize);
            if (ContextWidth <= 3)
            {
                PrfBlocks.GatherScalar(rows.Column(0), ContextWidth > 1 ? rows.Column(1) : [], ContextWidth > 2 ? rows.Column(2) : [], rows.Tokens, 3, used);
            }
            else
            {
                used.Clear();
                PrfBlocks.MixScalar(rows.Column(0), rows.Column(1), rows.Column(2), rows.Column(3), used);
                OneByOne(chain, used);
                PrfBlocks.SetCounters(rows.Tokens, 3, used);
            }

            OneByOne(prf, used);
            count += GreenLanes.CountScalar(used, rows.Tokens, 16_384);
        }

        return count;
    }

    [Benchmark]
    public long Gumbel() => (long)gumbel.SumScores(View);

    private static void OneByOne(AesBlocks aes, Span<byte> blocks)
    {
        for (int i = 0; i < blocks.Length; i += AesBlocks.BlockSize)
            aes.Encrypt(blocks.Slice(i, AesBlocks.BlockSize));
    }
}
