using System.Globalization;

namespace Watermark.NGrams;

/// <summary>
/// The distinct rows (h context tokens and the token after them) of a corpus, with how often each occurs, in ascending
/// order of their columns: rows of one context lie together. Holds no key and no text; scoring reads it under one key or
/// ten thousand. Immutable.
/// </summary>
/// <remarks>
/// Equal corpora give equal tables, byte for byte in their files, whatever the order of documents, the number of threads
/// or the CPU. Memory: 4·(h + 2) bytes a row, 16 at h = 2.
/// </remarks>
public sealed class NGramTable
{
    private readonly int[] columns;
    private readonly uint[] counts;

    internal NGramTable(NGramTableSchema schema, long documents, long tokens, int rowCount, int[] columns, uint[] counts, bool isSample)
    {
        Schema = schema;
        Documents = documents;
        Tokens = tokens;
        RowCount = rowCount;
        this.columns = columns;
        this.counts = counts;
        IsSample = isSample;
    }

    /// <summary>What was collected.</summary>
    public NGramTableSchema Schema { get; }

    /// <summary>Documents read.</summary>
    public long Documents { get; }

    /// <summary>Token ids read, prompts not counted.</summary>
    public long Tokens { get; }

    /// <summary>The number of rows.</summary>
    public int RowCount { get; }

    /// <summary>
    /// Whether a row limit dropped rows: the table is then a uniform sample of the distinct rows, chosen without a key, and
    /// a test of it stays exact.
    /// </summary>
    public bool IsSample { get; }

    /// <summary>
    /// Whether a row counts as often as it occurs. The exact null then does not hold, since a repeated n-gram repeats the
    /// same coin; random keys still give a valid test.
    /// </summary>
    public bool UsesMultiplicity => Schema.UsesMultiplicity;

    /// <summary>The rows.</summary>
    public NGramRows Rows => new(columns, RowCount, Schema.ContextWidth, RowCount);

    /// <summary>How often each row occurs in scored positions (each context, with distinct contexts over the corpus).</summary>
    public ReadOnlySpan<uint> Occurrences => counts;

    /// <summary>
    /// The number of distinct rows in the corpus: <see cref="RowCount"/>, or for a sample the estimate
    /// (k − 1)·2^64/τ from its k rows and the largest of their hashes τ (Bar-Yossef et al., RANDOM 2002).
    /// </summary>
    public long DistinctRows => IsSample ? EstimateDistinctRows() : RowCount;

    /// <summary>Rows that a test scores: each once, or as often as it occurs.</summary>
    public long ScoredRows
    {
        get
        {
            if (!UsesMultiplicity)
                return RowCount;
            long sum = 0;
            foreach (uint count in counts)
                sum += count;
            return sum;
        }
    }

    /// <summary>An empty table: merging it changes nothing.</summary>
    /// <param name="schema">What it would hold.</param>
    public static NGramTable Empty(NGramTableSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        schema.Validate();
        return new NGramTable(schema, 0, 0, 0, [], [], false);
    }

    /// <summary>
    /// The table of two corpora together: associative, commutative, with <see cref="Empty"/> as identity. The documents
    /// must be different ones; a document in both is counted twice, though its rows are still scored once.
    /// </summary>
    /// <param name="left">A table.</param>
    /// <param name="right">Another of an equal schema.</param>
    /// <exception cref="ArgumentException">The schemas differ; the message says in what.</exception>
    public static NGramTable Merge(NGramTable left, NGramTable right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.Schema.Difference(right.Schema) is { } difference)
            throw new ArgumentException($"The tables cannot be merged: {difference}.", nameof(right));
        return NGramTableMerge.Run(left, right);
    }

    /// <summary>Reads a table; <c>ngrams-file.md</c> beside this class describes the format.</summary>
    /// <param name="stream">The file, from its beginning to its end.</param>
    /// <exception cref="InputFormatException">It is no table, is truncated, or a bit of it changed.</exception>
    public static NGramTable Read(Stream stream) => NGramTableReader.Read(stream);

    /// <summary>Writes the table. Equal tables give equal bytes.</summary>
    /// <param name="stream">Where to.</param>
    public void Write(Stream stream) => NGramTableWriter.Write(this, stream);

    /// <summary>The columns one after another, context first.</summary>
    internal ReadOnlySpan<int> Columns => columns;

    /// <summary>Throws where a table of this size cannot be made: sorting needs h + 2 integers a row in one array.</summary>
    internal static void CheckSize(long rowCount, int contextWidth)
    {
        int most = Array.MaxLength / (contextWidth + 2);
        if (rowCount > most)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture, $"A table of context width {contextWidth} holds at most {most:N0} rows; set a row limit."));
        }
    }

    /// <summary>The hash that decides whether a row stays in a sample.</summary>
    internal ulong SampleHash(int row)
    {
        int width = Schema.KeyedByContext ? Schema.ContextWidth : Schema.ContextWidth + 1;
        ulong hash = NGramHash.Start;
        for (int column = 0; column < width; column++)
            hash = NGramHash.Append(hash, columns[(column * RowCount) + row]);
        return hash;
    }

    /// <summary>This table, or the sample of it that the row limit leaves: the smallest hashes, ties in row order.</summary>
    /// <param name="marks">A number a row that goes where the row goes, or empty.</param>
    /// <param name="keptMarks">The numbers of the rows that stay.</param>
    internal NGramTable ApplyRowLimit(ulong[] marks, out ulong[] keptMarks)
    {
        keptMarks = marks;
        if (Schema.RowLimit is not { } limit || RowCount <= limit)
            return this;
        var hashes = new ulong[RowCount];
        for (int row = 0; row < RowCount; row++)
            hashes[row] = SampleHash(row);
        ulong[] sorted = [.. hashes];
        Array.Sort(sorted);
        int keep = (int)limit;
        ulong threshold = sorted[keep - 1];
        int ties = keep;
        while (ties > 0 && sorted[ties - 1] == threshold)
            ties--;
        ties = keep - ties;
        var kept = new int[keep];
        int next = 0;
        for (int row = 0; row < RowCount; row++)
        {
            if (hashes[row] < threshold || (hashes[row] == threshold && ties-- > 0))
                kept[next++] = row;
        }

        int width = Schema.ContextWidth + 1;
        var newColumns = new int[keep * width];
        for (int column = 0; column < width; column++)
        {
            for (int i = 0; i < keep; i++)
                newColumns[(column * keep) + i] = columns[(column * RowCount) + kept[i]];
        }

        if (marks.Length > 0)
            keptMarks = Array.ConvertAll(kept, row => marks[row]);
        return new NGramTable(Schema, Documents, Tokens, keep, newColumns, Array.ConvertAll(kept, row => counts[row]), true);
    }

    private long EstimateDistinctRows()
    {
        ulong largest = 0;
        for (int row = 0; row < RowCount; row++)
            largest = Math.Max(largest, SampleHash(row));
        double share = largest / Math.Pow(2, 64);
        return share == 0 ? RowCount : Math.Max(RowCount, (long)Math.Round((RowCount - 1) / share));
    }
}
