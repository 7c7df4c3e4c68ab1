using System.Numerics;

namespace Watermark.Text.Tokenizers.BytePairs;

/// <summary>
/// Pairs of tokens by rank, then by place. The pairs of a text before merging are sorted once, by digits of their rank; those
/// that merging makes go into a heap, which stays small and so in the processor's cache.
/// </summary>
internal sealed class PairQueue
{
    private const int DigitBits = 11;
    private const int Arity = 4;

    private ulong[] sorted = []; // The rank in the upper half, the place in the lower one.
    private ulong[] spare = [];
    private ulong[] heap = [];
    private int sortedCount;
    private int sortedNext;
    private int heapCount;
    private int greatestRank;

    /// <summary>Takes everything out, and makes room for the pairs of a text.</summary>
    /// <param name="capacity">The number of pairs before merging, at most.</param>
    public void Clear(int capacity)
    {
        if (sorted.Length < capacity)
        {
            sorted = new ulong[capacity];
            spare = new ulong[capacity];
        }

        sortedCount = sortedNext = heapCount = greatestRank = 0;
    }

    /// <summary>Gives the memory back.</summary>
    public void Release() => sorted = spare = heap = [];

    /// <summary>Adds a pair of the text before merging.</summary>
    /// <param name="rank">Its rank.</param>
    /// <param name="at">Its place, greater than that of the pair before.</param>
    public void AddFirst(int rank, int at)
    {
        sorted[sortedCount++] = Item(rank, at);
        greatestRank = Math.Max(greatestRank, rank);
    }

    /// <summary>Sorts the pairs of the text before merging; must follow the last of them.</summary>
    public void Sort()
    {
        // They come in the order of their places, and each pass keeps the order of equal digits.
        Span<int> ends = stackalloc int[1 << DigitBits];
        int bits = 32 - BitOperations.LeadingZeroCount((uint)greatestRank);
        for (int shift = 32; shift < 32 + bits; shift += DigitBits)
        {
            ends.Clear();
            ReadOnlySpan<ulong> from = sorted.AsSpan(0, sortedCount);
            foreach (ulong item in from)
                ends[Digit(item, shift)]++;
            int sum = 0;
            foreach (ref int end in ends)
                sum = (end += sum);
            for (int i = from.Length - 1; i >= 0; i--)
                spare[--ends[Digit(from[i], shift)]] = from[i];
            (sorted, spare) = (spare, sorted);
        }
    }

    /// <summary>Adds a pair that merging has made.</summary>
    /// <param name="rank">Its rank.</param>
    /// <param name="at">Its place.</param>
    public void Add(int rank, int at)
    {
        if (heapCount == heap.Length)
            Array.Resize(ref heap, Math.Max(256, 2 * heap.Length));
        ulong item = Item(rank, at);
        int child = heapCount++;
        while (child > 0)
        {
            int parent = (child - 1) / Arity;
            if (heap[parent] <= item)
                break;
            heap[child] = heap[parent];
            child = parent;
        }

        heap[child] = item;
    }

    /// <summary>Takes the pair of the smallest rank, and of equal ones the leftmost.</summary>
    /// <param name="rank">Its rank.</param>
    /// <param name="at">Its place.</param>
    /// <returns>False where there is none.</returns>
    public bool TryTake(out int rank, out int at)
    {
        ulong item;
        if (sortedNext < sortedCount && (heapCount == 0 || sorted[sortedNext] <= heap[0]))
        {
            item = sorted[sortedNext++];
        }
        else if (heapCount > 0)
        {
            item = heap[0];
            heapCount--;
            if (heapCount > 0)
                SiftDown(heap[heapCount]);
        }
        else
        {
            rank = at = 0;
            return false;
        }

        rank = (int)(item >> 32);
        at = (int)(uint)item;
        return true;
    }

    private static ulong Item(int rank, int at) => ((ulong)(uint)rank << 32) | (uint)at;

    private static int Digit(ulong item, int shift) => (int)(item >> shift) & ((1 << DigitBits) - 1);

    private void SiftDown(ulong item)
    {
        Span<ulong> all = heap.AsSpan(0, heapCount);
        int parent = 0;
        while (true)
        {
            int first = Arity * parent + 1;
            if (first >= all.Length)
                break;
            int end = Math.Min(first + Arity, all.Length);
            int least = first;
            for (int i = first + 1; i < end; i++)
            {
                if (all[i] < all[least])
                    least = i;
            }

            if (all[least] >= item)
                break;
            all[parent] = all[least];
            parent = least;
        }

        all[parent] = item;
    }
}
