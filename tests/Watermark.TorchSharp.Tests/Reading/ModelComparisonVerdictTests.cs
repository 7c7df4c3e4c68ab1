using Watermark.Detection;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.TorchSharp.Reading;

namespace Watermark.TorchSharp.Tests.Reading;

/// <summary>P-values of comparisons: uniform for suspects that know nothing of the key, tiny for one that learnt the mark.</summary>
public sealed class ModelComparisonVerdictTests
{
    private const int Vocabulary = 30;
    private const double Delta = 2;

    private static readonly NGramTableSchema Schema = new() { ContextWidth = 1, Selection = new NGramSelection { ExcludePromptContexts = false } };
    private static readonly LikelihoodRule Rule = new() { Delta = Delta };
    private static readonly TableModel Owner = new(Vocabulary, seed: 5);

    [Fact]
    public void A_student_of_the_mark_is_seen_from_its_probabilities_and_from_its_text_and_not_under_another_key()
    {
        using KeyedScheme mark = Scheme(1);
        using KeyedScheme other = Scheme(2);
        var random = new SeededRandomBits(3);
        var student = new TableModel(Vocabulary, seed: 5) { Bias = (context, token) => 0.4 * Delta * mark.Score([context], token) };
        int[][] texts = [.. Enumerable.Range(0, 20).Select(i => Owner.Write(i, 32, random))];
        ModelComparison read = ModelComparer.Read(student, Owner, texts, Schema, new ReadingOptions { RowLength = 32, Predictions = 12 });
        (int[], int[])[] replies = [.. Enumerable.Range(0, 60).Select(i => (Array.Empty<int>(), student.Write(i % Vocabulary, 64, random)))];
        ModelComparison counted = ModelComparer.Count(Owner, replies, Schema, candidates: 12);

        // The rows' colours are fixed by the key; under another they are coins, and 1e-4 is exceeded by two in 10,000 runs.
        var log = new NGramTableBuilder(Schema);
        foreach (int[] text in texts)
            log.AddDocument(text);
        var learnt = new ContextFrequencies(log.Build());
        foreach ((ModelComparison comparison, ContextFrequencies? frequencies) in new[] { (read, learnt), (counted, null) })
        {
            Assert.True(Test(mark, comparison, frequencies).Tail.LogP < Math.Log(1e-8));
            Assert.True(Test(mark, comparison, frequencies).Z > 5);
            Assert.True(Test(other, comparison, frequencies).Tail.LogP > Math.Log(1e-4));
        }
    }

    [Fact]
    public void P_values_of_an_innocent_suspect_are_uniform_over_keys()
    {
        var suspect = new TableModel(Vocabulary, seed: 6);
        var random = new SeededRandomBits(4);
        (int[], int[])[] replies = [.. Enumerable.Range(0, 30).Select(i => (Array.Empty<int>(), suspect.Write(i, 64, random)))];
        ModelComparison counted = ModelComparer.Count(Owner, replies, Schema, candidates: 12);
        RowWeights weights = counted.Weigh(counted.ToTable(Schema), Rule, null);
        var values = new double[4000];
        for (int key = 0; key < values.Length; key++)
        {
            using KeyedScheme scheme = Scheme(1000 + (ulong)key);
            values[key] = Math.Exp(WeightedScoring.Test(scheme, weights).Tail.LogP);
        }

        // Kolmogorov's distance of 4,000 uniform values exceeds 1.95/√4000 = 0.031 with probability 0.001.
        Array.Sort(values);
        for (int i = 0; i < values.Length; i++)
            Assert.InRange(values[i], ((i + 1.0) / values.Length) - 0.031, ((double)i / values.Length) + 0.031);
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
            var service = new TableModel(Vocabulary, seed: 5) { Bias = (context, token) => Delta * mark.Score([context], token) };
            int[][] texts = [.. Enumerable.Range(0, 4).Select(i => service.Write(i, 32, new SeededRandomBits(seed, (ulong)i)))];
            ModelComparison comparison = ModelComparer.Read(suspect, Owner, texts, Schema, new ReadingOptions { RowLength = 32, Predictions = 12 });
            compared.Add(Math.Exp(Test(mark, comparison, null).Tail.LogP));
            NGramTable table = ReadingMode.Read(suspect, texts, Schema, new ReadingOptions { RowLength = 32 });
            DetectionEvidence evidence = TableScoring.Score(mark, table);
            predicted.Add(Math.Exp(mark.Scheme.Null.Test(evidence.Scored, evidence.Total).LogP));
        }

        Assert.InRange(compared.Count(p => p <= 0.1), 32, 90);
        Assert.InRange(compared.Count(p => p <= 0.01), 0, 17);
        Assert.InRange(predicted.Count(p => p <= 0.1), 0, 90); // a count's p-values are discrete: fewer are as small
        Assert.InRange(predicted.Count(p => p <= 0.01), 0, 17);
    }

    private static WeightedResult Test(KeyedScheme scheme, ModelComparison comparison, ContextFrequencies? learnt) =>
        WeightedScoring.Test(scheme, comparison.Weigh(comparison.ToTable(Schema), Rule, learnt));

    private static KeyedScheme Scheme(ulong seed)
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(seed));
        return new GreenListScheme { ContextWidth = 1, Delta = Delta }.WithKey(key);
    }
}
