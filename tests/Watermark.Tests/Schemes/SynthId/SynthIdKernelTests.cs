using System.Runtime.Intrinsics.X86;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes.SynthId;

namespace Watermark.Tests.Schemes.SynthId;

public sealed class SynthIdKernelTests
{
    [Fact]
    public void Twelve_plain_rounds_give_the_scalar_kernels_bits()
    {
        var random = new SeededRandomBits(11);
        for (int i = 0; i < 2000; i++)
        {
            ulong hash = random.NextUInt64();
            long key = (long)random.NextUInt64();
            long x = (long)SynthIdHash.Fold(hash, key);
            for (int round = 0; round < 12; round++)
                x = (long)SynthIdHash.Fold((ulong)x, 1) >> 5;
            ulong[] bits = new ulong[1];
            SynthIdLayers.BitsScalar([hash], [SynthIdLayers.Constant(key)], bits);
            Assert.Equal((ulong)(x >> 30 & 1), bits[0]);
        }
    }

    [Fact]
    public void The_vector_kernels_agree_with_the_scalar_twin_for_every_length_and_offset()
    {
        var random = new SeededRandomBits(12);
        ulong[] hashes = [.. Enumerable.Range(0, 264).Select(_ => random.NextUInt64())];
        foreach (int depth in new[] { 1, 3, 30, 63, 64 })
        {
            ulong[] layers = [.. Enumerable.Range(0, depth).Select(_ => random.NextUInt64())];
            var expected = new ulong[hashes.Length];
            SynthIdLayers.BitsScalar(hashes, layers, expected);
            for (int length = depth == 3 ? 0 : 255; length <= 257; length++)
            {
                int offset = length % 7;
                var bits = new ulong[length];
                SynthIdLayers.Bits(hashes.AsSpan(offset, length), layers, bits);
                Assert.Equal(expected[offset..(offset + length)], bits);
                int done = SynthIdLayersVector512.Bits(hashes.AsSpan(offset, length), layers, bits);
                Assert.Equal(length / 32 * 32, done);
                Assert.Equal(expected[offset..(offset + length)], bits);
                if (Avx2.IsSupported)
                {
                    bits.AsSpan().Clear();
                    done = SynthIdLayersAvx2.Bits(hashes.AsSpan(offset, length), layers, bits);
                    Assert.Equal(length / 16 * 16, done);
                    Assert.Equal(expected.AsSpan(offset, done), bits.AsSpan(0, done));
                }
            }
        }
    }

    [Fact]
    public void The_folds_in_lanes_agree_with_the_scalar_twin_for_every_length_width_and_offset()
    {
        var random = new SeededRandomBits(13);
        int[] data = [.. Enumerable.Range(0, 6 * 280).Select(i => i % 40 == 0 ? -1 : (int)random.NextUInt64())];
        for (int length = 0; length <= 257; length++)
        {
            var rows = new NGramRows(data.AsSpan(length % 5), length, length % 6, length % 2 == 0 ? 270 : 1);
            var expected = new ulong[length];
            var actual = new ulong[length];
            SynthIdHash.RowsScalar(77, rows, expected);
            SynthIdHash.Rows(77, rows, actual);
            Assert.Equal(expected, actual);
        }
    }
}
