using System.Collections.Concurrent;

namespace Watermark.NGrams;

/// <summary>
/// Collects the rows of documents, on any number of threads, into a sample that does not depend on their order. Needs no
/// key.
/// </summary>
/// <remarks>
/// Memory grows with the distinct rows: 4·(h + 4) bytes each and 11 to 21 bytes of index, and briefly twice that while a
/// part grows. Where prompts are kept it also grows with their distinct rows, 4·(h + 1) bytes each. It does not grow with
/// the text of the replies. With a row limit at most 9/8 of the limit, plus 65,536 rows and one document, are held, with
/// the prompts of the documents that stand for one of them. <see cref="Build"/> holds the rows four times.
/// </remarks>
public sealed class SampleBuilder
{
    private const int ShardBits = 6;
    private const int SlackRows = 1 << 16;

    private readonly SampleSchema schema;
    private readonly PromptCollector? promptRows;
    private readonly SampleShard[] shards;
    private readonly Lock shrinking = new();
    private readonly ConcurrentBag<Workspace> workspaces = [];
    private long rows;
    private long documents;
    private long documentsWithPrompts;
    private long tokens;
    private ulong threshold = ulong.MaxValue;

    /// <summary>Creates an empty builder.</summary>
    /// <param name="schema">What to collect.</param>
    public SampleBuilder(SampleSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        schema.Validate();
        this.schema = schema;
        if (schema.KeepsPrompts && schema.Selection.ExcludePromptContexts)
            promptRows = new PromptCollector(schema);
        shards = new SampleShard[1 << ShardBits];
        for (int i = 0; i < shards.Length; i++)
            shards[i] = new SampleShard(schema);
    }

    /// <summary>The documents whose prompts are held.</summary>
    internal int PromptedDocuments => promptRows?.Count ?? 0;

    /// <summary>Adds a document. Safe for concurrent use.</summary>
    /// <param name="ids">Token ids of the reply.</param>
    /// <param name="prompts">Token ids of the prompts that it answers, and of text that it may repeat; null for none.</param>
    /// <param name="hasPrompt">Whether its prompt is known; null: if one of the prompts has a token.</param>
    public void AddDocument(ReadOnlySpan<int> ids, IReadOnlyList<int[]>? prompts = null, bool? hasPrompt = null)
    {
        bool prompted = Add(ids, prompts);
        Interlocked.Increment(ref documents);
        Interlocked.Add(ref documentsWithPrompts, hasPrompt ?? prompted ? 1 : 0);
    }

    /// <summary>
    /// Adds a further part of a document, such as the reasoning before a reply: no n-gram reaches from one part into another,
    /// and it is not counted as a document. Safe for concurrent use.
    /// </summary>
    /// <param name="ids">Token ids of the part.</param>
    /// <param name="prompts">Token ids of the prompts of its document; null for none.</param>
    public void AddPart(ReadOnlySpan<int> ids, IReadOnlyList<int[]>? prompts = null) => Add(ids, prompts);

    /// <summary>Adds the rows of a text; whether one of its prompts has a token.</summary>
    private bool Add(ReadOnlySpan<int> ids, IReadOnlyList<int[]>? prompts)
    {
        if (!workspaces.TryTake(out Workspace? workspace))
            workspace = new Workspace(schema);
        bool prompted = prompts is not null && prompts.Any(prompt => prompt.Length > 0);
        workspace.Group(ids, prompts);
        ulong document = DocumentHash(ids, prompted ? prompts! : []);
        bool stands = false;
        for (int shard = 0; shard < shards.Length; shard++)
            stands |= AddGroup(shards[shard], workspace, workspace.GroupOf(shard), document);
        workspaces.Add(workspace);

        // After the rows, so that a document which stands for a row is not removed meanwhile. Once a row limit drops most
        // rows, most documents stand for none: their prompts would pile up until the next time that rows are dropped.
        if (prompted && stands)
            promptRows?.Add(document, prompts!);
        Interlocked.Add(ref tokens, ids.Length);
        return prompted;
    }

