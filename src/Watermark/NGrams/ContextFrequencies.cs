namespace Watermark.NGrams;

/// <summary>How often each context occurs in a text, such as the owner's served replies. Holds no key. Immutable.</summary>
public sealed class ContextFrequencies
{
    private readonly Sample table;
    private readonly Dictionary<ulong, List<int>> firstRows = [];

    /// <summary>Counts the contexts of a sample; every token seen after a context counts as often as it occurs.</summary>
    /// <param name="table">The sample of the text, with any selection that keeps every distinct row.</param>
    public ContextFrequencies(Sample table)
    {
        ArgumentNullException.ThrowIfNull(table);
        this.table = table;
        for (int row = 0; row < table.RowCount; row++)
        {
            if (row > 0 && SameContext(table.Rows, row, table.Rows, row - 1))
                continue;
            ulong hash = Hash(table.Rows, row);
            if (firstRows.TryGetValue(hash, out List<int>? rows))
                rows.Add(row);
            else
                firstRows.Add(hash, [row]);
        }
    }

    /// <summary>h.</summary>
    public int ContextWidth => table.Schema.ContextWidth;

    /// <summary>Whether the text was written with the key, as its sample says.</summary>
    public TextOrigin Origin => table.Schema.Origin;

    /// <summary>How often the context of each row occurs in the text.</summary>
    /// <param name="rows">Rows of the same context width.</param>
    /// <param name="frequencies">One per row; at least as long as there are rows.</param>
    /// <exception cref="ArgumentException">The context widths differ, or the buffer is short.</exception>
    public void Lookup(NGramRows rows, Span<long> frequencies)
    {
        if (rows.Count > 0 && rows.ContextWidth != ContextWidth)
            throw new ArgumentException($"The rows carry {rows.ContextWidth} context tokens; the text was counted with {ContextWidth}.", nameof(rows));
        ArgumentOutOfRangeException.ThrowIfLessThan(frequencies.Length, rows.Count, nameof(frequencies));
        for (int row = 0; row < rows.Count; row++)
            frequencies[row] = row > 0 && SameContext(rows, row, rows, row - 1) ? frequencies[row - 1] : Find(rows, row);
    }

    private long Find(NGramRows rows, int row)
    {
        if (!firstRows.TryGetValue(Hash(rows, row), out List<int>? candidates))
            return 0;
        foreach (int first in candidates)
        {
            if (!SameContext(table.Rows, first, rows, row))
                continue;
            long count = 0;
            for (int i = first; i < table.RowCount && SameContext(table.Rows, i, rows, row); i++)
                count += table.Occurrences[i];
            return count;
        }

        return 0;
    }

    private static ulong Hash(NGramRows rows, int row)
    {
        ulong hash = NGramHash.Start;
        for (int column = 0; column < rows.ContextWidth; column++)
            hash = NGramHash.Append(hash, rows.Column(column)[row]);
        return hash;
    }

    private static bool SameContext(NGramRows left, int leftRow, NGramRows right, int rightRow)
    {
        for (int column = 0; column < left.ContextWidth; column++)
        {
            if (left.Column(column)[leftRow] != right.Column(column)[rightRow])
                return false;
        }

        return true;
    }
}
