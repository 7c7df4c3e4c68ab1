namespace Watermark.NGrams;

/// <summary>
/// Collects the rows of documents, on any number of threads, into a table that does not depend on their order. Keyless.
/// </summary>
/// <remarks>
/// Memory grows with the distinct rows, 4·(h + 2) bytes each and 11 to 21 of index (and as much again for moments while a
/// part grows), not with the text. With a row limit it stays below that of 9/8 of the limit and 65,536 rows more.
/// <see cref="Build"/> holds the rows twice.
/// </remarks>
public sealed class NGramTableBuilder
{
    private const int ShardBits = 6;
    private const int SlackRows = 1 << 16;

    private readonly NGramTableSchema schema;
    private readonly bool tracksDocuments;
    private readonly NGramShard[] shards;
    private readonly Lock shrinking = new();
    private readonly System.Collections.Concurrent.ConcurrentBag<NGramExtractor> extractors = [];
    private long rows;
    private long documents;
    private long tokens;
    private ulong threshold = ulong.MaxValue;

    /// <summary>Creates an empty builder.</summary>
    /// <param name="schema">What to collect.</param>
    /// <param name="trackDocuments">Whether <see cref="BuildWithDocuments"/> will be asked for: 8 bytes a row more.</param>
    public NGramTableBuilder(NGramTableSchema schema, bool trackDocuments = false)
    {
        ArgumentNullException.ThrowIfNull(schema);
        schema.Validate();
        this.schema = schema;
        tracksDocuments = trackDocuments;
        shards = new NGramShard[1 << ShardBits];
        for (int i = 0; i < shards.Length; i++)
            shards[i] = new NGramShard(schema, trackDocuments);
    }

    /// <summary>Adds a document. Safe for concurrent use.</summary>
    /// <param name="ids">Token ids of the reply.</param>
    /// <param name="prompts">Token ids of what elicited it; null for none.</param>
    public void AddDocument(ReadOnlySpan<int> ids, IReadOnlyList<int[]>? prompts = null)
    {
        if (!extractors.TryTake(out NGramExtractor? extractor))
            extractor = new NGramExtractor(schema.ContextWidth, schema.Selection, schema.SpecialTokens);
        extractor.Extract(ids, prompts);
        ReadOnlySpan<int> sequence = extractor.Sequence;
        int width = schema.ContextWidth;
        ulong document = tracksDocuments ? NGramHash.Of(ids) : 0;
        foreach (int position in extractor.Positions)
            Add(sequence.Slice(position - width, width + 1), document);
        extractors.Add(extractor);
        Interlocked.Increment(ref documents);
        Interlocked.Add(ref tokens, ids.Length);
    }

    /// <summary>
    /// Adds rows that were chosen elsewhere, such as a suspect's predictions at positions of a given text; the
    /// selection's rules about documents are not applied, its rule about the corpus is. Safe for concurrent use.
    /// </summary>
    /// <param name="chosen">Rows of the schema's context width.</param>
    /// <param name="tokensRead">Tokens read to choose them, 0 or more; counted as one document.</param>
    public void AddRows(NGramRows chosen, long tokensRead)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokensRead);
        if (chosen.Count > 0 && chosen.ContextWidth != schema.ContextWidth)
            throw new ArgumentException($"The rows carry {chosen.ContextWidth} context tokens; the table holds {schema.ContextWidth}.", nameof(chosen));
        Span<int> row = stackalloc int[schema.ContextWidth + 1];
        ulong document = tracksDocuments ? NGramHash.Of(chosen.Tokens) : 0;
        for (int i = 0; i < chosen.Count; i++)
        {
            for (int column = 0; column < row.Length; column++)
                row[column] = chosen.Column(column)[i];
            Add(row, document);
        }

        Interlocked.Increment(ref documents);
        Interlocked.Add(ref tokens, tokensRead);
    }

    /// <summary>Makes the table. Not to be called while documents are being added.</summary>
    public NGramTable Build() => BuildWithDocuments().Table;

    /// <summary>
    /// Makes the table and says of each row which of the documents that show it stands for it: the one with the smallest
    /// <see cref="NGramHash"/>, whatever the order. A statistic that takes documents as the unit of chance counts each row
    /// with that document, so that the documents' counts add up to the table's.
    /// </summary>
    /// <returns>The table, and a document's hash for every row; empty unless documents are tracked.</returns>
    public (NGramTable Table, ulong[] Documents) BuildWithDocuments()
    {
        int count = checked((int)shards.Sum(shard => (long)shard.Count));
        int width = schema.ContextWidth + 1;
        NGramTable.CheckSize(count, width);
        var columns = new int[count * width];
        var counts = new uint[count];
        var owners = new ulong[tracksDocuments ? count : 0];
        int next = 0;
        foreach (NGramShard shard in shards)
        {
            for (int i = 0; i < shard.Count; i++, next++)
            {
                ReadOnlySpan<int> row = shard.Row(i);
                for (int column = 0; column < width; column++)
                    columns[(column * count) + next] = row[column];
                counts[next] = shard.Occurrences(i);
                if (tracksDocuments)
                    owners[next] = shard.Document(i);
            }
        }

        int[] order = RowOrder.Sort(columns, count, width);
        var sorted = new int[columns.Length];
        for (int column = 0; column < width; column++)
            Permute<int>(columns.AsSpan(column * count, count), order, sorted.AsSpan(column * count, count));
        var sortedCounts = new uint[count];
        Permute<uint>(counts, order, sortedCounts);
        var sortedOwners = new ulong[owners.Length];
        if (tracksDocuments)
            Permute<ulong>(owners, order, sortedOwners);
        var table = new NGramTable(schema, documents, tokens, count, sorted, sortedCounts, threshold != ulong.MaxValue);
        NGramTable limited = table.ApplyRowLimit(sortedOwners, out ulong[] keptOwners);
        return (limited, keptOwners);
    }

    private void Add(ReadOnlySpan<int> row, ulong document)
    {
        ulong hash = NGramHash.Of(schema.KeyedByContext ? row[..^1] : row);
        if (hash > Volatile.Read(ref threshold))
            return;
        NGramShard shard = shards[hash & ((1 << ShardBits) - 1)];
        bool isNew;
        lock (shard.Gate)
            isNew = shard.Add(row, hash, document);
        if (isNew && Interlocked.Increment(ref rows) is var total && schema.RowLimit is { } limit && total > limit + (limit / 8) + SlackRows)
            Shrink(limit);
    }

    /// <summary>
    /// Lowers the threshold to the hash of the last row that fits the limit. What lies above it can never be among the
    /// smallest again, so nothing that the result holds is ever dropped, and its counts are complete.
    /// </summary>
    private void Shrink(long limit)
    {
        lock (shrinking)
        {
            if (Interlocked.Read(ref rows) <= limit + (limit / 8) + SlackRows)
                return;
            var hashes = new List<ulong>();
            foreach (NGramShard shard in shards)
            {
                lock (shard.Gate)
                    shard.CopyHashes(hashes);
            }

            hashes.Sort();
            Volatile.Write(ref threshold, hashes[(int)limit - 1]);
            foreach (NGramShard shard in shards)
            {
                lock (shard.Gate)
                    Interlocked.Add(ref rows, -shard.RemoveAbove(threshold));
            }
        }
    }

    private static void Permute<T>(ReadOnlySpan<T> source, ReadOnlySpan<int> order, Span<T> target)
    {
        for (int i = 0; i < order.Length; i++)
            target[i] = source[order[i]];
    }
}
