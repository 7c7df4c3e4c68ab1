using Watermark.NGrams;

namespace Watermark.TorchSharp.Reading;

/// <summary>
/// What a model (the owner's, unmarked) expected where rows occurred: the probability of the row's token and the entropy
/// of the next token, averaged over the row's occurrences. Depends on no key, so weights may be made from it.
/// </summary>
/// <remarks>Floating point: may differ in the last places between machines. Write the weights down, not their recipe.</remarks>
public sealed class RowExpectations
{
    private readonly Dictionary<Row, (double Probability, double Entropy, long Count)> sums = [];

    /// <summary>Creates an empty collection.</summary>
    /// <param name="contextWidth">h.</param>
    public RowExpectations(int contextWidth)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(contextWidth);
        ContextWidth = contextWidth;
    }

    /// <summary>h.</summary>
    public int ContextWidth { get; }

    /// <summary>Distinct rows seen.</summary>
    public int Count => sums.Count;

    /// <summary>Adds an occurrence.</summary>
    /// <param name="row">h context tokens and the token.</param>
    /// <param name="probability">The token's probability there, 0 … 1.</param>
    /// <param name="entropy">The entropy of the next token there, in nats, 0 or more.</param>
    public void Add(ReadOnlySpan<int> row, double probability, double entropy)
    {
        if (row.Length != ContextWidth + 1)
            throw new ArgumentException($"The row has {row.Length} tokens; {ContextWidth + 1} were expected.", nameof(row));
        var key = new Row(row.ToArray());
        (double Probability, double Entropy, long Count) sum = sums.GetValueOrDefault(key);
        sums[key] = (sum.Probability + probability, sum.Entropy + entropy, sum.Count + 1);
    }

    /// <summary>The mean expectations of a table's rows.</summary>
    /// <param name="table">The table.</param>
    /// <returns>One a row; null for rows that were never seen.</returns>
    public (double Probability, double Entropy)?[] Of(NGramTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Schema.ContextWidth != ContextWidth)
            throw new ArgumentException($"The table has context width {table.Schema.ContextWidth}; {ContextWidth} was expected.", nameof(table));
        var means = new (double, double)?[table.RowCount];
        for (int i = 0; i < means.Length; i++)
        {
            var row = new int[ContextWidth + 1];
            for (int column = 0; column < row.Length; column++)
                row[column] = table.Rows.Column(column)[i];
            if (sums.TryGetValue(new Row(row), out (double Probability, double Entropy, long Count) sum))
                means[i] = (sum.Probability / sum.Count, sum.Entropy / sum.Count);
        }

        return means;
    }

    private readonly struct Row(int[] tokens) : IEquatable<Row>
    {
        private readonly int[] tokens = tokens;

        public bool Equals(Row other) => tokens.AsSpan().SequenceEqual(other.tokens);

        public override bool Equals(object? obj) => obj is Row other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            foreach (int token in tokens)
                hash.Add(token);
            return hash.ToHashCode();
        }
    }
}
