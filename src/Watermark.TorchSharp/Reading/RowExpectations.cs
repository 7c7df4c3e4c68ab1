using Watermark.NGrams;

namespace Watermark.TorchSharp.Reading;

/// <summary>
/// What a model (the owner's, unmarked) expected where rows occurred: the probability of the row's token and the entropy
/// of the next token, averaged over the row's occurrences. Depends on no key, so weights may be made from it.
/// </summary>
/// <remarks>Floating point: may differ in the last places between machines. Write the weights down, not their recipe.</remarks>
public sealed class RowExpectations
{
    private readonly RowSums sums;

    /// <summary>Creates an empty collection.</summary>
    /// <param name="contextWidth">h.</param>
    public RowExpectations(int contextWidth)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(contextWidth);
        sums = new RowSums(contextWidth + 1);
    }

    /// <summary>h.</summary>
    public int ContextWidth => sums.Width - 1;

    /// <summary>Distinct rows seen.</summary>
    public int Count => sums.Count;

    /// <summary>Adds an occurrence.</summary>
    /// <param name="row">h context tokens and the token.</param>
    /// <param name="probability">The token's probability there, 0 … 1.</param>
    /// <param name="entropy">The entropy of the next token there, in nats, 0 or more.</param>
    /// <exception cref="ArgumentException">The row has another length.</exception>
    public void Add(ReadOnlySpan<int> row, double probability, double entropy) => sums.Add(row, probability, entropy);

    /// <summary>The mean expectations of a table's rows.</summary>
    /// <param name="table">The table.</param>
    /// <returns>One a row; null for rows that were never seen.</returns>
    public (double Probability, double Entropy)?[] Of(NGramTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Schema.ContextWidth != ContextWidth)
            throw new ArgumentException($"The table has context width {table.Schema.ContextWidth}; {ContextWidth} was expected.", nameof(table));
        var means = new (double, double)?[table.RowCount];
        Span<int> row = stackalloc int[sums.Width];
        for (int i = 0; i < means.Length; i++)
        {
            table.Rows.CopyRow(i, row);
            int index = sums.Find(row);
            if (index >= 0)
                means[i] = (sums[index].First / sums[index].Count, sums[index].Second / sums[index].Count);
        }

        return means;
    }
}
