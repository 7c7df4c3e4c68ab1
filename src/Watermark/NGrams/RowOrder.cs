namespace Watermark.NGrams;

/// <summary>
/// Makes a sample independent of the order in which its rows were added: total orders, and sums of 32 bits.
/// </summary>
internal static class RowOrder
{
    /// <summary>
    /// The sum of two occurrence counts. Where each row is scored once, the count is only information and stops at the
    /// largest value (addition stays associative). Where the count weighs the score, an overflow is an error.
    /// </summary>
    /// <exception cref="InputFormatException">A count that weighs a score does not fit 32 bits.</exception>
    public static uint Add(uint left, uint right, SampleSchema schema)
    {
        uint sum = left + right;
        if (sum >= left)
            return sum;
        return schema.CountsOccurrences
            ? throw new InputFormatException("A row occurs more than 4,294,967,295 times in all; count each n-gram once over the corpus.")
            : uint.MaxValue;
    }

    /// <summary>
    /// Whether the token of one row is the one to keep for the context both share: the smaller hash of the whole row
    /// decides, then the smaller token. Neither depends on a key or on which came first.
    /// </summary>
    /// <param name="candidate">A row.</param>
    /// <param name="current">Another row with the same context.</param>
    public static bool IsPreferredToken(ReadOnlySpan<int> candidate, ReadOnlySpan<int> current)
    {
        if (candidate[^1] == current[^1])
            return false;
        ulong own = NGramHash.Of(candidate);
        ulong other = NGramHash.Of(current);
        return own != other ? own < other : candidate[^1] < current[^1];
    }

    /// <summary>
    /// Sorts records in ascending order of their columns, oldest context token first; what follows the columns of a record
    /// travels with it.
    /// </summary>
    /// <param name="records">The records, one after another; may be overwritten.</param>
    /// <param name="count">The number of records.</param>
    /// <param name="stride">Integers per record.</param>
    /// <param name="width">How many of them, from the first, are columns.</param>
    /// <returns>The sorted records: the array given, or another of its size.</returns>
    /// <remarks>
    /// Least-significant-digit radix sort: linear and stable. Whole records move, so that every pass reads memory in order;
    /// it holds them twice.
    /// </remarks>
    public static int[] Sort(int[] records, int count, int stride, int width)
    {
        const int digitBits = 11;
        const uint digitMask = (1 << digitBits) - 1;
        if (count < 2)
            return records;
        int[] next = new int[records.Length];
        var offsets = new int[1 << digitBits];
        for (int column = width - 1; column >= 0; column--)
        {
            int smallest = int.MaxValue;
            int largest = int.MinValue;
            for (int at = column; at < count * stride; at += stride)
            {
                smallest = Math.Min(smallest, records[at]);
                largest = Math.Max(largest, records[at]);
            }

            uint range = (uint)largest - (uint)smallest;
            for (int shift = 0; shift < 32 && range >> shift != 0; shift += digitBits)
            {
                Array.Clear(offsets);
                for (int at = column; at < count * stride; at += stride)
                    offsets[(((uint)records[at] - (uint)smallest) >> shift) & digitMask]++;
                int sum = 0;
                for (int digit = 0; digit < offsets.Length; digit++)
                    (offsets[digit], sum) = (sum, sum + offsets[digit]);
                for (int start = 0; start < count * stride; start += stride)
                {
                    ref int offset = ref offsets[(((uint)records[start + column] - (uint)smallest) >> shift) & digitMask];
                    records.AsSpan(start, stride).CopyTo(next.AsSpan(offset * stride));
                    offset++;
                }

                (records, next) = (next, records);
            }
        }

        return records;
    }
}
