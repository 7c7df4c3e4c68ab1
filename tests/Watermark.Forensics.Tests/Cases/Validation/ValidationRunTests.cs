using Watermark.Forensics.Cases.Validation;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Scoring;
using Watermark.TestKit;

namespace Watermark.Forensics.Tests.Cases.Validation;

public sealed class ValidationRunTests
{
    internal static readonly DistillationTestOptions Options = new() { RandomKeys = 100, DegreeOfParallelism = 2, Seed = 5, ToolVersion = "1.0.0" };

    [Fact]
    public void Planted_marks_are_found_as_often_as_stated()
    {
        // 3,000 rows; a share of 0.1 raises the green fraction by 0.075, 9.5 null deviations, and one of 0.04 by 0.03: 3.8.
        ProcedureValidation validation = Measure(new ValidationOptions { Runs = 40, SpikedRuns = 40, Spikes = [0.04, 0.1], Test = Options }, corpora: 2);

        Assert.Equal((40, 0), (validation.Runs, validation.FalsePositives));
        Assert.Equal([0.04, 0.1], validation.Spikes.Select(spike => spike.Share));
        Assert.All(validation.Spikes, spike => Assert.Equal(40, spike.Runs));
        SpikeResult weak = validation.Spikes[0];
        SpikeResult strong = validation.Spikes[1];
        Assert.InRange(weak.StatedPower, 0.1, 0.8);
        // Four standard errors of 40 runs, at most 0.5/√40 each.
        Assert.InRange(weak.Supported / 40.0, weak.StatedPower - 0.32, weak.StatedPower + 0.32);
        Assert.True(strong.StatedPower > 0.999);
        Assert.Equal(40, strong.Supported);
    }

    [Fact]
    public void A_planted_row_is_green_and_keeps_context_document_and_prompts()
    {
        using KeyedScheme key = Key(new GreenListScheme());
        Sample sample = Corpus(1).Sample;

        GreenSpike whole = GreenSpike.Plant(sample, key, 1, new SeededRandomBits(3));
        GreenSpike tenth = GreenSpike.Plant(sample, key, 0.1, new SeededRandomBits(3));

        SampleScore score = Scorer.Score(whole.Sample, key);
        Assert.Equal(score.Rows, score.Total);
        Assert.Equal(0.75, whole.Excess, 1e-12);
        Assert.Equal(0.075, tenth.Excess, 1e-12);
        Assert.Equal(sample.Documents, whole.Sample.Documents);
        Assert.Equal(sample.Prompts.Count, whole.Sample.Prompts.Count);
        Assert.Equal(sample.RowDocuments.ToArray().Distinct().Order(), tenth.Sample.RowDocuments.ToArray().Distinct().Order());
        int changed = sample.Rows.Count - Rows(sample).Intersect(Rows(tenth.Sample)).Count();
        // 3,000 rows of 0.1: 300 ± 16; a quarter of the chosen is never the same token again.
        Assert.InRange(changed, 220, 380);
    }

    [Fact]
    public void Scores_of_many_values_are_planted_too()
    {
        using KeyedScheme key = Key(new GumbelScheme());
        Sample sample = Corpus(1).Sample;

        GreenSpike spike = GreenSpike.Plant(sample, key, 1, new SeededRandomBits(3));

        // The largest of 64 exponential scores has the mean 1 + 1/2 + … + 1/64 = 4.744 and the deviation 1.28.
        Assert.InRange(spike.Excess, 3.744 - 0.12, 3.744 + 0.12);
    }

    [Fact]
    public void A_procedure_that_accuses_everybody_is_measured_as_such()
    {
        using KeyedScheme key = Key(new GreenListScheme());
        TitledSample text = Corpus(1);
        Finding guilty = Test(key, text) with { LogE = 20, LogP = -20 };
        var run = new ValidationRun(key, new ValidationOptions { Runs = 10, Spikes = [], Test = Options }, (_, _, _) => guilty);
        run.Add(text);

        ProcedureValidation validation = run.Finish();

        Assert.Equal((10, 10, 10, 10), (validation.Runs, validation.FalsePositives, validation.AtMostOnePercent, validation.AtMostOnePerMille));
        Assert.Equal(1, validation.UpperBound);
        Assert.Equal(1, validation.Distance, 1e-8);
    }

    [Fact]
    public void Every_run_has_a_key_of_its_own_and_repeats()
    {
        using KeyedScheme key = Key(new GreenListScheme());
        var ids = new List<string>();
        var run = new ValidationRun(key, new ValidationOptions { Runs = 7, Spikes = [0.5], SpikedRuns = 3, Test = Options }, (secret, text, _) =>
        {
            using KeyedScheme? drawn = secret is null ? null : key.Scheme.WithKey(secret);
            ids.Add((drawn ?? key).KeyId);
            return Test(drawn ?? key, text);
        });
        run.Add(Corpus(1));
        run.Add(Corpus(2));
        ProcedureValidation validation = run.Finish();

        Assert.Equal([4, 3], validation.Corpora.Select(corpus => corpus.Runs));
        Assert.Equal(6, validation.Keys);
        // The owner's key on both corpora, then planted in both, and one more.
        Assert.Equal(6, ids.Distinct().Count());
        Assert.Equal(4, ids.Count(id => id == key.KeyId));
        Assert.Equal(3, validation.Spikes[0].Runs);
        Assert.Equal(Bytes(Measure(new ValidationOptions { Runs = 5, SpikedRuns = 2, Test = Options }, 2)), Bytes(Measure(new ValidationOptions { Runs = 5, SpikedRuns = 2, Test = Options }, 2)));
    }

