using System.Runtime.Intrinsics;
using Watermark.Randomness;

namespace Watermark.Tests.Randomness;

/// <summary>Every vector form against the plain one: all widths, whether the hardware has them or not.</summary>
public sealed class PermutationKernelTests
{
    [Fact]
    public void Words_of_one_generator_agree_at_every_length_and_width()
    {
        var expected = new uint[2000];
        using var generator = new MersenneTwister(77);
        foreach (ref uint word in expected.AsSpan())
            word = generator.Next();
        for (int length = 0; length <= 257; length++)
            Check(length);
        foreach (int length in (ReadOnlySpan<int>)[396, 397, 623, 624, 625, 1247, 1248, 1249, 2000])
            Check(length);

        void Check(int length)
        {
            // An offset into the buffer, and a guard behind it.
            var words = new uint[length + 4];
            foreach (Action<uint, Memory<uint>> fill in Fills)
            {
                Array.Fill(words, 7u);
                fill(77, words.AsMemory(3, length));
                Assert.Equal(expected[..length], words[3..^1]);
                Assert.Equal([7u, 7u, 7u, 7u], [.. words[..3], words[^1]]);
            }
        }
    }

    [Fact]
    public void Partners_of_a_shuffle_agree_at_every_length_and_width()
    {
        for (int length = 1; length <= 257; length++)
            Check(258, length);
        Check(2, 1);
        Check(1000, 999);
        Check(32_000, 8000);
        Check(128_256, 32_064);

        static void Check(int count, int length)
        {
            using var generator = new MersenneTwister(3);
            uint[] expected = [.. Enumerable.Range(0, length).Select(i => (uint)i + (generator.Next() % (uint)(count - i)))];
            var partners = new uint[length];
            MersenneStream.FillPartners<Lanes128, Vector128<uint>>(3, count, partners);
            Assert.Equal(expected, partners);
            MersenneStream.FillPartners<Lanes256, Vector256<uint>>(3, count, partners);
            Assert.Equal(expected, partners);
            MersenneStream.FillPartners<Lanes512, Vector512<uint>>(3, count, partners);
            Assert.Equal(expected, partners);
        }
    }

    [Fact]
    public void Vector_remainders_are_exact()
    {
        // The quotient's error is largest just below and at multiples of the divisor, and for the largest words.
        uint[] divisors = [2, 3, 4, 5, 7, 641, 1000, 31_999, 32_000, 65_535, 65_536, 65_537, 128_255, 128_256, 1_000_003, 4_194_303, 0x7FFFFFFF];
        Span<uint> lanes = stackalloc uint[8];
        var random = new SeededRandomBits(1);
        foreach (uint divisor in divisors)
        {
            for (int i = 0; i < 2000; i++)
            {
                uint multiple = (uint)(random.NextBelow((1UL << 32) / divisor) * divisor);
                uint[] words = [multiple, multiple - 1, multiple + 1, uint.MaxValue - (uint)i, (uint)i, (uint)random.NextUInt64(), multiple + divisor - 1, uint.MaxValue - (uint.MaxValue % divisor)];
                Vector256<uint> remainders = MersenneLanes<Lanes256, Vector256<uint>>.Remainder(
                    Vector256.Create(words), Vector256.Create(divisor), Vector256.Create((uint)((1UL << 32) / divisor)));
                remainders.CopyTo(lanes);
                Assert.Equal(words.Select(word => word % divisor), lanes.ToArray());
                MersenneLanes<Lanes256, Vector256<uint>>.RemainderUniform(
                    Vector256.Create(words), Vector256.Create(divisor), Vector256.Create((uint)((1UL << 32) / divisor))).CopyTo(lanes);
                Assert.Equal(words.Select(word => word % divisor), lanes.ToArray());
            }
        }
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(20, 5)]
    [InlineData(257, 256)]
    [InlineData(1000, 226)]
    [InlineData(1000, 227)]
    [InlineData(1000, 228)]
    [InlineData(1000, 623)]
    [InlineData(1000, 624)]
    [InlineData(1000, 625)]
    [InlineData(3000, 2999)]
    public void Following_marking_and_the_permutation_agree(int count, int prefix)
    {
        var permutation = new int[count];
        var green = new byte[count];
        var scratch = new uint[prefix];
        for (uint seed = 0; seed < 24; seed++)
        {
            using var generator = new MersenneTwister(seed);
            TorchRandom.Permutation(generator, permutation);
            HashSet<int> expected = [.. permutation[..prefix]];
            PermutationPrefix.Mark(seed, prefix, green, scratch);
            for (int item = 0; item < count; item++)
                Assert.Equal(expected.Contains(item), green[item] == byte.MaxValue);
            for (int item = 0; item < count; item += 1 + (count / 40))
            {
                generator.Seed(seed);
                Assert.Equal(expected.Contains(item), PermutationPrefix.Contains(generator, item, count, prefix));
            }
        }

        CheckLanes<Lanes128, Vector128<uint>>(count, prefix);
        CheckLanes<Lanes256, Vector256<uint>>(count, prefix);
        CheckLanes<Lanes512, Vector512<uint>>(count, prefix);
    }

