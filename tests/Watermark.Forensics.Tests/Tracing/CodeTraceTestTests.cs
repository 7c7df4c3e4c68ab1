using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Forensics.Tracing.Codes;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Coded;
using Watermark.Schemes.Native;

namespace Watermark.Forensics.Tests.Tracing;

public sealed class CodeTraceTestTests
{
    private static readonly CodedGreenListScheme Scheme = new() { Delta = 3, Eta = 2 };
    private static readonly AccountList Accounts = new("accounts.txt", new string('0', 64), [.. Enumerable.Range(0, 300).Select(i => $"account-{i}")]);

    [Fact]
    public void The_account_that_text_was_marked_for_is_found_and_no_other()
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(31));
        using KeyedScheme mark = Scheme.ForAccount(key, "account-7");
        using KeyedScheme keyed = Scheme.WithKey(key);
        CodeTraceResult result = Test(keyed).Run(new TitledSample("guilty", Text(mark, 1)), ["account-7", "account-8"], CancellationToken.None);

        Assert.Equal("account-7", Assert.Single(result.Ranking).Account);
        Assert.Equal(1, result.Discoveries);
        Finding found = result.Findings[0];
        Assert.Equal(Outcome.Support, found.Outcome);
        Assert.Contains("account account-7", found.Sentence, StringComparison.Ordinal);
        Assert.Equal(300, found.Tests.M);
        Assert.Null(found.Fault());
        Assert.Equal(1, found.Panel!.Rank);
        Assert.True(found.Panel.Agrees);
        Assert.True(found.Power.SmallestEffect is > 0 and < 1);
        Assert.True(found.LogE <= -found.LogP);
        Assert.Equal(Outcome.Inconclusive, result.Findings[1].Outcome);
    }

    [Fact]
    public void A_campaign_is_found_by_its_members_together()
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(32));
        using KeyedScheme keyed = Scheme.WithKey(key);
        KeyedScheme[] marks = [.. Accounts.Ids.Take(10).Select(id => Scheme.ForAccount(key, id))];
        var campaign = new Campaign("ten", new string('1', 64), [.. Accounts.Ids.Take(10).Select(id => new CampaignMember(id, 1))]);
        var test = new CodeTraceTest(keyed, AccountList.None, [campaign], new FingerprintOptions());
        Finding found = Assert.Single(test.Run(new TitledSample("guilty", Text(marks, 2)), []).Findings);
        Assert.Equal(Outcome.Support, found.Outcome);
        Assert.Contains("campaign ten", found.Alternative, StringComparison.Ordinal);
        Assert.Contains(found.Inputs, input => input.Role == "campaign");
        Finding innocent = Assert.Single(test.Run(new TitledSample("innocent", Text([], 3)), []).Findings);
        Assert.Equal(Outcome.Inconclusive, innocent.Outcome);
        foreach (KeyedScheme mark in marks)
            mark.Dispose();
    }

    [Fact]
    public void Text_of_no_account_names_none()
    {
        // Marked for no account, and not marked at all: a finding supports with probability at most 1/1000.
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(33));
        using KeyedScheme keyed = Scheme.WithKey(key);
        foreach (Sample text in new[] { Text(keyed, 4), Text([], 5) })
        {
            CodeTraceResult result = Test(keyed).Run(new TitledSample("innocent", text), []);
            Assert.All(result.Findings, finding => Assert.Equal(Outcome.Inconclusive, finding.Outcome));
            Assert.NotEmpty(result.Findings);
        }
    }

    [Fact]
    public void No_text_is_inconclusive()
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(34));
        using KeyedScheme keyed = Scheme.WithKey(key);
        Finding finding = Assert.Single(Test(keyed).Run(new TitledSample("empty", Sample.Empty(new SampleSchema { ContextWidth = 2 })), []).Findings);
        Assert.Equal(Outcome.Inconclusive, finding.Outcome);
        Assert.Equal(0, finding.LogP);
        Assert.Equal(0, finding.LogE, 1e-12);
        Assert.Contains(finding.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.NothingScored);
        Assert.Null(finding.Fault());
    }

    [Fact]
    public void Wrong_designs_are_refused()
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(35));
        using KeyedScheme keyed = Scheme.WithKey(key);
        using KeyedScheme other = new GreenListScheme().WithKey(key);
        Assert.Throws<ArgumentException>(() => Test(other));
        Assert.Throws<ArgumentException>(() => new CodeTraceTest(keyed, Accounts, [], new FingerprintOptions()));
        Assert.Throws<ArgumentException>(() => new CodeTraceTest(keyed, AccountList.None, [], new FingerprintOptions()));
        Assert.Throws<ArgumentException>(() => Test(keyed).Run(new TitledSample("x", Text([], 6)), ["stranger"], default));
    }

    private static CodeTraceTest Test(KeyedScheme keyed) =>
        new(keyed, Accounts, [], new FingerprintOptions { Tests = CodeTraceTest.TestsOf(Accounts, 0, 1) });

    private static Sample Text(KeyedScheme mark, ulong seed) => Text([mark], seed);

    /// <summary>Sixty documents of 250 tokens, each with the mark of one of the schemes, the best of eight tokens at every place.</summary>
    private static Sample Text(KeyedScheme[] marks, ulong seed)
    {
        var random = new SeededRandomBits(seed, 6);
        var builder = new SampleBuilder(new SampleSchema { ContextWidth = 2 });
        int[] candidates = new int[8];
        float[] logits = new float[8];
        for (int document = 0; document < 60; document++)
        {
            int[] ids = new int[250];
            for (int i = 0; i < ids.Length; i++)
            {
                for (int c = 0; c < candidates.Length; c++)
                    (candidates[c], logits[c]) = ((int)random.NextBelow(50_000), (float)random.NextDouble());
                if (marks.Length > 0 && i >= 2)
                    ((ILogitWatermark)marks[document % marks.Length]).BiasLogits(ids.AsSpan(i - 2, 2), candidates, logits);
                ids[i] = candidates[Array.IndexOf(logits, logits.Max())];
            }

            builder.AddDocument(ids, hasPrompt: true);
        }

        return builder.Build();
    }
}