    [Fact]
    public void What_cannot_be_judged_is_left_out_with_its_reason()
    {
        using KeyedScheme key = Key(new GreenListScheme());
        var run = new ValidationRun(key, new ValidationOptions { Runs = 4, Spikes = [], Test = Options }, (secret, text, _) => Test(key, text));
        run.Add(Corpus(1));
        run.Add(new TitledSample("twin", Corpus(1).Sample));
        run.Add(new TitledSample("empty", Sample.Empty(new SampleSchema { ContextWidth = 2 })));
        run.Add(new TitledSample("other", Corpus(3, new NGramSelection { Distinct = DistinctRule.Contexts }).Sample));
        run.LeaveOut("broken", "It is no text.");

        ProcedureValidation validation = run.Finish();

        Assert.Equal(["twin", "empty", "other", "broken"], validation.LeftOut.Select(corpus => corpus.Name));
        Assert.Equal("It holds the same text as corpus 1.", validation.LeftOut[0].Reason);
        Assert.Contains("[nothing-scored]", validation.LeftOut[1].Reason, StringComparison.Ordinal);
        Assert.Contains("in another way than corpus 1: its statistic is", validation.LeftOut[2].Reason, StringComparison.Ordinal);
        Assert.Single(validation.Corpora);
        Assert.Equal(4, validation.Runs);
    }

    [Fact]
    public void Without_a_corpus_there_are_no_rates()
    {
        using KeyedScheme key = Key(new GreenListScheme());
        var run = new ValidationRun(key, new ValidationOptions { Test = Options }, (_, text, _) => Test(key, text));
        Assert.Equal("No corpus was given; at least one was expected.", Assert.Throws<InputFormatException>(() => run.Finish()).Message);
        run.LeaveOut("a.txt", "It is no text.");
        Assert.Equal("No corpus could be judged; a.txt: It is no text.", Assert.Throws<InputFormatException>(() => run.Finish()).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ValidationOptions { Spikes = [0] }.Validate());
        Assert.Throws<ArgumentOutOfRangeException>(() => new ValidationOptions { Runs = 0 }.Validate());
    }

    [Theory]
    [InlineData(new[] { 0.5 }, 0.5)]
    [InlineData(new[] { 0.25, 0.75 }, 0.25)]
    [InlineData(new[] { 0.1, 0.2, 0.3 }, 0.7)]
    public void The_distance_is_that_of_Kolmogorov_and_Smirnov(double[] sorted, double expected) =>
        Assert.Equal(expected, ValidationRun.Distance(sorted), 1e-15);

    /// <summary>Measures the distillation test of a green list on plain text.</summary>
    internal static ProcedureValidation Measure(ValidationOptions options, int corpora)
    {
        using KeyedScheme key = Key(new GreenListScheme());
        var known = new RandomKeyScores();
        var run = new ValidationRun(key, options, (secret, text, _) =>
        {
            using KeyedScheme? drawn = secret is null ? null : key.Scheme.WithKey(secret);
            return Test(drawn ?? key, text, known);
        });
        for (int i = 1; i <= corpora; i++)
            run.Add(Corpus((ulong)i));
        return run.Finish();
    }

    internal static byte[] Bytes(ProcedureValidation validation)
    {
        using var stream = new MemoryStream();
        validation.Write(stream);
        return stream.ToArray();
    }

    private static Finding Test(KeyedScheme key, TitledSample text, RandomKeyScores? known = null) =>
        new DistillationTest(key, KeyIdentity.Of(key, 2), Options, null, known).Run(text);

    private static KeyedScheme Key(WatermarkScheme scheme)
    {
        using WatermarkSecret secret = scheme.DrawSecret(new SeededRandomBits(9, 1));
        return scheme.WithKey(secret);
    }

    private static TitledSample Corpus(ulong seed, NGramSelection? selection = null)
    {
        var builder = new SampleBuilder(new SampleSchema { ContextWidth = 2, Selection = selection ?? NGramSelection.Default });
        var random = new SeededRandomBits(seed, 17);
        for (int i = 0; i < 10; i++)
            builder.AddDocument(MarkedText.DrawPlain(302, random), [[i + 1_000_000, 7, 8]]);
        return new TitledSample($"corpus {seed}", builder.Build());
    }

    private static HashSet<(int, int, int)> Rows(Sample sample)
    {
        var rows = new HashSet<(int, int, int)>();
        Span<int> row = stackalloc int[3];
        for (int i = 0; i < sample.RowCount; i++)
        {
            sample.Rows.CopyRow(i, row);
            rows.Add((row[0], row[1], row[2]));
        }

        return rows;
    }
}
