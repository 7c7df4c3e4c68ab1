using Watermark.Models.Reading;
using Watermark.NGrams;
using Watermark.Statistics;

namespace Watermark.Models.Comparisons;

/// <summary>
/// What a suspect did at contexts, and what the owner's <em>unmarked</em> model expected there: for every (context, token)
/// the sum of the suspect's probabilities, or how often it wrote the token, and the sum of the owner's probabilities. A
/// student gives green tokens more often than the unmarked teacher does, and other tokens less often. Holds no key; made by
/// <see cref="ModelComparer"/>; gives a <see cref="Sample"/> that is tested like any other.
/// </summary>
/// <remarks>Memory grows with the distinct rows, about 60 bytes each, not with the text.</remarks>
public sealed class ModelComparison
{
    private readonly RowSums rows;
    private readonly RowSums contexts;

    /// <summary>Creates an empty comparison.</summary>
    /// <param name="schema">Context width, special tokens and tokenizer; each row must count once.</param>
    /// <param name="origin">Whether the text that the models read was written with the key.</param>
    /// <exception cref="ArgumentException">The schema counts every occurrence of a row.</exception>
    public ModelComparison(SampleSchema schema, TextOrigin origin)
    {
        ArgumentNullException.ThrowIfNull(schema);
        schema.Validate();
        if (schema.CountsOccurrences)
            throw new ArgumentException("A comparison needs a selection by which each row counts once.", nameof(schema));
        Schema = schema with { Kind = SampleKind.Comparison, Origin = origin, KeepsPrompts = false };
        rows = new RowSums(schema.ContextWidth + 1);
        contexts = new RowSums(schema.ContextWidth);
    }

    /// <summary>
    /// The schema of the samples made from this comparison. A test of them is exact only if its
    /// <see cref="SampleSchema.Origin"/> is <see cref="TextOrigin.Unmarked"/>.
    /// </summary>
    public SampleSchema Schema { get; }

    /// <summary>Distinct rows.</summary>
    public int RowCount => rows.Count;

    /// <summary>Tokens of the texts read or of the suspect's replies.</summary>
    public long Tokens { get; internal set; }

    /// <summary>Adds another comparison of the same suspect on other texts.</summary>
    /// <param name="other">A comparison with an equal schema, so with texts of the same origin; it is not changed.</param>
    /// <exception cref="ArgumentException">The schemas differ.</exception>
    public void Add(ModelComparison other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!other.Schema.Equals(Schema))
            throw new ArgumentException($"The comparisons do not go together: {Schema.Difference(other.Schema)}.", nameof(other));
        rows.AddAll(other.rows);
        contexts.AddAll(other.contexts);
        Tokens += other.Tokens;
    }

    /// <summary>
    /// The sample to test under a key: the rows, each once, weighed by the likelihood ratio of their colours.
    /// </summary>
    /// <param name="rule">The rule, fixed beforehand.</param>
    /// <param name="learnt">
    /// How often each context occurs in text like that from which the suspect may have learnt: probabilities then count as
    /// if they were estimated from that many draws. Null where the suspect's tokens were counted.
    /// </param>
    /// <param name="levels">
    /// The size of the largest weights, 1 to 127; sizes are cut off by <see cref="WeightQuantization"/> so that no single row sets
    /// the scale. <value>Default 100.</value>
    /// </param>
    /// <returns>
    /// The origin of the sample is unmarked if both texts are: that of this comparison and that of
    /// <paramref name="learnt"/>. In marked text how often a context occurs depends on the colours of what follows it (a
    /// green loop goes on), so that counts and colours are not independent and a test is approximate.
    /// </returns>
    public Sample ToSample(LikelihoodRule rule, ContextFrequencies? learnt, int levels = 100)
    {
        ArgumentNullException.ThrowIfNull(rule);
        rule.Validate();
        TextOrigin origin = learnt is null ? Schema.Origin : Worse(Schema.Origin, learnt.Origin);
        var builder = new SampleBuilder(Schema with { Origin = origin });
        builder.AddRows(RowColumns.Of(rows.Rows, Schema.ContextWidth), Tokens);
        Sample sample = builder.Build();
        var frequencies = new long[sample.RowCount];
        learnt?.Lookup(sample.Rows, frequencies);
        var numbers = new double[sample.RowCount];
        Span<int> row = stackalloc int[rows.Width];
        for (int i = 0; i < numbers.Length; i++)
        {
            sample.Rows.CopyRow(i, row);
            (double suspect, double owner, long count) = rows[rows.Find(row)];
            double scale = learnt is null ? 1 : (double)frequencies[i] / contexts[contexts.Find(row[..^1])].Count;
            numbers[i] = rule.Weight(suspect * scale, owner * scale, owner / count);
        }

        return sample.WithWeights(WeightQuantization.Quantize(numbers, levels, out _));
    }

    /// <summary>The sums of a row, and at how many positions it was a candidate; null where it never was.</summary>
    internal (double Suspect, double Owner, long Positions)? Find(ReadOnlySpan<int> row) => rows.Find(row) is >= 0 and int index ? rows[index] : null;

    /// <summary>Counts a position of a context.</summary>
    internal void AddContext(ReadOnlySpan<int> context) => contexts.Add(context, 0, 0);

    internal void AddRow(ReadOnlySpan<int> row, double suspect, double owner) => rows.Add(row, suspect, owner);

    private static TextOrigin Worse(TextOrigin left, TextOrigin right) => (left, right) switch
    {
        (TextOrigin.Marked, _) or (_, TextOrigin.Marked) => TextOrigin.Marked,
        (TextOrigin.Unmarked, TextOrigin.Unmarked) => TextOrigin.Unmarked,
        _ => TextOrigin.Unknown,
    };
}
