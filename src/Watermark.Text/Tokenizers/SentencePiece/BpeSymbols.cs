namespace Watermark.Text.Tokenizers.SentencePiece;

/// <summary>The symbols of a text while they are merged: a linked list in arrays, and the merges that wait.</summary>
internal sealed class BpeSymbols
{
    private Entry[] entries = new Entry[64];
    private ulong[] heap = new ulong[64];
    private int waiting;

    /// <summary>The number of symbols, gone ones included.</summary>
    public int Count { get; private set; }

    /// <summary>The last splits of symbols that are cut again.</summary>
    public Dictionary<int, (int Left, int Right)> Splits { get; } = [];

    /// <summary>A symbol.</summary>
    /// <param name="index">Its place.</param>
    public ref Entry this[int index] => ref entries[index];

    /// <summary>Removes all.</summary>
    public void Clear()
    {
        Count = 0;
        waiting = 0;
        Splits.Clear();
    }

    /// <summary>Adds a symbol at the end.</summary>
    /// <param name="symbol">Its number.</param>
    /// <param name="start">Where its text begins.</param>
    public void Add(int symbol, int start)
    {
        if (Count == entries.Length)
            Array.Resize(ref entries, 2 * Count);
        entries[Count] = new Entry { Symbol = symbol, Start = start, Previous = Count - 1, Next = Count + 1, Merged = -1 };
        Count++;
    }

    /// <summary>Merges a symbol with the next one.</summary>
    /// <param name="left">Its place.</param>
    public void Merge(int left)
    {
        int right = entries[left].Next;
        int next = entries[right].Next;
        entries[right].Merged = -1;
        entries[left].Symbol = entries[left].Merged;
        entries[left].Next = next;
        if (next < Count)
            entries[next].Previous = left;
    }

    /// <summary>Lets a merge wait.</summary>
    /// <param name="rank">The smallest goes first.</param>
    /// <param name="left">The place of its left symbol: of equal ranks the leftmost goes first.</param>
    public void Push(int rank, int left)
    {
        if (waiting == heap.Length)
            Array.Resize(ref heap, 2 * waiting);
        ulong item = (ulong)rank << 32 | (uint)left;
        int at = waiting++;
        while (at > 0 && heap[(at - 1) >> 2] > item)
        {
            heap[at] = heap[(at - 1) >> 2];
            at = (at - 1) >> 2;
        }

        heap[at] = item;
    }

    /// <summary>Takes the merge that goes first. It may be out of date.</summary>
    /// <param name="rank">Its rank.</param>
    /// <param name="left">The place of its left symbol.</param>
    public bool TryPop(out int rank, out int left)
    {
        rank = 0;
        left = 0;
        if (waiting == 0)
            return false;
        rank = (int)(heap[0] >> 32);
        left = (int)(uint)heap[0];
        ulong item = heap[--waiting];
        int at = 0;
        for (int child = 1; child < waiting; child = 4 * at + 1)
        {
            int last = Math.Min(child + 4, waiting);
            int least = child;
            for (int i = child + 1; i < last; i++)
            {
                if (heap[i] < heap[least])
                    least = i;
            }

            if (heap[least] >= item)
                break;
            heap[at] = heap[least];
            at = least;
        }

        heap[at] = item;
        return true;
    }

    /// <summary>A symbol in its text.</summary>
    internal struct Entry
    {
        /// <summary>Its number; negative where it never merges.</summary>
        public int Symbol;

        /// <summary>Where its text begins.</summary>
        public int Start;

        /// <summary>The symbol before it; -1 where there is none.</summary>
        public int Previous;

        /// <summary>The symbol after it; the number of symbols where there is none.</summary>
        public int Next;

        /// <summary>What it makes with the symbol after it; -1 for nothing.</summary>
        public int Merged;
    }
}
