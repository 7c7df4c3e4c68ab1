using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Forensics.Relay;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Statistics;
using Watermark.TestKit;

namespace Watermark.Forensics.Tests.Relay;

public sealed class RelayTests
{
    private static readonly DateTimeOffset Released = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly SampleSchema Schema = new() { ContextWidth = 2 };
    private static readonly DistillationTestOptions Options = new() { RandomKeys = 0 };

    [Fact]
    public void Published_tails_are_met()
    {
        var rows = new BinomialNull(Fraction.Quarter);
        Assert.Equal(-29.6904460561, rows.Test(500, 200).LogP, 9);
        Assert.Equal(-26.2892486744, Multiplicity.Bonferroni(rows.Test(500, 200).LogP, 30), 9);
        Assert.Equal(-0.649796, rows.Test(300, 75).LogP, 6);
        Assert.Equal(-30.736826, rows.Test(300, 135).LogP, 6);
        Assert.Equal(-15.454410, NoveltyTest.ForgeryLogP(300, 75, 300, 135), 6);
    }

    [Fact]
    public void A_key_that_is_younger_than_the_suspect_shows_a_relay_and_an_older_one_does_not()
    {
        using KeyedScheme november = Key(11);
        using KeyedScheme may = Key(5);
        Sample forwarded = Text(november, 0.6, 1);
        EpochKey young = new("2026-11", november, KeyIdentity.Of(november, 2), new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));

