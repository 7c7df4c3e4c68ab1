namespace Watermark.Text.Tokenizers.SentencePiece;

/// <summary>The symbols of a text while they are merged: a linked list in arrays, and the merges that wait.</summary>
internal sealed class BpeSymbols
{
    /// <summary>A symbol that was merged into the one before it.</summary>
    public const int Gone = int.MinValue;

    private Entry[] entries = new Entry[64];
    private Waiting[] heap = new Waiting[64];
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
        entries[Count] = new Entry { Symbol = symbol, Start = start, Previous = Count - 1, Next = Count + 1 };
        Count++;
    }

    /// <summary>Merges a symbol with the next one.</summary>
    /// <param name="left">Its place.</param>
    /// <param name="merged">What the two become.</param>
    public void Merge(int left, int merged)
    {
        int right = entries[left].Next;
        int next = entries[right].Next;
        entries[right].Symbol = Gone;
        entries[left].Symbol = merged;
        entries[left].Next = next;
        if (next < Count)
            entries[next].Previous = left;
    }

    /// <summary>Lets a merge wait.</summary>
    /// <param name="rank">The smallest goes first.</param>
    /// <param name="left">The place of its left symbol: of equal ranks the leftmost goes first.</param>
    /// <param name="merged">What it makes.</param>
    public void Push(int rank, int left, int merged)
    {
        if (waiting == heap.Length)
            Array.Resize(ref heap, 2 * waiting);
        var item = new Waiting((ulong)rank << 32 | (uint)left, merged);
        int at = waiting++;
        while (at > 0 && heap[(at - 1) >> 2].Key > item.Key)
        {
            heap[at] = heap[(at - 1) >> 2];
            at = (at - 1) >> 2;
        }

        heap[at] = item;
    }

    /// <summary>Takes the merge that goes first.</summary>
    /// <param name="left">The place of its left symbol.</param>
    /// <param name="merged">What it makes.</param>
    public bool TryPop(out int left, out int merged)
    {
        left = 0;
        merged = 0;
        if (waiting == 0)
            return false;
        left = (int)(uint)heap[0].Key;
        merged = heap[0].Merged;
        Waiting item = heap[--waiting];
        int at = 0;
        for (int child = 1; child < waiting; child = 4 * at + 1)
        {
            int last = Math.Min(child + 4, waiting);
            int least = child;
            for (int i = child + 1; i < last; i++)
            {
                if (heap[i].Key < heap[least].Key)
                    least = i;
            }

            if (heap[least].Key >= item.Key)
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
    }

    private readonly record struct Waiting(ulong Key, int Merged);
}
