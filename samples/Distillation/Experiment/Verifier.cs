using Distillation.Text;
using Watermark.Detection;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.TorchSharp.Models;
using Watermark.TorchSharp.Reading;

namespace Distillation.Experiment;

/// <summary>How rows count.</summary>
internal enum Weighting
{
    /// <summary>Every distinct n-gram once: the published rule.</summary>
    None,

    /// <summary>Those whose context occurs in the owner's text once, the others not: the published filter.</summary>
    Filter,

    /// <summary>By how much a row can tell; see <see cref="WeightRule"/>.</summary>
    Weights,
}

/// <summary>
/// The owner's desk: collects n-grams, weighs and tests them. The owner's text for frequencies is written without the
/// key, so that no weight depends on it.
/// </summary>
internal sealed class Verifier(ICausalLanguageModel owner, IReadOnlyList<Reply> unmarkedReplies, int contextWidth, int rowLength)
{
    private const int Parts = 400;
    private const int Shuffles = 3;
    private const double FirstTokens = 300;
    private const double Growth = 1.15;

    private readonly ContextFrequencies frequencies = new(BuildTable(unmarkedReplies, contextWidth));

    /// <summary>The suspect's own replies.</summary>
    public Evidence FromText(IReadOnlyList<Reply> replies) => new(
        [.. Split(replies).Select(part => BuildTable(part, contextWidth))],
        ModelExpectations.Read(owner, [.. replies.Select(reply => (reply.Prompt, reply.Text))], contextWidth));

    /// <summary>The suspect's most likely tokens on text the owner served.</summary>
    public Evidence FromReading(ICausalLanguageModel suspect, IReadOnlyList<Reply> served)
    {
        var expectations = new RowExpectations(contextWidth);
        var options = new ReadingOptions { RowLength = rowLength };
        NGramTable[] tables = [.. Split(served).Select(part => ReadingMode.Read(suspect, owner, part.Select(reply => reply.Whole), Schema(contextWidth), options, expectations))];
        return new Evidence(tables, expectations);
    }

    /// <summary>Tests a table under a key.</summary>
    public WeightedResult Test(KeyedScheme scheme, NGramTable table, RowExpectations expectations, Weighting weighting, WeightRule rule) =>
        WeightedScoring.Test(scheme, Weigh(table, expectations, weighting, rule));

    /// <summary>
    /// The median over orders of the replies of the tokens at which the p-value first reaches a level; null where half of
    /// them never do.
    /// </summary>
    public double? TokensNeeded(KeyedScheme scheme, Evidence evidence, Weighting weighting, WeightRule rule, double logLevel)
    {
        var needed = new List<double>();
        for (ulong shuffle = 0; shuffle < Shuffles; shuffle++)
            needed.Add(FirstReached(scheme, evidence, weighting, rule, logLevel, shuffle));
        needed.Sort();
        return double.IsFinite(needed[Shuffles / 2]) ? needed[Shuffles / 2] : null;
    }

    public static NGramTable BuildTable(IEnumerable<Reply> replies, int contextWidth)
    {
        var builder = new NGramTableBuilder(Schema(contextWidth));
        foreach (Reply reply in replies)
            builder.AddDocument(reply.Text, [reply.Prompt]);
        return builder.Build();
    }

    private double FirstReached(KeyedScheme scheme, Evidence evidence, Weighting weighting, WeightRule rule, double logLevel, ulong shuffle)
    {
        NGramTable[] parts = [.. evidence.Parts];
        World.Shuffle(parts, new Watermark.Randomness.SeededRandomBits(shuffle, 77));
        NGramTable table = parts[0];
        double next = FirstTokens;
        for (int i = 1; i <= parts.Length; i++)
        {
            if (table.Tokens >= next || i == parts.Length)
            {
                if (Test(scheme, table, evidence.Expectations, weighting, rule).Tail.LogP <= logLevel)
                    return table.Tokens;
                next = table.Tokens * Growth;
            }

            if (i < parts.Length)
                table = NGramTable.Merge(table, parts[i]);
        }

        return double.PositiveInfinity;
    }

    /// <summary>The weights a rule gives to the rows of a table. No key takes part.</summary>
    private RowWeights Weigh(NGramTable table, RowExpectations expectations, Weighting weighting, WeightRule rule)
    {
        if (weighting == Weighting.None)
            return RowWeights.Create(table, [.. Enumerable.Repeat((byte)1, table.RowCount)]);
        var counts = new long[table.RowCount];
        frequencies.Lookup(table.Rows, counts);
        if (weighting == Weighting.Filter)
            return RowWeights.Create(table, Array.ConvertAll(counts, count => (byte)(count > 0 ? 1 : 0)));
        (double Probability, double Entropy)?[] expected = expectations.Of(table);
        var numbers = new double[counts.Length];
        for (int row = 0; row < numbers.Length; row++)
            numbers[row] = expected[row] is { } means ? rule.Weight(means.Probability, counts[row], table.Occurrences[row]) : 0;
        return RowWeights.Quantize(table, numbers, WeightRule.Levels);
    }

    private static IEnumerable<Reply[]> Split(IReadOnlyList<Reply> replies) => replies.Chunk(Math.Max(1, (replies.Count + Parts - 1) / Parts));

    private static NGramTableSchema Schema(int contextWidth) =>
        new() { ContextWidth = contextWidth, SpecialTokens = [CompactVocabulary.Unknown, CompactVocabulary.EndOfText] };
}
