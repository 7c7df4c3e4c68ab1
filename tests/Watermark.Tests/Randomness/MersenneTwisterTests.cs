using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Watermark.Randomness;
using Watermark.TestKit;

namespace Watermark.Tests.Randomness;

public sealed class MersenneTwisterTests
{
    [Fact]
    public void The_published_outputs_of_seed_5489_appear()
    {
        using var generator = new MersenneTwister(5489);
        uint[] outputs = [.. Enumerable.Range(0, 10_000).Select(_ => generator.Next())];
        Assert.Equal([3499211612, 581869302, 3890346734, 3586334585, 545404204], outputs[..5]);
        // The C++ standard, [rand.predef], fixes the ten-thousandth.
        Assert.Equal(4123659995u, outputs[^1]);
    }

    [Fact]
    public void Seeding_again_starts_again()
    {
        using var generator = new MersenneTwister(1);
        uint first = generator.Next();
        generator.Seed(1);
        Assert.Equal(first, generator.Next());
    }

    [Fact]
    public void Every_golden_draw_of_PyTorch_is_reproduced()
    {
        int cases = 0;
        foreach (JsonElement item in Golden.Load("torch-random").GetProperty("cases").EnumerateArray())
        {
            ulong seed = ulong.Parse(item.GetProperty("seed").GetString()!, CultureInfo.InvariantCulture);
            using var generator = new MersenneTwister(TorchRandom.EffectiveSeed(seed));
            int n = item.GetProperty("n").GetInt32();
            string function = item.GetProperty("fn").GetString()!;
            JsonElement first = item.GetProperty("first");
            if (function == "rand_float32")
            {
                var numerators = new uint[n];
                TorchRandom.Uniforms(generator, numerators);
                float[] uniforms = [.. numerators.Select(value => value * (1f / (1 << 24)))];
                Assert.Equal(first.EnumerateArray().Select(value => value.GetSingle()), uniforms.Take(first.GetArrayLength()));
                Assert.Equal(item.GetProperty("sha256_float32_le").GetString(), Digest(MemoryMarshal.Cast<float, int>(uniforms)));
            }
            else
            {
                var values = new int[n];
                if (function == "randperm")
                    TorchRandom.Permutation(generator, values);
                else
                    TorchRandom.Integers(generator, 2, values);
                Assert.Equal(first.Ints(), values.Take(first.GetArrayLength()));
                Assert.Equal(item.GetProperty("sha256_int32_le").GetString(), Digest(values));
            }

            cases++;
        }

        Assert.Equal(72, cases);
    }

    internal static string Digest(ReadOnlySpan<int> values)
    {
        var bytes = new byte[values.Length * 4];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * i), values[i]);
        return Convert.ToHexStringLower(SHA256.HashData(bytes));
    }
}
