namespace Watermark.NGrams;

/// <summary>The total orders that make a table independent of the order in which its rows came.</summary>
internal static class RowOrder
{
    /// <summary>
    /// Whether the token of one row is the one to keep for the context both share: the smaller hash of the whole row
    /// decides, then the smaller token. Neither depends on a key or on which came first.
    /// </summary>
    /// <param name="candidate">A row.</param>
    /// <param name="current">Another with the same context.</param>
    public static bool IsPreferredToken(ReadOnlySpan<int> candidate, ReadOnlySpan<int> current)
    {
        if (candidate[^1] == current[^1])
            return false;
        ulong own = NGramHash.Of(candidate);
        ulong other = NGramHash.Of(current);
        return own != other ? own < other : candidate[^1] < current[^1];
    }

    /// <summary>The order in which rows must be read to be in ascending order of their columns, oldest context token first.</summary>
    /// <param name="columns">The columns, one after another.</param>
    /// <param name="count">Rows a column.</param>
    /// <param name="width">The number of columns.</param>
    /// <remarks>Least-significant-digit radix sort: linear, stable, 8 bytes a row beside the result.</remarks>
    public static int[] Sort(ReadOnlySpan<int> columns, int count, int width)
    {
        const int digitBits = 11;
        const uint digitMask = (1 << digitBits) - 1;
        var order = new int[count];
        for (int i = 0; i < count; i++)
            order[i] = i;
        if (count < 2)
            return order;
        var next = new int[count];
        var offsets = new int[1 << digitBits];
        for (int column = width - 1; column >= 0; column--)
        {
            ReadOnlySpan<int> values = columns.Slice(column * count, count);
            int smallest = values[0];
            int largest = values[0];
            foreach (int value in values)
            {
                smallest = Math.Min(smallest, value);
                largest = Math.Max(largest, value);
            }

            uint range = (uint)largest - (uint)smallest;
            for (int shift = 0; shift < 32 && range >> shift != 0; shift += digitBits)
            {
                Array.Clear(offsets);
                foreach (int value in values)
                    offsets[(((uint)value - (uint)smallest) >> shift) & digitMask]++;
                int sum = 0;
                for (int digit = 0; digit < offsets.Length; digit++)
                    (offsets[digit], sum) = (sum, sum + offsets[digit]);
                foreach (int row in order)
                    next[offsets[(((uint)values[row] - (uint)smallest) >> shift) & digitMask]++] = row;
                (order, next) = (next, order);
            }
        }

        return order;
    }
}
