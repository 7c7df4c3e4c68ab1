using Distillation.Text;
using Watermark.Models;
using Watermark.Models.Comparisons;
using Watermark.Models.Reading;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Scoring;
using Watermark.Statistics;

namespace Distillation.Experiment;

/// <summary>
/// The owner's desk: collects n-grams, weighs and tests them. The owner's text for frequencies and for comparisons is
/// written without the key, so that no weight depends on it.
/// </summary>
internal sealed class Verifier(ILanguageModel owner, IReadOnlyList<Reply> unmarkedReplies, int contextWidth, double delta, int rowLength, IReadOnlyList<Weighting> weightings)
{
    private const int Parts = 400;
    private const int Candidates = 32;
    private const int BatchRows = 16;
    private const int Levels = 100;

    private readonly ContextFrequencies frequencies = new(Collect(unmarkedReplies, SchemaOf(contextWidth) with { Origin = TextOrigin.Unmarked }));
    private readonly LikelihoodRule rule = new() { Delta = delta };

    private bool Expects => weightings.Contains(Weighting.Weights);

    private bool Compares => weightings.Contains(Weighting.Comparison);

    private SampleSchema Schema => SchemaOf(contextWidth);

    /// <summary>The suspect's own replies.</summary>
    public Evidence FromText(IReadOnlyList<Reply> replies)
    {
        (int[] Prompt, int[] Text)[] texts = [.. replies.Select(reply => (reply.Prompt, reply.Text))];
        return new Evidence
        {
            Samples = [.. Split(replies).Select(part => Collect(part, Schema))],
            Expectations = Expects ? ModelExpectations.Read(owner, texts, contextWidth, BatchRows) : null,
            Comparisons = Compares ? ModelComparer.CountParts(owner, texts, TextOrigin.Unmarked, Math.Min(Parts, texts.Length), Schema, Candidates, BatchRows) : [],
            IsReading = false,
        };
    }

    /// <summary>
    /// The suspect's most likely tokens on text the owner served; and its probabilities on text the owner's model wrote
    /// without the key.
    /// </summary>
    /// <param name="suspect">The suspect.</param>
    /// <param name="served">Replies that carry the mark.</param>
    /// <param name="comparedTokens">Tokens of unmarked replies to compare on.</param>
    public Evidence FromReading(ILanguageModel suspect, IReadOnlyList<Reply> served, int comparedTokens)
    {
        RowExpectations? expectations = Expects ? new RowExpectations(contextWidth) : null;
        var options = new ReadingOptions { RowLength = rowLength, BatchRows = BatchRows };
        int[][] compared = [.. Reply.Take(unmarkedReplies, comparedTokens).Select(reply => reply.Whole)];
        return new Evidence
        {
            Samples = [.. Split(served).Select(part => ReadingMode.Read(suspect, Expects ? owner : null, [.. part.Select(reply => reply.Whole)], TextOrigin.Marked, Schema, options, expectations))],
            Expectations = expectations,
            Comparisons = Compares ? ModelComparer.ReadParts(suspect, owner, compared, TextOrigin.Unmarked, Math.Min(Parts, compared.Length), Schema, options with { Predictions = Candidates }) : [],
            IsReading = true,
        };
    }

    /// <summary>The rows of all that was seen with their weights, to be tested under any key.</summary>
    public Sample Weigh(Evidence evidence, Weighting weighting) => weighting == Weighting.Comparison
        ? Weigh(Evidence.Merge(evidence.Comparisons), evidence)
        : Weigh(Sample.Merge([.. evidence.Samples]), evidence, weighting);

    /// <summary>What a sample shows under a key: the rows that count, and their test.</summary>
    public static (long Rows, TotalTest Test) Test(KeyedScheme key, Sample sample)
    {
        SampleScore score = Scorer.Score(sample, key);
        return (score.Rows, score.TheoryNull(key.Scheme).Test(score.Total));
    }

    /// <summary>
    /// The median over orders of the replies of the tokens at which the p-value first reaches a level; null where half of
    /// them never do.
    /// </summary>
    public double? TokensNeeded(KeyedScheme scheme, Evidence evidence, Weighting weighting, double logLevel) =>
        FirstPassage.Median(order => weighting == Weighting.Comparison
            ? CompareInOrder(scheme, evidence, order, logLevel)
            : ScoreInOrder(scheme, evidence, weighting, order, logLevel));

    private static Sample Collect(IEnumerable<Reply> replies, SampleSchema schema)
    {
        var builder = new SampleBuilder(schema);
        foreach (Reply reply in replies)
            builder.AddDocument(reply.Text, [reply.Prompt]);
        return builder.Build();
    }

    private double CompareInOrder(KeyedScheme scheme, Evidence evidence, SeededRandomBits order, double logLevel)
    {
        var sum = new ModelComparison(Schema, TextOrigin.Unmarked);
        ModelComparison[] parts = [.. evidence.Comparisons];
        World.Shuffle(parts, order);
        return FirstPassage.Find(
            parts,
            part => part.Tokens,
            added =>
            {
                foreach (ModelComparison part in added)
                    sum.Add(part);
                return Test(scheme, Weigh(sum, evidence)).Test.LogP <= logLevel;
            });
    }

    private double ScoreInOrder(KeyedScheme scheme, Evidence evidence, Weighting weighting, SeededRandomBits order, double logLevel)
    {
        Sample[] parts = [.. evidence.Samples];
        Sample sum = Sample.Empty(parts[0].Schema);
        World.Shuffle(parts, order);
        return FirstPassage.Find(
            parts,
            part => part.Tokens,
            added =>
            {
                sum = Sample.Merge([sum, .. added]);
                return Test(scheme, Weigh(sum, evidence, weighting)).Test.LogP <= logLevel;
            });
    }

    private Sample Weigh(ModelComparison comparison, Evidence evidence) => comparison.ToSample(rule, evidence.IsReading ? frequencies : null);

    /// <summary>The weights a rule gives to the rows of a sample. No key takes part.</summary>
    private Sample Weigh(Sample sample, Evidence evidence, Weighting weighting)
    {
        if (weighting == Weighting.None)
            return sample;
        var counts = new long[sample.RowCount];
        frequencies.Lookup(sample.Rows, counts);
        if (weighting == Weighting.Filter)
            return sample.WithWeights(Array.ConvertAll(counts, count => (sbyte)(count > 0 ? 1 : 0)));
        var weights = new WeightRule(delta, RepetitionPower: evidence.IsReading ? 0 : 0.5);
        (double Probability, double Entropy)?[] expected = evidence.Expectations!.Of(sample);
        var numbers = new double[counts.Length];
        for (int row = 0; row < numbers.Length; row++)
            numbers[row] = expected[row] is { } means ? weights.Weight(means.Probability, counts[row], sample.Occurrences[row]) : 0;
        return sample.WithWeights(WeightQuantization.Quantize(numbers, Levels, out _));
    }

    private static IEnumerable<Reply[]> Split(IReadOnlyList<Reply> replies) => replies.Chunk(Math.Max(1, (replies.Count + Parts - 1) / Parts));

    /// <summary>The mark gives every row a coin of its own, so the rows of prompts are not needed.</summary>
    private static SampleSchema SchemaOf(int contextWidth) =>
        new() { ContextWidth = contextWidth, SpecialTokens = [CompactVocabulary.Unknown, CompactVocabulary.EndOfText], KeepsPrompts = false };
}
