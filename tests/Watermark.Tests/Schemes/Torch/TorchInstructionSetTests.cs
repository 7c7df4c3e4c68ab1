using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System.Text;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.TestKit;

namespace Watermark.Tests.Schemes.Torch;

/// <summary>The same scores, marks and choices with every set of instructions taken away, in a process of its own.</summary>
public sealed class TorchInstructionSetTests
{
    [Theory]
    [InlineData("DOTNET_EnableAVX512", nameof(Vector512))]
    [InlineData("DOTNET_EnableAVX2", nameof(Vector256))]
    [InlineData("DOTNET_EnableHWIntrinsic", nameof(Vector128))]
    public void Bits_are_the_same_without(string variable, string lost)
    {
        string[] lines = ChildProcess.Run(Report, (variable, "0")).Split('\n');
        Assert.Equal(Report().Split('\n')[0], lines[0]);
        Assert.DoesNotContain(lost, lines[1], StringComparison.Ordinal);
    }

    internal static string Report()
    {
        var text = new StringBuilder();
        var random = new SeededRandomBits(41);
        foreach ((string scheme, string secret) in new (string, string)[]
            {
                ("""{"name":"kgw","seeding":"lefthash","vocabularySize":1000}""", """{"hashKey":123456789123}"""),
                ("""{"name":"kgw","seeding":"ff-additive_prf-2-True","vocabularySize":1000}""", """{"hashKey":123456789123}"""),
                ("""{"name":"maryland","contextWidth":2,"gamma":"1/2","vocabularySize":1500}""", """{"seed":123456789123}"""),
                ("""{"name":"gumbel-torch","contextWidth":1,"vocabularySize":1500}""", """{"seed":123456789123}"""),
            })
        {
            using KeyedScheme keyed = SchemeJson.Keyed(scheme, secret);
            int width = keyed.ContextWidth;
            int[] data = [.. Enumerable.Range(0, (width + 1) * 257).Select(_ => (int)random.NextBelow(random.NextBelow(2) == 0 ? 8UL : 1000UL))];
            var scores = new long[257];
            keyed.ScoreRows(new NGramRows(data, 257, width, 257), scores);
            text.AppendJoin(' ', scores).Append('\n');
            float[] logits = [.. Enumerable.Range(0, 1500).Select(_ => (float)random.NextDouble())];
            if (keyed is ILogitWatermark watermark)
                watermark.BiasLogits(data.AsSpan(0, width), logits);
            else
                text.Append(((ISamplingWatermark)keyed).ChooseCandidate(data.AsSpan(0, width), [.. Enumerable.Range(0, 1500)], logits, 0));
            text.AppendJoin(' ', logits.Select(BitConverter.SingleToInt32Bits)).Append('\n');
        }

        return $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))}\n{Abilities()}";
    }

    private static string Abilities()
    {
        string[] names =
        [
            Vector512.IsHardwareAccelerated ? nameof(Vector512) : string.Empty,
            Vector256.IsHardwareAccelerated ? nameof(Vector256) : string.Empty,
            Vector128.IsHardwareAccelerated ? nameof(Vector128) : string.Empty,
        ];
        return string.Join(' ', names);
    }
}
