using System.Numerics;

namespace Watermark.Text.Tokenizers.BytePairs;

/// <summary>
/// Merges tokens by a <see cref="MergeTable"/>: always the pair of the smallest rank, and of equal ones the leftmost, until
/// no pair merges. That is the order of tiktoken and of Hugging Face's tokenizers. Has work space; not for several threads
/// at once.
/// </summary>
/// <remarks>
/// Up to <see cref="ShortLength"/> tokens the smallest rank is searched for anew each time, which is the fastest; longer
/// rows take a queue of all pairs and a linked list: n tokens take time in the order of n log n.
/// </remarks>
internal sealed class Merger
{
    /// <summary>The most tokens that are merged by plain search.</summary>
    public const int ShortLength = 64;

    private const int Kept = 1 << 16;

    private readonly PairQueue queue = new();
    private int[] ranks = [];
    private int[] merged = [];
    private int[] previous = [];
    private int[] next = [];

    /// <summary>Merges tokens in place.</summary>
    /// <param name="tokens">The tokens; those that are left stand at the beginning.</param>
    /// <param name="table">The merges.</param>
    /// <returns>How many tokens are left.</returns>
    public int Merge(Span<int> tokens, MergeTable table) =>
        tokens.Length <= ShortLength ? MergeShort(tokens, table) : MergeLong(tokens, table);

    private static int MergeShort(Span<int> tokens, MergeTable table)
    {
        Span<int> ranks = stackalloc int[ShortLength];
        Span<int> merged = stackalloc int[ShortLength];
        int pairs = tokens.Length - 1;
        for (int i = 0; i < pairs; i++)
            ranks[i] = table.Find(tokens[i], tokens[i + 1], out merged[i]);
        while (pairs > 0)
        {
            int at = 0;
            int best = ranks[0];
            for (int i = 1; i < pairs; i++)
            {
                if (ranks[i] < best)
                {
                    best = ranks[i];
                    at = i;
                }
            }

            if (best == MergeTable.None)
                break;
            tokens[at] = merged[at];
            for (int i = at + 1; i < pairs; i++)
            {
                tokens[i] = tokens[i + 1];
                ranks[i - 1] = ranks[i];
                merged[i - 1] = merged[i];
            }

            pairs--;
            if (at < pairs)
                ranks[at] = table.Find(tokens[at], tokens[at + 1], out merged[at]);
            if (at > 0)
                ranks[at - 1] = table.Find(tokens[at - 1], tokens[at], out merged[at - 1]);
        }

        return pairs + 1;
    }

    private int MergeLong(Span<int> tokens, MergeTable table)
    {
        int count = tokens.Length;
        if (ranks.Length < count)
        {
            int room = (int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)count), (uint)Array.MaxLength);
            ranks = new int[room];
            merged = new int[room];
            previous = new int[room];
            next = new int[room];
        }

        queue.Clear(ranks.Length);
        for (int i = 0; i < count; i++)
        {
            previous[i] = i - 1;
            next[i] = i + 1;
            ranks[i] = i + 1 < count ? table.Find(tokens[i], tokens[i + 1], out merged[i]) : MergeTable.None;
            if (ranks[i] != MergeTable.None)
                queue.AddFirst(ranks[i], i);
        }

        queue.Sort();
        while (queue.TryTake(out int rank, out int at))
        {
            // The pair was counted before one of its tokens merged: what now stands there is in the queue by itself.
            if (ranks[at] != rank)
                continue;
            int right = next[at];
            tokens[at] = merged[at];
            ranks[right] = MergeTable.None;
            int after = next[right];
            next[at] = after;
            if (after < count)
                previous[after] = at;
            Update(at, tokens, table);
            if (previous[at] >= 0)
                Update(previous[at], tokens, table);
        }

        int left = 0;
        for (int i = 0; i < count; i = next[i])
            tokens[left++] = tokens[i];
        if (ranks.Length > Kept)
        {
            // One very long text must not hold memory for ever.
            ranks = merged = previous = next = [];
            queue.Release();
        }

        return left;
    }

    private void Update(int at, Span<int> tokens, MergeTable table)
    {
        int right = next[at];
        int rank = right < tokens.Length ? table.Find(tokens[at], tokens[right], out merged[at]) : MergeTable.None;
        ranks[at] = rank;
        if (rank != MergeTable.None)
            queue.Add(rank, at);
    }
}
