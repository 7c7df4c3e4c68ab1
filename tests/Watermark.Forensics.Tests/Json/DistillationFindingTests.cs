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

    [Fact]
    public void A_finding_that_random_keys_decide_is_read_back_as_it_was_written()
    {
        Verdict verdict = Run(new GreenListScheme(), 0.5, 60, DistinctRule.None);

        string text = Examples.Text(verdict);

        Assert.Equal(Measurement.RandomKeysNull, verdict.Findings[0].NullName);
        Assert.Equal(text, Examples.Text(VerdictJson.Read(Encoding.UTF8.GetBytes(text))));
    }

    [Fact]
    public void Power_and_effect_have_one_unit_where_a_row_has_many_bits()
    {
        Finding finding = Run(new SynthIdScheme(), 0, 0, DistinctRule.Coins).Findings[0];

        Assert.Equal(0.5, finding.Effect.NullValue);
        Assert.Equal(0.02 * Math.Sqrt(30 * 0.25) / 30, finding.Power.EffectOfInterest, 12);
        Assert.InRange(finding.Power.SmallestEffect, 0.001, 0.1);
    }

    private static Verdict Run(WatermarkScheme scheme, double greenFraction, int randomKeys, DistinctRule rule)
    {
        using WatermarkSecret secret = scheme.DrawSecret(new SeededRandomBits(3));
        using KeyedScheme keyed = scheme.WithKey(secret);
        var looked = new TestCount { Suspects = 2 };
        var test = new DistillationTest(keyed, KeyIdentity.Of(keyed, 2), new DistillationTestOptions { RandomKeys = randomKeys, Tests = looked, DegreeOfParallelism = 1 });
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
