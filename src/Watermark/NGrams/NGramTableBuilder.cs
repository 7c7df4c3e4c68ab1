using System.Collections.Concurrent;

namespace Watermark.NGrams;

/// <summary>
/// Collects the rows of documents, on any number of threads, into a table that does not depend on their order. Keyless.
/// </summary>
/// <remarks>
/// Memory grows with the distinct rows, 4·(h + 2) bytes each and 11 to 21 of index (and as much again for moments while a
/// part grows), not with the text. With a row limit it stays below that of 9/8 of the limit and 65,536 rows
/// and a document more.
/// <see cref="Build"/> holds the rows four times.
/// </remarks>
public sealed class NGramTableBuilder
{
    private const int ShardBits = 6;
    private const int SlackRows = 1 << 16;

    private readonly NGramTableSchema schema;
    private readonly bool tracksDocuments;
    private readonly NGramShard[] shards;
    private readonly Lock shrinking = new();
    private readonly ConcurrentBag<Workspace> workspaces = [];
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
        if (!workspaces.TryTake(out Workspace? workspace))
            workspace = new Workspace(schema);
        workspace.Group(ids, prompts);
        ulong document = tracksDocuments ? NGramHash.Of(ids) : 0;
        for (int shard = 0; shard < shards.Length; shard++)
            AddGroup(shards[shard], workspace, workspace.GroupOf(shard), document);
        workspaces.Add(workspace);
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
            chosen.CopyRow(i, row);
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
        int stride = width + 1;
        NGramTable.CheckSize(count, schema.ContextWidth);
        var records = new int[count * stride];
        var counts = new uint[count];
        var owners = new ulong[tracksDocuments ? count : 0];
        int next = 0;
        foreach (NGramShard shard in shards)
        {
            for (int i = 0; i < shard.Count; i++, next++)
            {
                Span<int> record = records.AsSpan(next * stride, stride);
                shard.Row(i).CopyTo(record);
                record[width] = next;
                counts[next] = shard.Occurrences(i);
                if (tracksDocuments)
                    owners[next] = shard.Document(i);
            }
        }

        records = RowOrder.Sort(records, count, stride, width);
        var sorted = new int[count * width];
        var sortedCounts = new uint[count];
        var sortedOwners = new ulong[owners.Length];
        for (int row = 0; row < count; row++)
        {
            ReadOnlySpan<int> record = records.AsSpan(row * stride, stride);
            for (int column = 0; column < width; column++)
                sorted[(column * count) + row] = record[column];
            sortedCounts[row] = counts[record[width]];
            if (tracksDocuments)
                sortedOwners[row] = owners[record[width]];
        }

        var table = new NGramTable(schema, documents, tokens, count, sorted, sortedCounts, threshold != ulong.MaxValue);
        NGramTable limited = table.ApplyRowLimit(sortedOwners, out ulong[] keptOwners);
        return (limited, keptOwners);
    }

    /// <summary>Adds a document's rows of one part under one lock, so that the processor can wait for several at once.</summary>
    private void AddGroup(NGramShard shard, Workspace workspace, ReadOnlySpan<int> group, ulong document)
    {
        if (group.IsEmpty)
            return;
        ulong limit = Volatile.Read(ref threshold);
        int added = 0;
        lock (shard.Gate)
        {
            foreach (int index in group)
            {
                ulong hash = workspace.Hash(index);
                if (hash <= limit && shard.Add(workspace.Row(index), hash, document))
                    added++;
            }
        }

        Count(added);
    }

    private void Add(ReadOnlySpan<int> row, ulong document)
    {
        ulong hash = NGramHash.Of(schema.KeyedByContext ? row[..^1] : row);
        if (hash > Volatile.Read(ref threshold))
            return;
        NGramShard shard = shards[ShardOf(hash)];
        bool isNew;
        lock (shard.Gate)
            isNew = shard.Add(row, hash, document);
        Count(isNew ? 1 : 0);
    }

    private void Count(int added)
    {
        if (added > 0 && Interlocked.Add(ref rows, added) is var total && schema.RowLimit is { } limit && total > limit + (limit / 8) + SlackRows)
            Shrink(limit);
    }

    private static int ShardOf(ulong hash) => (int)(hash & ((1 << ShardBits) - 1));

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

    /// <summary>One thread's buffers: a document's rows, grouped by the part they belong to.</summary>
    private sealed class Workspace(NGramTableSchema schema)
    {
        private readonly NGramExtractor extractor = new(schema.ContextWidth, schema.Selection, schema.SpecialTokens);
        private readonly int[] ends = new int[1 << ShardBits];
        private ulong[] hashes = [];
        private int[] grouped = [];

        /// <summary>Extracts a document, hashes its rows and groups them (a counting sort).</summary>
        public void Group(ReadOnlySpan<int> ids, IReadOnlyList<int[]>? prompts)
        {
            extractor.Extract(ids, prompts);
            int count = extractor.Positions.Length;
            if (hashes.Length < count)
            {
                hashes = new ulong[count];
                grouped = new int[count];
            }

            Array.Clear(ends);
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<int> row = Row(i);
                hashes[i] = NGramHash.Of(schema.KeyedByContext ? row[..^1] : row);
                ends[ShardOf(hashes[i])]++;
            }

            int sum = 0;
            for (int shard = 0; shard < ends.Length; shard++)
                (ends[shard], sum) = (sum, sum + ends[shard]);
            for (int i = 0; i < count; i++)
                grouped[ends[ShardOf(hashes[i])]++] = i;
        }

        /// <summary>The rows of a part.</summary>
        public ReadOnlySpan<int> GroupOf(int shard) => grouped.AsSpan((shard == 0 ? 0 : ends[shard - 1])..ends[shard]);

        public ulong Hash(int index) => hashes[index];

        public ReadOnlySpan<int> Row(int index) =>
            extractor.Sequence.Slice(extractor.Positions[index] - schema.ContextWidth, schema.ContextWidth + 1);
    }
}
