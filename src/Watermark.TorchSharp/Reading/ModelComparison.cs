using Watermark.Detection;
using Watermark.NGrams;

namespace Watermark.TorchSharp.Reading;

/// <summary>
/// What a suspect did at contexts, beside what the owner's <em>unmarked</em> model expected there: for every (context,
/// token) the sum of the suspect's probabilities, or how often it wrote the token, and the sum of the owner's probabilities.
/// A student gives green tokens more than the unmarked teacher does, and others less. Holds no key; made by
/// <see cref="ModelComparer"/>.
/// </summary>
/// <remarks>Memory grows with the distinct rows, about 60 bytes each, not with the text.</remarks>
public sealed class ModelComparison
{
    private readonly RowSums rows;
    private readonly RowSums contexts;

    /// <summary>Creates an empty comparison.</summary>
    /// <param name="contextWidth">h.</param>
    public ModelComparison(int contextWidth)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(contextWidth);
        rows = new RowSums(contextWidth + 1);
        contexts = new RowSums(contextWidth);
    }

    /// <summary>h.</summary>
    public int ContextWidth => contexts.Width;

    /// <summary>Distinct rows.</summary>
    public int RowCount => rows.Count;

    /// <summary>Tokens of the texts read or of the suspect's replies.</summary>
    public long Tokens { get; internal set; }

    /// <summary>Adds another comparison of the same suspect on other texts.</summary>
    /// <param name="other">Of the same context width; unchanged.</param>
    /// <exception cref="ArgumentException">The context widths differ.</exception>
    public void Add(ModelComparison other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.ContextWidth != ContextWidth)
            throw new ArgumentException($"The context width is {other.ContextWidth}; {ContextWidth} was expected.", nameof(other));
        AddAll(other.rows, rows);
        AddAll(other.contexts, contexts);
        Tokens += other.Tokens;
    }

    /// <summary>The rows as a table, each once.</summary>
    /// <param name="schema">Of the same context width.</param>
    public NGramTable ToTable(NGramTableSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var builder = new NGramTableBuilder(schema);
        var columns = new int[rows.Count * rows.Width];
        for (int row = 0; row < rows.Count; row++)
        {
            for (int column = 0; column < rows.Width; column++)
                columns[(column * rows.Count) + row] = rows.Row(row)[column];
        }

        builder.AddRows(new NGramRows(columns, rows.Count, ContextWidth, rows.Count), Tokens);
        return builder.Build();
    }

    /// <summary>Weighs the rows of a table by the likelihood ratio of their colours.</summary>
    /// <param name="table">A table of <see cref="ToTable"/>; rows that were not compared get 0.</param>
    /// <param name="rule">The rule, fixed beforehand.</param>
    /// <param name="learnt">
    /// How often each context occurs in the text the suspect may have learnt from: probabilities count as if they had been
    /// estimated from that many draws. Null where the suspect's tokens were counted: counts speak for themselves.
    /// </param>
    /// <param name="levels">The size of the largest weight, 1 to 127. <value>Default 100.</value></param>
    public RowWeights Weigh(NGramTable table, LikelihoodRule rule, ContextFrequencies? learnt, int levels = 100)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(rule);
        rule.Validate();
        if (table.Schema.ContextWidth != ContextWidth)
            throw new ArgumentException($"The table has context width {table.Schema.ContextWidth}; {ContextWidth} was expected.", nameof(table));
        var frequencies = new long[table.RowCount];
        learnt?.Lookup(table.Rows, frequencies);
        var numbers = new double[table.RowCount];
        Span<int> row = stackalloc int[rows.Width];
        for (int i = 0; i < numbers.Length; i++)
        {
            table.Rows.CopyRow(i, row);
            int index = rows.Find(row);
            if (index < 0)
                continue;
            (double suspect, double owner, long count) = rows[index];
            double scale = learnt is null ? 1 : (double)frequencies[i] / contexts[contexts.Find(row[..ContextWidth])].Count;
            numbers[i] = rule.Weight(suspect * scale, owner * scale, owner / count);
        }

        return RowWeights.Quantize(table, numbers, levels);
    }

    /// <summary>The sums of a row, and at how many positions it was a candidate; null where it was none.</summary>
    internal (double Suspect, double Owner, long Positions)? Find(ReadOnlySpan<int> row) => rows.Find(row) is >= 0 and int index ? rows[index] : null;

    /// <summary>Counts a position of a context.</summary>
    internal void AddContext(ReadOnlySpan<int> context) => contexts.Add(context, 0, 0);

    internal void AddRow(ReadOnlySpan<int> row, double suspect, double owner) => rows.Add(row, suspect, owner);

    private static void AddAll(RowSums from, RowSums to)
    {
        for (int row = 0; row < from.Count; row++)
            to.Add(from.Row(row), from[row].First, from[row].Second, from[row].Count);
    }
}
