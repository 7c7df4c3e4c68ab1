using TorchSharp;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Kgw;

namespace Watermark.TorchSharp.Tests;

/// <summary>libtorch itself as the judge of what PyTorch draws on a CPU, for seeds that no golden file knows.</summary>
public sealed class MersenneTwisterOracleTests
{
    private static readonly long[] Seeds = [0, 1, 42, 5489, 15485863, uint.MaxValue, 1L << 32, 9_876_543_210, long.MaxValue, -1, -15485863];

    [Fact]
    public void Permutations_are_those_of_libtorch()
    {
        foreach (long seed in Seeds)
        {
            foreach (int n in (int[])[1, 2, 3, 624, 1000, 32_000, 128_256])
            {
                using torch.Generator generator = new((ulong)seed, torch.CPU);
                using torch.Tensor expected = torch.randperm(n, dtype: torch.int64, generator: generator);
                using var twister = new MersenneTwister(TorchRandom.EffectiveSeed((ulong)seed));
                var permutation = new int[n];
                TorchRandom.Permutation(twister, permutation);
                Assert.Equal(expected.data<long>().ToArray(), permutation.Select(item => (long)item));
            }
        }
    }

    [Fact]
    public void Uniforms_and_integers_are_those_of_libtorch()
    {
        foreach (long seed in Seeds)
        {
            foreach (int n in (int[])[1, 15, 16, 17, 1000, 5000])
            {
                using torch.Generator generator = new((ulong)seed, torch.CPU);
                using torch.Tensor uniforms = torch.rand(n, dtype: torch.float32, generator: generator);
                using torch.Tensor integers = torch.randint(0, 2, n, dtype: torch.int64, generator: generator);
                using var twister = new MersenneTwister(TorchRandom.EffectiveSeed((ulong)seed));
                var numerators = new uint[n];
                TorchRandom.Uniforms(twister, numerators);
                var values = new int[n];
                TorchRandom.Integers(twister, 2, values);
                Assert.Equal(uniforms.data<float>().ToArray(), numerators.Select(numerator => numerator * (1f / (1 << 24))));
                Assert.Equal(integers.data<long>().ToArray(), values.Select(value => (long)value));
            }
        }
    }

    [Fact]
    public void A_list_of_lefthash_is_the_head_of_libtorchs_permutation()
    {
        const int VocabularySize = 50_272;
        const long HashKey = 6_364_136_223_846_793_005;
        var scheme = new KgwScheme { VocabularySize = VocabularySize };
        using IntegerSecret secret = IntegerSecret.Create(scheme.SecretShape, [HashKey]);
        using KeyedScheme keyed = scheme.WithKey(secret);
        var logits = new float[VocabularySize];
        foreach (int context in (int[])[0, 1, 17, 50_271])
        {
            var seed = (ulong)((UInt128)HashKey * (uint)context % ulong.MaxValue);
            using torch.Generator generator = new(seed, torch.CPU);
            using torch.Tensor permutation = torch.randperm(VocabularySize, dtype: torch.int64, generator: generator);
            HashSet<long> green = [.. permutation.data<long>().ToArray().Take(scheme.GreenCount)];
            Array.Clear(logits);
            ((ILogitWatermark)keyed).BiasLogits([context], logits);
            Assert.All(Enumerable.Range(0, VocabularySize), token => Assert.Equal(green.Contains(token) ? 2f : 0f, logits[token]));
        }
    }
}
