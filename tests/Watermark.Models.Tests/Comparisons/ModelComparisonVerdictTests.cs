using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Keys;
using Watermark.Models.Comparisons;
using Watermark.Models.Reading;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Scoring;
using Watermark.TestKit;

namespace Watermark.Models.Tests.Comparisons;

/// <summary>Findings and p-values of comparisons: uniform for suspects that know nothing of the key, tiny for one that learnt the mark.</summary>
public sealed class ModelComparisonVerdictTests
{
    private const int Vocabulary = 30;
    private const double Delta = 2;

    private static readonly SampleSchema Schema = new() { ContextWidth = 1 };
    private static readonly LikelihoodRule Rule = new() { Delta = Delta };
    private static readonly TableModel Owner = new(Vocabulary, seed: 5);

    [Fact]
    public void A_student_of_the_mark_is_seen_from_its_probabilities_and_from_its_text_and_not_under_another_key()
    {
        using KeyedScheme mark = Scheme(1);
        using KeyedScheme other = Scheme(2);
        var random = new SeededRandomBits(3);
        var student = new TableModel(Vocabulary, seed: 5) { Bias = Marking(mark, 0.4 * Delta) };
        int[][] texts = [.. Enumerable.Range(0, 20).Select(i => Owner.Write(i, 32, random))];
        ModelComparison read = ModelComparer.Read(student, Owner, texts, TextOrigin.Unmarked, Schema, new ReadingOptions { RowLength = 32, Predictions = 12 });
        (int[], int[])[] replies = [.. Enumerable.Range(0, 60).Select(i => (Array.Empty<int>(), student.Write(i % Vocabulary, 64, random)))];
        ModelComparison counted = ModelComparer.Count(Owner, replies, TextOrigin.Unmarked, Schema, candidates: 12);

        // The rows' colours are fixed by the key; under another they are coins, and 1e-4 is exceeded by two in 10,000 runs.
        ContextFrequencies learnt = Frequencies(texts, TextOrigin.Unmarked);
        foreach ((ModelComparison comparison, ContextFrequencies? frequencies) in new[] { (read, learnt), (counted, null) })
        {
            Sample sample = comparison.ToSample(Rule, frequencies);
            Assert.Equal((SampleKind.Comparison, TextOrigin.Unmarked), (sample.Schema.Kind, sample.Schema.Origin));
            Assert.True(Test(mark, sample).LogP < Math.Log(1e-8));
            Assert.True(Test(mark, sample).Z > 5);
            Assert.True(Test(other, sample).LogP > Math.Log(1e-4));
            Assert.Equal(Outcome.Support, Find(mark, sample).Outcome);
            Assert.NotEqual(Outcome.Support, Find(other, sample).Outcome);
        }
    }

    [Fact]
    public void What_was_compared_on_marked_text_or_weighed_by_marked_counts_supports_nothing_and_says_so()
    {
        using KeyedScheme mark = Scheme(1);
        var random = new SeededRandomBits(3);
        var student = new TableModel(Vocabulary, seed: 5) { Bias = Marking(mark, 0.4 * Delta) };
        int[][] texts = [.. Enumerable.Range(0, 20).Select(i => Owner.Write(i, 32, random))];
        foreach ((TextOrigin text, TextOrigin counts, bool exact) in new[]
        {
            (TextOrigin.Unmarked, TextOrigin.Unmarked, true),
            (TextOrigin.Marked, TextOrigin.Unmarked, false),
            (TextOrigin.Unmarked, TextOrigin.Marked, false),
            (TextOrigin.Unmarked, TextOrigin.Unknown, false),
        })
        {
            ModelComparison comparison = ModelComparer.Read(student, Owner, texts, text, Schema, new ReadingOptions { RowLength = 32, Predictions = 12 });
            Finding finding = Find(mark, comparison.ToSample(Rule, Frequencies(texts, counts)));
            Assert.True(finding.LogE > finding.LogThreshold);
            Assert.Equal(exact ? Outcome.Support : Outcome.Inconclusive, finding.Outcome);
            Assert.Equal(!exact, finding.Diagnostics.Any(diagnostic => diagnostic.Code == DiagnosticCodes.ApproximateNull));
        }
    }

    [Fact]
    public void Unmarked_text_with_unmarked_counts_is_calibrated_for_a_suspect_that_repeats_itself_and_marked_text_is_not()
    {
        // The suspect repeats a token more often than the owner's model does, and knows nothing of a key. In marked text a
        // repetition that is green goes on longer, so that its context counts more: what is counted depends on the colours.
        TableModel owner = Repeating(3, null);
        TableModel suspect = Repeating(5, null);
        LikelihoodRule rule = Rule with { Delta = 4, Shape = 1000 };
        Sample exact = Compare(Write(owner, 0), TextOrigin.Unmarked);
        var unmarked = new List<double>();
        var marked = new List<double>();
        for (ulong seed = 0; seed < 150; seed++)
        {
            using KeyedScheme mark = Scheme(70_000 + seed);
            unmarked.Add(Test(mark, exact).Z);
            marked.Add(Test(mark, Compare(Write(Repeating(3, mark), seed), TextOrigin.Marked)).Z);
        }

        // Standard errors of both means are 0.08; the second one was 1.1.
        Assert.InRange(unmarked.Average(), -0.3, 0.3);
        Assert.InRange(marked.Average(), 0.7, 1.5);

        TableModel Repeating(double strength, KeyedScheme? mark)
        {
            Func<int, int, double> marking = mark is null ? (_, _) => 0 : Marking(mark, 4);
            return new TableModel(Vocabulary, seed: 5) { Bias = (context, token) => (token == context ? strength : 0) + marking(context, token) };
        }

        int[][] Write(TableModel service, ulong seed) => [.. Enumerable.Range(0, 8).Select(i => service.Write(3 * i, 256, new SeededRandomBits(seed, (ulong)i)))];

        Sample Compare(int[][] texts, TextOrigin origin) => ModelComparer
            .Read(suspect, owner, texts, origin, Schema, new ReadingOptions { RowLength = 64, Predictions = 12 })
            .ToSample(rule, Frequencies(texts, origin));
    }