        Finding relay = RelayTest.Run(young, Released, new TitledSample("endpoint", forwarded), [], Options);
        Finding honest = RelayTest.Run(young, Released, new TitledSample("endpoint", Text(null, 0, 2)), [], Options);
        Finding old = RelayTest.Run(new EpochKey("2026-05", may, KeyIdentity.Of(may, 2), new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero)), Released, new TitledSample("endpoint", Text(may, 0.6, 3)), [], Options);
        Finding undated = RelayTest.Run(young with { InForceFrom = null }, Released, new TitledSample("endpoint", forwarded), [], Options);

        Assert.Equal(Outcome.Support, relay.Outcome);
        Assert.Equal(Questions.Relay, relay.Question);
        Assert.Null(relay.Fault());
        Assert.NotEqual(Outcome.Support, honest.Outcome);
        foreach (Finding blocked in new[] { old, undated })
        {
            Assert.Equal(Outcome.Inconclusive, blocked.Outcome);
            Assert.Contains(blocked.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.KeyNotYounger && diagnostic.Severity == DiagnosticSeverity.Blocking);
        }
    }

    [Fact]
    public void Epochs_whose_keys_show_are_named()
    {
        KeyedScheme[] keys = [Key(1), Key(2), Key(3)];
        var tests = new TestCount { Epochs = 3 };
        Sample sample = Text(keys[1], 0.4, 4);
        Finding[] findings = [.. keys.Select((key, i) => EpochsTest.Run(new EpochKey($"2026-0{i + 1}", key, KeyIdentity.Of(key, 2)), new TitledSample("suspect", sample), [], Options with { Tests = tests }, new RandomKeyScores()))];

        Assert.Equal(["2026-02"], EpochsTest.Harvested(Verdict.From(findings, null, tests), 0.001));
        foreach (KeyedScheme key in keys)
            key.Dispose();
    }

    [Fact]
    public void Marks_in_unserved_contexts_show_live_access_and_learned_or_copied_ones_do_not()
    {
        using KeyedScheme key = Key(7);
        int[][] servedTexts = [.. Enumerable.Range(0, 30).Select(i => MarkedText.Draw(key, 100, 0.7, new SeededRandomBits(100 + (ulong)i), 3_000))];
        ServedContexts served = Log(key, servedTexts);

        Finding live = Novelty(key, served, [.. Enumerable.Range(0, 30).Select(i => MarkedText.Draw(key, 100, 0.7, new SeededRandomBits(500 + (ulong)i), 3_000))]);
        Finding copied = Novelty(key, served, servedTexts);

        // A stealer knows every served context and which token was green there; elsewhere it guesses.
        var stolen = new Dictionary<(int, int), int>();
        foreach (int[] text in servedTexts)
        {
            for (int i = 2; i < text.Length; i++)
                stolen[(text[i - 2], text[i - 1])] = text[i];
        }

        Finding forged = Novelty(key, served, [.. Enumerable.Range(0, 30).Select(i => Forge(stolen, servedTexts, (ulong)i))]);

        Assert.Equal(Outcome.Support, live.Outcome);
        Assert.Null(live.Fault());
        Assert.NotEqual(Outcome.Support, copied.Outcome);
        Assert.NotEqual(Outcome.Support, forged.Outcome);
        Assert.True(forged.LogP > Math.Log(1e-4), $"{forged.LogP}");
        Assert.True(Row(forged, "served").LogP < -20, $"{Row(forged, "served").LogP}");
        Assert.True(Row(forged, "forgery").LogP < -10, $"{Row(forged, "forgery").LogP}");
        Assert.True(Row(live, "forgery").LogP > Math.Log(1e-3));

        static SensitivityRow Row(Finding finding, string name) => finding.Details!.Sensitivity.Single(row => row.Name == name);
    }

    [Fact]
    public void A_log_with_gaps_blocks_and_another_key_is_refused()
    {
        using KeyedScheme key = Key(7);
        using KeyedScheme other = Key(8);
        int[][] texts = [MarkedText.Draw(key, 400, 0.7, new SeededRandomBits(1), 3_000)];
        Finding broken = Novelty(key, Log(key, [MarkedText.DrawPlain(50, new SeededRandomBits(2), 3_000)], isTorn: true), texts);

        Assert.Equal(Outcome.Inconclusive, broken.Outcome);
        Assert.Contains(broken.Diagnostics, diagnostic => diagnostic is { Code: DiagnosticCodes.LogCoverage, Severity: DiagnosticSeverity.Blocking });
        Assert.Contains("The log is of key", Assert.Throws<ArgumentException>(() => Novelty(key, Log(other, texts), texts)).Message, StringComparison.Ordinal);
        using var secret = WatermarkKey.Draw(new SeededRandomBits(7));
        using KeyedScheme narrow = new GreenListScheme { ContextWidth = 1 }.WithKey(secret);
        Assert.Throws<ArgumentException>(() => NoveltyTest.Run(narrow, KeyIdentity.Of(narrow, 2), Log(key, texts), new TitledSample("s", Build(texts)), new FingerprintOptions()));
    }

    private static Finding Novelty(KeyedScheme key, ServedContexts served, int[][] texts) => NoveltyTest.Run(key, KeyIdentity.Of(key, 2), served, new TitledSample("text", Build(texts)), new FingerprintOptions());

    private static int[] Forge(Dictionary<(int, int), int> stolen, int[][] served, ulong seed)
    {
        var random = new SeededRandomBits(900 + seed);
        var text = new List<int>([served[(int)random.NextBelow(30)][0], served[(int)random.NextBelow(30)][1]]);
        while (text.Count < 100)
        {
            if (stolen.TryGetValue((text[^2], text[^1]), out int green) && random.NextBelow(10) < 8)
                text.Add(green);
            else if (random.NextBelow(2) == 0)
                text.AddRange(served[(int)random.NextBelow(30)].AsSpan((int)random.NextBelow(90), 3).ToArray());
            else
                text.Add((int)random.NextBelow(3_000));
        }

        return [.. text];
    }

    private static ServedContexts Log(KeyedScheme key, int[][] texts, bool isTorn = false)
    {
        var stream = new MemoryStream();
        using (ServedContextsLog log = ServedContextsLog.Open(stream, new ServedContextsHeader("2026-11", key.KeyId, 2, string.Empty)))
        {
            foreach (int[] text in texts)
                log.Add(text, 0);
        }

        byte[] bytes = stream.ToArray();
        return ServedContexts.Read([new MemoryStream(isTorn ? bytes[..^1] : bytes)]);
    }

    private static KeyedScheme Key(ulong seed)
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(seed, 77));
        return new GreenListScheme().WithKey(key);
    }

    private static Sample Text(KeyedScheme? key, double green, ulong seed)
    {
        var random = new SeededRandomBits(seed, 5);
        return Build([.. Enumerable.Range(0, 10).Select(_ => key is null ? MarkedText.DrawPlain(100, random) : MarkedText.Draw(key, 100, green, random))]);
    }

    private static Sample Build(int[][] texts)
    {
        var builder = new SampleBuilder(Schema);
        foreach (int[] text in texts)
            builder.AddDocument(text, hasPrompt: true);
        return builder.Build();
    }
}
