namespace Watermark.Text.Tokenizers.BytePairs;

/// <summary>Pairs of tokens by rank, then by place: a heap with four children a node.</summary>
internal sealed class PairHeap
{
    private const int Arity = 4;

    private ulong[] items = [];
    private int count;

    /// <summary>Takes everything out.</summary>
    public void Clear() => count = 0;

    /// <summary>Takes everything out and gives the memory back.</summary>
    public void Release()
    {
        items = [];
        count = 0;
    }

    /// <summary>Adds a pair without order; <see cref="Order"/> must follow before one is taken.</summary>
    /// <param name="rank">The rank.</param>
    /// <param name="at">The place.</param>
    public void AddUnordered(int rank, int at)
    {
        if (count == items.Length)
            Array.Resize(ref items, Math.Max(256, 2 * items.Length));
        items[count++] = ((ulong)(uint)rank << 32) | (uint)at;
    }

    /// <summary>Brings what was added without order into order, in time linear in the number of pairs.</summary>
    public void Order()
    {
        for (int i = (count - 2) / Arity; i >= 0 && count > 1; i--)
            SiftDown(i, items[i]);
    }

    /// <summary>Adds a pair.</summary>
    /// <param name="rank">The rank.</param>
    /// <param name="at">The place.</param>
    public void Add(int rank, int at)
    {
        AddUnordered(rank, at);
        int child = count - 1;
        ulong item = items[child];
        while (child > 0)
        {
            int parent = (child - 1) / Arity;
            if (items[parent] <= item)
                break;
            items[child] = items[parent];
            child = parent;
        }

        items[child] = item;
    }

    /// <summary>Takes the pair of the smallest rank, and of equal ones the leftmost.</summary>
    /// <param name="rank">Its rank.</param>
    /// <param name="at">Its place.</param>
    /// <returns>False where there is none.</returns>
    public bool TryTake(out int rank, out int at)
    {
        if (count == 0)
        {
            rank = at = 0;
            return false;
        }

        ulong first = items[0];
        rank = (int)(first >> 32);
        at = (int)(uint)first;
        count--;
        if (count > 0)
            SiftDown(0, items[count]);
        return true;
    }

    private void SiftDown(int parent, ulong item)
    {
        Span<ulong> all = items.AsSpan(0, count);
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