    [Fact]
    public void A_word_at_any_place_agrees_at_every_width()
    {
        CheckWords<Lanes128, Vector128<uint>>();
        CheckWords<Lanes256, Vector256<uint>>();
        CheckWords<Lanes512, Vector512<uint>>();

        static void CheckWords<TLanes, TVector>()
            where TLanes : struct, ILanes<TVector>
            where TVector : struct
        {
            var state = new uint[MersenneLanes<TLanes, TVector>.StateLength];
            var words = new uint[TLanes.Count];
            int[] places = [0, 1, 226, 227, 228, 396, 397, 622, 623, 624, 625, 1247, 1248, 3000, 257, 31_999];
            for (int shift = 0; shift < 16; shift++)
            {
                uint[] seeds = [.. Enumerable.Range(0, TLanes.Count).Select(lane => (uint)(lane * 7919) + (uint)shift)];
                int[] indices = [.. Enumerable.Range(0, TLanes.Count).Select(lane => places[(lane + shift) % 16])];
                UniformLanes<TLanes, TVector>.WordsAt(state, seeds, indices, words);
                for (int lane = 0; lane < TLanes.Count; lane++)
                {
                    using var generator = new MersenneTwister(seeds[lane]);
                    for (int i = 0; i < indices[lane]; i++)
                        generator.Next();
                    Assert.Equal(generator.Next(), words[lane]);
                }
            }
        }
    }

    private static readonly Action<uint, Memory<uint>>[] Fills =
    [
        (seed, words) => MersenneStream.Fill(seed, words.Span),
        (seed, words) => MersenneStream.Fill<Lanes128, Vector128<uint>>(seed, words.Span),
        (seed, words) => MersenneStream.Fill<Lanes256, Vector256<uint>>(seed, words.Span),
        (seed, words) => MersenneStream.Fill<Lanes512, Vector512<uint>>(seed, words.Span),
    ];

    private static void CheckLanes<TLanes, TVector>(int count, int prefix)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        var random = new SeededRandomBits((ulong)count, (ulong)prefix);
        var state = new uint[MersenneLanes<TLanes, TVector>.StateLength];
        int lanes = TLanes.Count;
        for (int round = 0; round < 20; round++)
        {
            uint[] seeds = [.. Enumerable.Range(0, lanes).Select(_ => (uint)random.NextUInt64())];
            // Ids outside the items, also negative ones, are never among the first.
            int[] items = [.. Enumerable.Range(0, 4 * lanes).Select(_ => (int)random.NextBelow((ulong)count + 3) - 1)];
            bool[] expected = [.. items.Select((item, i) => PermutationPrefix.Contains(new MersenneTwister(seeds[i % lanes]), item, count, prefix))];
            var hits = new uint[4 * lanes];
            PermutationLanes<TLanes, TVector>.FollowFour(state, seeds, [.. items.Select(item => (uint)item)], count, prefix, hits);
            Assert.Equal(expected.Select(hit => hit ? uint.MaxValue : 0), hits);
            PermutationLanes<TLanes, TVector>.FollowOne(state, seeds, [.. items[..lanes].Select(item => (uint)item)], count, prefix, hits);
            Assert.Equal(expected[..lanes].Select(hit => hit ? uint.MaxValue : 0), hits[..lanes]);
        }
    }
}
