using Watermark.NGrams;

namespace Watermark.Detection;

/// <summary>
/// A whole weight for every row of a table, a column beside it: how much the row's colour tells. 0 leaves a row out, so
/// weights of 0 and 1 are a filter.
/// </summary>
/// <remarks>
/// The null stays exact as long as weights depend on nothing that depends on the key's bits: how often a context occurs
/// in the owner's text (text written without the key, where the last doubt is to be removed), how uncertain the owner's
/// <em>unmarked</em> model is there, how often the suspect produced the row. Never on whether (context, token) occurs
/// in marked text: marked pairs are green by construction. The rule that gives the weights is chosen on other data than
/// the case's.
/// </remarks>
public sealed class RowWeights
{
    private readonly byte[] values;

    private RowWeights(NGramTable table, byte[] values)
    {
        Table = table;
        this.values = values;
    }

    /// <summary>The table whose rows are weighed.</summary>
    public NGramTable Table { get; }

    /// <summary>The weights, one a row in the table's order.</summary>
    public ReadOnlySpan<byte> Values => values;

    /// <summary>Takes weights made elsewhere.</summary>
    /// <param name="table">The table; each of its rows must count once.</param>
    /// <param name="weights">One a row, in the table's order; copied.</param>
    /// <exception cref="ArgumentException">The lengths differ, or rows count as often as they occur.</exception>
    public static RowWeights Create(NGramTable table, ReadOnlySpan<byte> weights)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (weights.Length != table.RowCount)
            throw new ArgumentException($"There are {weights.Length} weights for {table.RowCount} rows.", nameof(weights));
        if (table.UsesMultiplicity)
            throw new ArgumentException("Weights need a table whose rows count once; this one counts every occurrence.", nameof(table));
        return new RowWeights(table, weights.ToArray());
    }

    /// <summary>Makes weights from numbers: 0 for those below half a step, otherwise the nearest whole number of steps.</summary>
    /// <param name="table">The table.</param>
    /// <param name="numbers">One a row, on any scale; infinities and what is not a number are refused.</param>
    /// <param name="levels">The largest weight, 1 to 255; the greatest number gets it.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a number is not finite.</exception>
    public static RowWeights Quantize(NGramTable table, ReadOnlySpan<double> numbers, int levels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(levels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(levels, byte.MaxValue);
        double greatest = 0;
        foreach (double number in numbers)
        {
            if (!double.IsFinite(number))
                throw new ArgumentException($"The number {number} is no weight.", nameof(numbers));
            greatest = Math.Max(greatest, number);
        }

        var weights = new byte[numbers.Length];
        for (int i = 0; i < weights.Length && greatest > 0; i++)
            weights[i] = (byte)Math.Round(Math.Max(0, numbers[i]) / greatest * levels);
        return Create(table, weights);
    }
}
