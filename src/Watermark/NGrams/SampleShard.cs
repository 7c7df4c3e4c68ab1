using System.Runtime.InteropServices;

namespace Watermark.NGrams;

/// <summary>
/// One part of a growing sample: rows whose hash falls into it, each once, found through an open-addressing index. The
/// caller holds <see cref="Gate"/>.
/// </summary>
/// <remarks>Memory: 4·(h + 4) bytes per row and 11 to 21 bytes of index; twice that while it grows.</remarks>
internal sealed class SampleShard(SampleSchema schema)
{
    private const int FewestSlots = 1 << 8;

    private readonly int width = schema.ContextWidth + 1;
    private readonly int keyWidth = schema.KeyedByContext ? schema.ContextWidth : schema.ContextWidth + 1;

    // A slot holds the upper half of the key's hash and, below it, one more than the row's number; 0 is free.
    private ulong[] slots = new ulong[FewestSlots];
    private int[] rows = [];
    private uint[] counts = [];
    private ulong[] documents = [];

    /// <summary>Serialises access.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>A row: context tokens, oldest first, and the token.</summary>
    /// <param name="index">Its number.</param>
    public ReadOnlySpan<int> Row(int index) => rows.AsSpan(index * width, width);

    /// <summary>How often a row was added.</summary>
    /// <param name="index">Its number.</param>
    public uint Occurrences(int index) => counts[index];

    /// <summary>The smallest hash of the documents that show a row.</summary>
    /// <param name="index">Its number.</param>
    public ulong Document(int index) => documents[index];

    /// <summary>Adds a row.</summary>
    /// <param name="row">Context and token.</param>
    /// <param name="keyHash">The hash by which the row is found: of context and token, or of the context only.</param>
    /// <param name="document">The hash of the document that shows it.</param>
    /// <param name="stands">Whether this document stands for the row now.</param>
    /// <returns>Whether the row is new.</returns>
    public bool Add(ReadOnlySpan<int> row, ulong keyHash, ulong document, out bool stands)
    {
        int slot = FindSlot(row, keyHash);
        if (slots[slot] != 0)
        {
            int index = (int)(uint)slots[slot] - 1;
            counts[index] = RowOrder.Add(counts[index], 1, schema);
            stands = document <= documents[index];
            documents[index] = Math.Min(documents[index], document);
            if (keyWidth < width && RowOrder.IsPreferredToken(row, Row(index)))
                rows[(index * width) + width - 1] = row[^1];
            return false;
        }

        if ((Count + 1) * width > rows.Length)
            Grow();
        stands = true;
        row.CopyTo(rows.AsSpan(Count * width));
        counts[Count] = 1;
        documents[Count] = document;
        slots[slot] = (keyHash & 0xFFFFFFFF00000000) | (uint)(++Count);
        if (Count * 4L > slots.Length * 3L)
            Reindex(slots.Length * 2);
        return true;
    }

    /// <summary>Removes the rows whose key hash lies above a threshold.</summary>
    /// <param name="threshold">The largest hash that stays.</param>
    /// <returns>The number of rows removed.</returns>
    public int RemoveAbove(ulong threshold)
    {
        int kept = 0;
        for (int index = 0; index < Count; index++)
        {
            if (NGramHash.Of(Row(index)[..keyWidth]) > threshold)
                continue;
            if (kept != index)
            {
                Row(index).CopyTo(rows.AsSpan(kept * width));
                counts[kept] = counts[index];
                documents[kept] = documents[index];
            }

            kept++;
        }

        int removed = Count - kept;
        Count = kept;
        if (removed > 0)
            Reindex(slots.Length);
        return removed;
    }

    /// <summary>Adds the documents that stand for a row.</summary>
    /// <param name="standing">Receives them.</param>
    public void CopyDocuments(HashSet<ulong> standing)
    {
        for (int index = 0; index < Count; index++)
            standing.Add(documents[index]);
    }

    /// <summary>Appends the key hashes of all rows.</summary>
    /// <param name="hashes">Receives them.</param>
    public void CopyHashes(List<ulong> hashes)
    {
        for (int index = 0; index < Count; index++)
            hashes.Add(NGramHash.Of(Row(index)[..keyWidth]));
    }

    private int FindSlot(ReadOnlySpan<int> row, ulong keyHash)
    {
        int mask = slots.Length - 1;
        int slot = SlotBits(keyHash) & mask;
        while (slots[slot] is not 0 and var entry)
        {
            if (((entry ^ keyHash) >> 32) == 0 && Row((int)(uint)entry - 1)[..keyWidth].SequenceEqual(row[..keyWidth]))
                break;
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    /// <summary>
    /// Bits that are not used to choose the part, and that vary also where a threshold keeps only small hashes.
    /// </summary>
    private static int SlotBits(ulong hash) => (int)(hash >> 12);

    private void Grow()
    {
        int capacity = Math.Max(64, (int)Math.Min(Count * 3L / 2, Array.MaxLength / width));
        if (capacity <= Count)
            throw new InvalidOperationException("The sample has no room for more rows; set a row limit.");
        Array.Resize(ref rows, capacity * width);
        Array.Resize(ref counts, capacity);
        Array.Resize(ref documents, capacity);
    }

    private void Reindex(int length)
    {
        slots = new ulong[length];
        int mask = length - 1;
        ReadOnlySpan<int> all = MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(rows), Count * width);
        for (int index = 0; index < Count; index++)
        {
            ulong hash = NGramHash.Of(all.Slice(index * width, keyWidth));
            int slot = SlotBits(hash) & mask;
            while (slots[slot] != 0)
                slot = (slot + 1) & mask;
            slots[slot] = (hash & 0xFFFFFFFF00000000) | (uint)(index + 1);
        }
    }
}
