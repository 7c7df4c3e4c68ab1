using Watermark.NGrams;

namespace Watermark.Models.Reading;

/// <summary>
/// What a model (the owner's, unmarked) expected where rows occurred: the probability of the row's token and the entropy of
/// the next token, averaged over the row's occurrences. It does not depend on a key, so weights may be made from it.
/// </summary>
/// <remarks>Floating point: may differ in the last places between machines. So store the weights, not these
/// numbers.</remarks>
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

    /// <summary>The mean expectations of a sample's rows.</summary>
    /// <param name="sample">The sample.</param>
    /// <returns>One per row; null for rows that were never seen.</returns>
    public (double Probability, double Entropy)?[] Of(Sample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        if (sample.Schema.ContextWidth != ContextWidth)
            throw new ArgumentException($"The sample has context width {sample.Schema.ContextWidth}; {ContextWidth} was expected.", nameof(sample));
        var means = new (double, double)?[sample.RowCount];
        Span<int> row = stackalloc int[sums.Width];
        for (int i = 0; i < means.Length; i++)
        {
            sample.Rows.CopyRow(i, row);
            int index = sums.Find(row);
            if (index >= 0)
                means[i] = (sums[index].First / sums[index].Count, sums[index].Second / sums[index].Count);
        }

        return means;
    }
}