    [Fact]
    public void P_values_of_an_innocent_suspect_are_uniform_over_keys()
    {
        var suspect = new TableModel(Vocabulary, seed: 6);
        var random = new SeededRandomBits(4);
        (int[], int[])[] replies = [.. Enumerable.Range(0, 30).Select(i => (Array.Empty<int>(), suspect.Write(i, 64, random)))];
        ModelComparison counted = ModelComparer.Count(Owner, replies, TextOrigin.Unmarked, Schema, candidates: 12);
        Sample sample = counted.ToSample(Rule, null);
        var values = new double[2000];
        for (int key = 0; key < values.Length; key++)
        {
            using KeyedScheme scheme = Scheme(1000 + (ulong)key);
            values[key] = Math.Exp(Test(scheme, sample).LogP);
        }

        // Kolmogorov's distance of 2,000 uniform values exceeds 1.95/√2000 = 0.044 with probability 0.001.
        Array.Sort(values);
        for (int i = 0; i < values.Length; i++)
            Assert.InRange(values[i], ((i + 1.0) / values.Length) - 0.044, ((double)i / values.Length) + 0.044);
    }

    [Fact]
    public void An_innocent_suspect_that_reads_marked_text_is_not_seen()
    {
        // 600 keys, each with its own marked text. Of 600 p-values at or below 0.1 there are 60 in the mean, standard deviation
        // 7.3, and of those below 0.01 six, standard deviation 2.4; both bounds are exceeded in fewer than 1 of 10,000 runs.
        var suspect = new TableModel(Vocabulary, seed: 6);
        var compared = new List<double>();
        var predicted = new List<double>();
        for (ulong seed = 0; seed < 600; seed++)
        {
            using KeyedScheme mark = Scheme(50_000 + seed);
            var service = new TableModel(Vocabulary, seed: 5) { Bias = Marking(mark, Delta) };
            int[][] texts = [.. Enumerable.Range(0, 4).Select(i => service.Write(i, 32, new SeededRandomBits(seed, (ulong)i)))];
            ModelComparison comparison = ModelComparer.Read(suspect, Owner, texts, TextOrigin.Marked, Schema, new ReadingOptions { RowLength = 32, Predictions = 12 });
            compared.Add(Math.Exp(Test(mark, comparison.ToSample(Rule, null)).LogP));
            Sample read = ReadingMode.Read(suspect, texts, TextOrigin.Marked, Schema, new ReadingOptions { RowLength = 32 });
            predicted.Add(Math.Exp(Test(mark, read).LogP));
        }

        Assert.InRange(compared.Count(p => p <= 0.1), 32, 90);
        Assert.InRange(compared.Count(p => p <= 0.01), 0, 17);
        Assert.InRange(predicted.Count(p => p <= 0.1), 0, 90); // a count's p-values are discrete: fewer are as small
        Assert.InRange(predicted.Count(p => p <= 0.01), 0, 17);
    }

    private static Finding Find(KeyedScheme key, Sample sample) =>
        new DistillationTest(key, KeyIdentity.Of(key, 2), new DistillationTestOptions { RandomKeys = 0 }).Run(new TitledSample("suspect", sample));

    /// <summary>What a mark adds to the logit of a token after another.</summary>
    private static Func<int, int, double> Marking(KeyedScheme mark, double delta)
    {
        var added = new double[Vocabulary * Vocabulary];
        for (int i = 0; i < added.Length; i++)
            added[i] = delta * mark.Score([i / Vocabulary], i % Vocabulary);
        return (context, token) => added[(context * Vocabulary) + token];
    }

    private static ContextFrequencies Frequencies(int[][] texts, TextOrigin origin)
    {
        var log = new SampleBuilder(Schema with { Origin = origin });
        foreach (int[] text in texts)
            log.AddDocument(text);
        return new ContextFrequencies(log.Build());
    }

    private static TotalTest Test(KeyedScheme key, Sample sample)
    {
        SampleScore score = Scorer.Score(sample, key);
        return score.TheoryNull(key.Scheme).Test(score.Total);
    }

    private static KeyedScheme Scheme(ulong seed)
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(seed));
        return new GreenListScheme { ContextWidth = 1, Delta = Delta }.WithKey(key);
    }
}
