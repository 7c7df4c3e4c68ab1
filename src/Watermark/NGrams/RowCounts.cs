namespace Watermark.NGrams;

/// <summary>Occurrence counts of 32 bits.</summary>
internal static class RowCounts
{
    /// <summary>
    /// The sum. Where each row is scored once, the count is only told, and stops at the largest value (addition stays
    /// associative); where it weighs the score, losing one is an error.
    /// </summary>
    /// <exception cref="InvalidOperationException">A count that weighs a score does not fit 32 bits.</exception>
    public static uint Add(uint left, uint right, NGramTableSchema schema)
    {
        uint sum = left + right;
        if (sum >= left)
            return sum;
        return schema.UsesMultiplicity
            ? throw new InvalidOperationException("A row occurs more than 4,294,967,295 times; count each n-gram once over the corpus.")
            : uint.MaxValue;
    }
}
