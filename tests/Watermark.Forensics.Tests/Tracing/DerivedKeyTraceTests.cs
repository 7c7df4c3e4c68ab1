using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Tracing.DerivedKeys;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Scoring;
using Watermark.TestKit;

namespace Watermark.Forensics.Tests.Tracing;

public sealed class DerivedKeyTraceTests
{
    private static readonly string[] Accounts = [.. Enumerable.Range(0, 600).Select(i => $"account-{i:D3}")];

    [Fact]
    public void The_account_whose_key_marked_the_text_is_first_and_its_finding_counts_all()
    {
        using WatermarkKey master = WatermarkKey.Draw(new SeededRandomBits(3));
        var scheme = new GreenListScheme();
        using WatermarkKey derived = master.ForAccount("account-417");
        using KeyedScheme keyed = scheme.WithKey(derived);
        Sample sample = Build(MarkedText.Draw(keyed, 2_000, 0.36, new SeededRandomBits(5)));

        IReadOnlyList<RankedKey> ranking = DerivedKeyTrace.Rank(scheme, master, Accounts, sample, threads: 2);

        Assert.Equal(600, ranking.Count);
        Assert.Equal("account-417", ranking[0].Account);
        SampleScore own = Scorer.Score(sample, keyed);
        Assert.Equal(own.TheoryNull(scheme).Test(own.Total).LogP, ranking[0].LogP, 12);
        Assert.Equal(ranking[0].LogP + Math.Log(600), ranking[0].LogPHolm, 9);
        Finding finding = DerivedKeyTrace.Find("account-417", keyed, KeyIdentity.Of(keyed, 2), new TitledSample("suspect", sample), new DistillationTestOptions { RandomKeys = 0, Tests = new TestCount { Accounts = 600 } });
        Assert.Equal(Outcome.Support, finding.Outcome);
        Assert.Equal(Questions.Trace, finding.Question);
        Assert.Equal(600, finding.Tests.M);
        Assert.Throws<ArgumentException>(() => DerivedKeyTrace.Rank(scheme, master, ["a", "a"], sample, 1));
    }

    [Fact]
    public void No_account_stands_out_in_text_of_others()
    {
        // 20 texts: Holm at 1 % names anybody in a text with a probability of at most .01, so in two of the 20 with one of .017.
        using WatermarkKey master = WatermarkKey.Draw(new SeededRandomBits(4));
        int named = Enumerable.Range(0, 20).Count(i => DerivedKeyTrace.Rank(new GreenListScheme(), master, Accounts, Build(MarkedText.DrawPlain(500, new SeededRandomBits(50 + (ulong)i))), 2)[0].LogPHolm <= Math.Log(0.01));
        Assert.InRange(named, 0, 2);
    }

    private static Sample Build(int[] text)
    {
        var builder = new SampleBuilder(new SampleSchema { ContextWidth = 2 });
        builder.AddDocument(text, hasPrompt: true);
        return builder.Build();
    }
}
