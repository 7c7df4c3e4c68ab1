using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System.Text;
using System.Runtime.InteropServices;
using Watermark.Embedding;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Serving;
using Watermark.TestKit;

namespace Watermark.Tests;

/// <summary>One digest of scores, biased logits and sampled sequences, in processes that lack instructions.</summary>
public sealed class InstructionSetTests
{
    private static readonly string Here = Digest();

    // EnableAES and EnableArm64Aes name the AES instructions of the two architectures; EnableHWIntrinsic takes all.
    [Theory]
    [InlineData("DOTNET_EnableAVX512", nameof(Vector512))]
    [InlineData("DOTNET_EnableAVX2", nameof(Vector256))]
    [InlineData("DOTNET_EnableAES", "X86")]
    [InlineData("DOTNET_EnableArm64Aes", "Arm")]
    [InlineData("DOTNET_EnableHWIntrinsic", nameof(Vector128))]
    [InlineData("DOTNET_EnableHWIntrinsic", "X86")]
    public void Bits_are_the_same_without(string variable, string lost)
    {
        string[] lines = ChildProcess.Run(Report, (variable, "0")).Split('\n');
        Assert.Equal(Here, lines[0]);
        Assert.DoesNotContain(lost, lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_child_has_what_this_process_has()
    {
        Assert.Equal(Report(), ChildProcess.Run(Report));
    }

    [Fact]
    public void A_failing_child_is_reported()
    {
        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => ChildProcess.Run(Fail));
        Assert.Contains("on purpose", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ChildProcess.Run(() => "lambda"));
    }

    internal static string Report() => $"{Digest()}\n{Abilities()}";

    internal static string Fail() => throw new NotSupportedException("failed on purpose");

    private static string Abilities()
    {
        List<string> abilities = [];
        if (Vector512.IsHardwareAccelerated)
            abilities.Add(nameof(Vector512));
        if (Vector256.IsHardwareAccelerated)
            abilities.Add(nameof(Vector256));
        if (Vector128.IsHardwareAccelerated)
            abilities.Add(nameof(Vector128));
        abilities.Add($"AES by {AesPaths.Best}");
        return string.Join(' ', abilities);
    }

    private static string Digest()
    {
        var text = new StringBuilder();
        using var key = WatermarkKey.Draw(new SeededRandomBits(31));
        var random = new SeededRandomBits(32);
        for (int width = 0; width <= 8; width++)
        {
            var data = new int[(width + 1) * 257];
            for (int i = 0; i < data.Length; i++)
                data[i] = (int)random.NextBelow(128_256);
            var logits = new float[1_003];
            for (int v = 0; v < logits.Length; v++)
                logits[v] = (float)(6 * random.NextDouble());
            foreach (WatermarkScheme scheme in new WatermarkScheme[] { new GreenListScheme { ContextWidth = width }, new GumbelScheme { ContextWidth = width } })
            {
                using KeyedScheme keyed = scheme.WithKey(key);
                text.Append(keyed.SumScores(new NGramRows(data, 257, width, 257))).Append(' ');
                if (keyed is ILogitWatermark watermark)
                {
                    float[] biased = [.. logits];
                    watermark.BiasLogits(data.AsSpan(0, width), biased);
                    text.AppendLine(Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes<float>(biased))));
                }

                foreach (SamplerOptions options in new SamplerOptions[] { new() { Seed = 1 }, new() { Seed = 2, TopK = 20, Temperature = 0.8 }, new() { Seed = 3, TopP = 0.9 } })
                {
                    var session = new WatermarkSession(keyed);
                    session.Prime(data.AsSpan(0, 20));
                    var sampler = new TokenSampler(options);
                    for (int i = 0; i < 30; i++)
                        text.Append(sampler.Sample(session, logits)).Append(' ');
                }
            }
        }

        text.Append(SelfCheck.NativeBits());
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
