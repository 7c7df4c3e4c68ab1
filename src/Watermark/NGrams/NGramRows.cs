namespace Watermark.NGrams;

/// <summary>
/// A view of n-gram rows: h context tokens, oldest first, and the token that follows them, one column each. Column j of row
/// i is <c>data[j·stride + i]</c>, so both a sample's columns and the overlapping windows of one sequence (stride 1) can be
/// viewed without copying.
/// </summary>
public readonly ref struct NGramRows
{
    private readonly ReadOnlySpan<int> data;
    private readonly int stride;

    /// <summary>Creates a view.</summary>
    /// <param name="data">The columns; at least <c>contextWidth·stride + count</c> long.</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="contextWidth">h, the number of context columns before the token column, 0 or more.</param>
    /// <param name="stride">The distance between a row's neighbouring columns.</param>
    /// <exception cref="ArgumentOutOfRangeException">The view does not fit the data.</exception>
    public NGramRows(ReadOnlySpan<int> data, int count, int contextWidth, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(contextWidth);
        ArgumentOutOfRangeException.ThrowIfNegative(stride);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)contextWidth * stride + count, data.Length, nameof(data));
        this.data = data;
        this.stride = stride;
        Count = count;
        ContextWidth = contextWidth;
    }

    /// <summary>The number of rows.</summary>
    public int Count { get; }

    /// <summary>h, the number of context columns.</summary>
    public int ContextWidth { get; }

    /// <summary>The token column, one token per row.</summary>
    public ReadOnlySpan<int> Tokens => Column(ContextWidth);

    /// <summary>Every window of a sequence: row i is the context <c>ids[i..i+h]</c> and the token <c>ids[i+h]</c>.</summary>
    /// <param name="ids">Token ids of one document.</param>
    /// <param name="contextWidth">h.</param>
    public static NGramRows FromSequence(ReadOnlySpan<int> ids, int contextWidth) =>
        new(ids, Math.Max(0, ids.Length - contextWidth), Math.Min(contextWidth, ids.Length), 1);

    /// <summary>Column <paramref name="index"/>: a context token (0 is the oldest), or the token itself at h.</summary>
    /// <param name="index">0 … h.</param>
    public ReadOnlySpan<int> Column(int index) => data.Slice(index * stride, Count);

    /// <summary>Copies a row: h context tokens, oldest first, and the token.</summary>
    /// <param name="index">The row.</param>
    /// <param name="row">Takes h + 1 tokens.</param>
    public void CopyRow(int index, Span<int> row)
    {
        for (int column = 0; column <= ContextWidth; column++)
            row[column] = Column(column)[index];
    }

    /// <summary>A run of rows.</summary>
    /// <param name="start">The first row.</param>
    /// <param name="count">The number of rows.</param>
    public NGramRows Slice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start + (ulong)(uint)count, (ulong)Count, nameof(count));
        return new NGramRows(data[start..], count, ContextWidth, stride);
    }
}
