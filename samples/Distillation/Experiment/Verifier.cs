using Distillation.Text;
using Watermark.Detection;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.TorchSharp.Models;
using Watermark.TorchSharp.Reading;

namespace Distillation.Experiment;

/// <summary>
/// The owner's desk: collects n-grams, weighs and tests them. The owner's text for frequencies and for comparisons is
/// written without the key, so that no weight depends on it.
/// </summary>
internal sealed class Verifier(ICausalLanguageModel owner, IReadOnlyList<Reply> unmarkedReplies, int contextWidth, double delta, int rowLength, IReadOnlyList<Weighting> weightings)
{
    private const int Parts = 400;
    private const int Candidates = 32;
    private const int BatchRows = 16;

    private readonly ContextFrequencies frequencies = new(BuildTable(unmarkedReplies, contextWidth));
    private readonly LikelihoodRule rule = new() { Delta = delta };

    private bool Expects => weightings.Contains(Weighting.Weights);

    private bool Compares => weightings.Contains(Weighting.Comparison);

    private NGramTableSchema Schema => SchemaOf(contextWidth);

    /// <summary>The suspect's own replies.</summary>
    public Evidence FromText(IReadOnlyList<Reply> replies)
    {
        (int[] Prompt, int[] Text)[] texts = [.. replies.Select(reply => (reply.Prompt, reply.Text))];
        return new Evidence
        {
            Tables = [.. Split(replies).Select(part => BuildTable(part, contextWidth))],
            Expectations = Expects ? ModelExpectations.Read(owner, texts, contextWidth, BatchRows) : null,
            Comparisons = Compares ? ModelComparer.CountParts(owner, texts, Math.Min(Parts, texts.Length), Schema, Candidates, BatchRows) : [],
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
    public Evidence FromReading(ICausalLanguageModel suspect, IReadOnlyList<Reply> served, int comparedTokens)
    {
        RowExpectations? expectations = Expects ? new RowExpectations(contextWidth) : null;
        var options = new ReadingOptions { RowLength = rowLength, BatchRows = BatchRows };
        int[][] compared = [.. Reply.Take(unmarkedReplies, comparedTokens).Select(reply => reply.Whole)];
        return new Evidence
        {
            Tables = [.. Split(served).Select(part => ReadingMode.Read(suspect, Expects ? owner : null, part.Select(reply => reply.Whole), Schema, options, expectations))],
            Expectations = expectations,
            Comparisons = Compares ? ModelComparer.ReadParts(suspect, owner, compared, Math.Min(Parts, compared.Length), Schema, options with { Predictions = Candidates }) : [],
            IsReading = true,
        };
    }

    /// <summary>The rows of all that was seen with their weights, to be tested under any key, and the tokens they are from.</summary>
    public (RowWeights Rows, long Tokens) Weigh(Evidence evidence, Weighting weighting)
    {
        if (weighting == Weighting.Comparison)
        {
            ModelComparison comparison = Evidence.Merge(evidence.Comparisons);
            return (Weigh(comparison, evidence), comparison.Tokens);
        }

        NGramTable table = Evidence.Merge(evidence.Tables);
        return (Weigh(table, evidence, weighting), table.Tokens);
    }

    /// <summary>
    /// The median over orders of the replies of the tokens at which the p-value first reaches a level; null where half of
    /// them never do.
    /// </summary>
    public double? TokensNeeded(KeyedScheme scheme, Evidence evidence, Weighting weighting, double logLevel) =>
        FirstPassage.Median(order => weighting == Weighting.Comparison
            ? CompareInOrder(scheme, evidence, order, logLevel)
            : ScoreInOrder(scheme, evidence, weighting, order, logLevel));

    public static NGramTable BuildTable(IEnumerable<Reply> replies, int contextWidth)
    {
        var builder = new NGramTableBuilder(SchemaOf(contextWidth));
        foreach (Reply reply in replies)
            builder.AddDocument(reply.Text, [reply.Prompt]);
        return builder.Build();
    }

    private double CompareInOrder(KeyedScheme scheme, Evidence evidence, SeededRandomBits order, double logLevel)
    {
        var sum = new ModelComparison(contextWidth);
        ModelComparison[] parts = [.. evidence.Comparisons];
        World.Shuffle(parts, order);
        return FirstPassage.Find(
            parts,
            part => part.Tokens,
            added =>
            {
                foreach (ModelComparison part in added)
                    sum.Add(part);
                return WeightedScoring.Test(scheme, Weigh(sum, evidence)).Tail.LogP <= logLevel;
            });
    }

    private double ScoreInOrder(KeyedScheme scheme, Evidence evidence, Weighting weighting, SeededRandomBits order, double logLevel)
    {
        NGramTable table = NGramTable.Empty(Schema);
        NGramTable[] parts = [.. evidence.Tables];
        World.Shuffle(parts, order);
        return FirstPassage.Find(
            parts,
            part => part.Tokens,
            added =>
            {
                table = NGramTable.Merge(table, Evidence.Merge(added));
                return WeightedScoring.Test(scheme, Weigh(table, evidence, weighting)).Tail.LogP <= logLevel;
            });
    }

    private RowWeights Weigh(ModelComparison comparison, Evidence evidence) =>
        comparison.Weigh(comparison.ToTable(Schema), rule, evidence.IsReading ? frequencies : null);

    /// <summary>The weights a rule gives to the rows of a table. No key takes part.</summary>
    private RowWeights Weigh(NGramTable table, Evidence evidence, Weighting weighting)
    {
        if (weighting == Weighting.None)
            return RowWeights.Create(table, [.. Enumerable.Repeat((sbyte)1, table.RowCount)]);
        var counts = new long[table.RowCount];
        frequencies.Lookup(table.Rows, counts);
        if (weighting == Weighting.Filter)
            return RowWeights.Create(table, Array.ConvertAll(counts, count => (sbyte)(count > 0 ? 1 : 0)));
        var weights = new WeightRule(delta, RepetitionPower: evidence.IsReading ? 0 : 0.5);
        (double Probability, double Entropy)?[] expected = evidence.Expectations!.Of(table);
        var numbers = new double[counts.Length];
        for (int row = 0; row < numbers.Length; row++)
            numbers[row] = expected[row] is { } means ? weights.Weight(means.Probability, counts[row], table.Occurrences[row]) : 0;
        return RowWeights.Quantize(table, numbers, WeightRule.Levels);
    }

    private static IEnumerable<Reply[]> Split(IReadOnlyList<Reply> replies) => replies.Chunk(Math.Max(1, (replies.Count + Parts - 1) / Parts));

    private static NGramTableSchema SchemaOf(int contextWidth) =>
        new() { ContextWidth = contextWidth, SpecialTokens = [CompactVocabulary.Unknown, CompactVocabulary.EndOfText] };
}
