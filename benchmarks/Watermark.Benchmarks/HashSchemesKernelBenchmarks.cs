using BenchmarkDotNet.Attributes;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes.SynthId;
using Watermark.Schemes.TextSeal;

namespace Watermark.Benchmarks;

/// <summary>The vector kernels of the hash schemes beside their scalar twins, one core.</summary>
[MinColumn]
public class HashSchemesKernelBenchmarks
{
    private const int Rows = 4096;
    private const int Depth = 30;

    private readonly ulong[] hashes = new ulong[Rows];
    private readonly ulong[] layers = new ulong[Depth];
    private readonly ulong[] bits = new ulong[Rows];
    private readonly int[] tokens = new int[Rows + 4];
    private readonly int[] residues = new int[Rows];
    private readonly uint[][] words = [new uint[Rows], new uint[Rows], new uint[Rows], new uint[Rows], new uint[Rows], new uint[Rows]];

    [GlobalSetup]
    public void Setup()
    {
        var random = new SeededRandomBits(2);
        for (int i = 0; i < Rows; i++)
            hashes[i] = random.NextUInt64();
        for (int i = 0; i < Depth; i++)
            layers[i] = random.NextUInt64();
        for (int i = 0; i < tokens.Length; i++)
            tokens[i] = (int)random.NextBelow(128_256);
    }

    [Benchmark(OperationsPerInvoke = Rows, Description = "SynthID bits, 30 layers, scalar")]
    public void SynthIdScalar() => SynthIdLayers.BitsScalar(hashes, layers, bits);

    [Benchmark(OperationsPerInvoke = Rows, Description = "SynthID bits, 30 layers, lanes")]
    public void SynthIdLanes() => SynthIdLayers.Bits(hashes, layers, bits);

    [Benchmark(OperationsPerInvoke = Rows, Description = "TextSeal PRF, h 1, scalar")]
    public void TextSealScalar() => TextSealHash.ResiduesScalar(7, new NGramRows(tokens, Rows, 1, 1), residues);

    [Benchmark(OperationsPerInvoke = Rows, Description = "TextSeal PRF, h 1, lanes")]
    public void TextSealLanes() => TextSealHash.Residues(7, new NGramRows(tokens, Rows, 1, 1), residues);

    [Benchmark(OperationsPerInvoke = Rows, Description = "TextSeal PRF, h 4, scalar")]
    public void TextSealWideScalar() => TextSealHash.ResiduesScalar(7, new NGramRows(tokens, Rows, 4, 1), residues);

    [Benchmark(OperationsPerInvoke = Rows, Description = "TextSeal PRF, h 4, lanes")]
    public void TextSealWideLanes() => TextSealHash.Residues(7, new NGramRows(tokens, Rows, 4, 1), residues);

    [Benchmark(OperationsPerInvoke = Rows, Description = "Philox4x32-10, scalar")]
    public void PhiloxScalar() => Philox4x32Blocks.EncryptScalar(words[0], words[1], words[2], words[3], words[4], words[5]);

    [Benchmark(OperationsPerInvoke = Rows, Description = "Philox4x32-10, lanes")]
    public void PhiloxLanes() => Philox4x32Blocks.Encrypt(words[0], words[1], words[2], words[3], words[4], words[5]);
}