    /// <summary>
    /// Adds rows that were chosen elsewhere, such as a suspect's predictions at positions of a given text. The selection's
    /// rule about the corpus is applied, its rules about documents are not. Safe for concurrent use.
    /// </summary>
    /// <param name="chosen">Rows of the schema's context width.</param>
    /// <param name="tokensRead">Tokens read to choose them, 0 or more; counted as one document.</param>
    public void AddRows(NGramRows chosen, long tokensRead)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokensRead);
        if (chosen.Count > 0 && chosen.ContextWidth != schema.ContextWidth)
            throw new ArgumentException($"The rows carry {chosen.ContextWidth} context tokens; the sample holds {schema.ContextWidth}.", nameof(chosen));
        Span<int> row = stackalloc int[schema.ContextWidth + 1];
        ulong document = NGramHash.Of(chosen.Tokens);
        for (int i = 0; i < chosen.Count; i++)
        {
            chosen.CopyRow(i, row);
            Add(row, document);
        }

        Interlocked.Increment(ref documents);
        Interlocked.Add(ref tokens, tokensRead);
    }

    /// <summary>Makes the sample. Must not be called while documents are being added.</summary>
    public Sample Build()
    {
        ShrinkTo(schema.RowLimit ?? long.MaxValue);
        int count = checked((int)shards.Sum(shard => (long)shard.Count));
        int width = schema.ContextWidth + 1;
        int stride = width + 1;
        Sample.CheckSize(count, schema.ContextWidth);
        var records = new int[count * stride];
        var counts = new uint[count];
        var owners = new ulong[count];
        int next = 0;
        foreach (SampleShard shard in shards)
        {
            for (int i = 0; i < shard.Count; i++, next++)
            {
                Span<int> record = records.AsSpan(next * stride, stride);
                shard.Row(i).CopyTo(record);
                record[width] = next;
                counts[next] = shard.Occurrences(i);
                owners[next] = shard.Document(i);
            }
        }

        records = RowOrder.Sort(records, count, stride, width);
        var sorted = new int[count * width];
        var sortedCounts = new uint[count];
        var sortedOwners = new ulong[count];
        for (int row = 0; row < count; row++)
        {
            ReadOnlySpan<int> record = records.AsSpan(row * stride, stride);
            for (int column = 0; column < width; column++)
                sorted[(column * count) + row] = record[column];
            sortedCounts[row] = counts[record[width]];
            sortedOwners[row] = owners[record[width]];
        }

        var provenance = new SampleProvenance { Documents = documents, Tokens = tokens, DocumentsWithPrompts = documentsWithPrompts };
        PromptRows prompts = promptRows?.Build([.. sortedOwners]) ?? PromptRows.None;
        var sample = new Sample(schema, provenance, count, sorted, sortedCounts, sortedOwners, [], prompts, threshold != ulong.MaxValue);
        return schema.RowLimit < count ? Sample.Merge(sample) : sample;
    }

    /// <summary>The hash of a document: its prompts, each after its length, and its reply.</summary>
    private static ulong DocumentHash(ReadOnlySpan<int> ids, IReadOnlyList<int[]> prompts)
    {
        ulong hash = NGramHash.Start;
        foreach (int[] prompt in prompts)
        {
            hash = NGramHash.Append(hash, prompt.Length);
            foreach (int token in prompt)
                hash = NGramHash.Append(hash, token);
        }

        foreach (int token in ids)
            hash = NGramHash.Append(hash, token);
        return hash;
    }

    /// <summary>Adds a document's rows of one part under one lock, so that the processor can wait for several at once.</summary>
    /// <returns>Whether the document stands for one of them.</returns>
    private bool AddGroup(SampleShard shard, Workspace workspace, ReadOnlySpan<int> group, ulong document)
    {
        if (group.IsEmpty)
            return false;
        ulong limit = Volatile.Read(ref threshold);
        int added = 0;
        bool stands = false;
        lock (shard.Gate)
        {
            foreach (int index in group)
            {
                ulong hash = workspace.Hash(index);
                if (hash > limit)
                    continue;
                added += shard.Add(workspace.Row(index), hash, document, out bool mine) ? 1 : 0;
                stands |= mine;
            }
        }

        Count(added);
        return stands;
    }

    private void Add(ReadOnlySpan<int> row, ulong document)
    {
        ulong hash = NGramHash.Of(schema.KeyedByContext ? row[..^1] : row);
        if (hash > Volatile.Read(ref threshold))
            return;
        SampleShard shard = shards[ShardOf(hash)];
        bool isNew;
        lock (shard.Gate)
            isNew = shard.Add(row, hash, document, out _);
        Count(isNew ? 1 : 0);
    }

    private void Count(int added)
    {
        if (added > 0 && Interlocked.Add(ref rows, added) is var total && schema.RowLimit is { } limit && total > limit + (limit / 8) + SlackRows)
            Shrink(limit);
    }

    private static int ShardOf(ulong hash) => (int)(hash & ((1 << ShardBits) - 1));

    /// <summary>
    /// Lowers the threshold to the hash of the last row that fits the limit. Rows above it can never be among the smallest
    /// again, so no row of the result is ever dropped, and its counts are complete.
    /// </summary>
    private void Shrink(long limit)
    {
        lock (shrinking)
        {
            if (Interlocked.Read(ref rows) <= limit + (limit / 8) + SlackRows)
                return;
            ShrinkTo(limit);
        }
    }

    private void ShrinkTo(long limit)
    {
        var hashes = new List<ulong>();
        if (Interlocked.Read(ref rows) <= limit)
            return;
        foreach (SampleShard shard in shards)
        {
            lock (shard.Gate)
                shard.CopyHashes(hashes);
        }

        hashes.Sort();
        Volatile.Write(ref threshold, hashes[(int)limit - 1]);
        var standing = new HashSet<ulong>();
        foreach (SampleShard shard in shards)
        {
            lock (shard.Gate)
            {
                Interlocked.Add(ref rows, -shard.RemoveAbove(threshold));
                if (promptRows is not null)
                    shard.CopyDocuments(standing);
            }
        }

        promptRows?.Keep(standing);
    }

    /// <summary>One thread's buffers: a document's rows, grouped by the part they belong to.</summary>
    private sealed class Workspace(SampleSchema schema)
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
