using System.Security.Cryptography;
using System.Text;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes.Kgw;
using Watermark.Schemes.Native;
using Watermark.Schemes.SynthId;
using Watermark.Schemes;
using Watermark.TestKit;

namespace Watermark.Forensics.Tests.Json;

/// <summary>Real findings of every null go through the file and come back the same.</summary>
public sealed class DistillationFindingTests
{
    public static TheoryData<WatermarkScheme, double, int> Schemes => new()
    {
        { new GreenListScheme(), 0.5, 100 },
        { new GreenListScheme(), 0, 0 },
        { new GumbelScheme { ContextWidth = 2 }, 0, 100 },
        { new SynthIdScheme(), 0, 60 },
        { new KgwScheme { Seeding = "selfhash", VocabularySize = 1000 }, 0.5, 60 },
    };

    [Theory]
    [MemberData(nameof(Schemes))]
    public void A_finding_is_read_back_as_it_was_written(WatermarkScheme scheme, double greenFraction, int randomKeys)
    {
        Verdict verdict = Run(scheme, greenFraction, randomKeys, DistinctRule.Coins);

        string text = Examples.Text(verdict);

        Assert.Equal(text, Examples.Text(VerdictJson.Read(Encoding.UTF8.GetBytes(text))));
        Assert.Empty(VerdictComparison.Differences(Encoding.UTF8.GetBytes(text), verdict));
    }

    [Theory]
    [MemberData(nameof(Schemes))]
    public void A_finding_of_a_case_is_read_back_as_it_was_written(WatermarkScheme scheme, double greenFraction, int randomKeys)
    {
        Verdict verdict = Run(scheme, greenFraction, randomKeys, DistinctRule.Coins);

        byte[] bytes = Decimals(verdict);

        Assert.Equal(Encoding.UTF8.GetString(bytes), Encoding.UTF8.GetString(Decimals(VerdictJson.Read(bytes))));
        Assert.Empty(VerdictComparison.Differences(bytes, verdict));
        Assert.NotEmpty(VerdictComparison.Differences(bytes, Verdict.From([.. verdict.Findings.Select(finding => finding with { LogP = finding.LogP - 1e-6 })], null, verdict.Tests)));
    }

    // EnableHWIntrinsic takes all vector instructions; the others take the wider ones.
    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public void The_bytes_of_a_case_are_the_same_without(string instructions) =>
        Assert.Equal(Digest(), ChildProcess.Run(Digest, (instructions, "0")));

    internal static string Digest()
    {
        Verdict[] verdicts =
        [
            Run(new GreenListScheme(), 0, 40, DistinctRule.Coins),
            Run(new GumbelScheme { ContextWidth = 2 }, 0, 40, DistinctRule.Coins),
            Run(new SynthIdScheme(), 0, 40, DistinctRule.Coins),
            Run(new GreenListScheme(), 0.5, 40, DistinctRule.None),
        ];
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Verdict verdict in verdicts)
        {
            // The id of a key of integers has a fresh salt in every process.
            string text = Encoding.UTF8.GetString(Decimals(verdict));
            digest.AppendData(Encoding.UTF8.GetBytes(text.Replace(verdict.Findings[0].Key!.Id, "key", StringComparison.Ordinal)));
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }

    private static byte[] Decimals(Verdict verdict)
    {
        using var stream = new MemoryStream();
        VerdictJson.Write(verdict, stream, NumberStyle.DecimalStrings);
        return stream.ToArray();
    }

    private static Verdict Run(WatermarkScheme scheme, double greenFraction, int randomKeys, DistinctRule rule)
    {
        using WatermarkSecret secret = scheme.DrawSecret(new SeededRandomBits(3));
        using KeyedScheme keyed = scheme.WithKey(secret);
        var looked = new TestCount { Suspects = 2 };
        var test = new DistillationTest(keyed, KeyIdentity.Of(keyed, 2), new DistillationTestOptions { RandomKeys = randomKeys, Tests = looked, DegreeOfParallelism = 1, Details = true });
        Finding suspect = test.Run(new TitledSample("suspect", Text(keyed, 8, greenFraction, 1, rule)), [new TitledSample("control", Text(keyed, 6, 0, 2, rule))]);
        Finding nothing = test.Run(new TitledSample("nothing", Text(keyed, 0, 0, 3, rule)));
        return Verdict.From([suspect, nothing], null, looked);
    }

    private static Sample Text(KeyedScheme scheme, int documents, double greenFraction, ulong seed, DistinctRule rule)
    {
        var builder = new SampleBuilder(new SampleSchema { ContextWidth = scheme.Scheme.ContextWidth, Selection = NGramSelection.Default with { Distinct = rule } });
        var random = new SeededRandomBits(seed, 5);
        for (int i = 0; i < documents; i++)
            builder.AddDocument(greenFraction > 0 ? MarkedText.Draw(scheme, 300, greenFraction, random, 1000) : MarkedText.DrawPlain(300, random, 1000), hasPrompt: true);
        return builder.Build();
    }
}
