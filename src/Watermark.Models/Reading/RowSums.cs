using System.Runtime.InteropServices;
using Watermark.NGrams;

namespace Watermark.Models.Reading;

/// <summary>
/// Two sums and a count for every distinct row of a width. About 60 bytes per row; memory grows with distinct rows only.
/// </summary>
internal sealed class RowSums(int width)
{
    private readonly List<int> tokens = [];
    private readonly List<Entry> entries = [];
    private readonly Dictionary<ulong, int> newest = [];

    public int Width => width;

    /// <summary>Distinct rows.</summary>
    public int Count => entries.Count;

    public (double First, double Second, long Count) this[int index] => (entries[index].First, entries[index].Second, entries[index].Count);

    /// <summary>All rows one after another; valid until one is added.</summary>
    public ReadOnlySpan<int> Rows => CollectionsMarshal.AsSpan(tokens);

    /// <summary>The tokens of a row; valid until one is added.</summary>
    public ReadOnlySpan<int> Row(int index) => Rows.Slice(index * width, width);

    public void Add(ReadOnlySpan<int> row, double first, double second, long count = 1)
    {
        if (row.Length != width)
            throw new ArgumentException($"The row has {row.Length} tokens; {width} were expected.", nameof(row));
        ref int head = ref CollectionsMarshal.GetValueRefOrAddDefault(newest, NGramHash.Of(row), out bool exists);
        int index = exists ? FindFrom(head, row) : -1;
        if (index < 0)
        {
            index = entries.Count;
            entries.Add(new Entry { Older = exists ? head : -1 });
            tokens.AddRange(row);
            head = index;
        }

        ref Entry entry = ref CollectionsMarshal.AsSpan(entries)[index];
        entry.First += first;
        entry.Second += second;
        entry.Count += count;
    }

    /// <summary>The index of a row, or −1.</summary>
    public int Find(ReadOnlySpan<int> row) => newest.TryGetValue(NGramHash.Of(row), out int head) ? FindFrom(head, row) : -1;

    /// <summary>Adds other sums of the same width.</summary>
    public void AddAll(RowSums other)
    {
        for (int row = 0; row < other.Count; row++)
            Add(other.Row(row), other[row].First, other[row].Second, other[row].Count);
    }

    private int FindFrom(int index, ReadOnlySpan<int> row)
    {
        while (index >= 0 && !Row(index).SequenceEqual(row))
            index = entries[index].Older;
        return index;
    }

    private struct Entry
    {
        public double First;
        public double Second;
        public long Count;

        /// <summary>The row of the same hash before this one, or −1.</summary>
        public int Older;
    }
}
