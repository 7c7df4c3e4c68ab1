using Watermark.NGrams;

namespace Watermark.Detection;

/// <summary>
/// A whole weight for every row of a table, a column beside it: how much the row's colour tells. 0 leaves a row out, so
/// weights of 0 and 1 are a filter. A negative weight is that of a token the suspect avoids: the row speaks for the key when
/// the token is not green.
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
    private readonly sbyte[] values;

    private RowWeights(NGramTable table, sbyte[] values)
    {
        Table = table;
        this.values = values;
    }

    /// <summary>The table whose rows are weighed.</summary>
    public NGramTable Table { get; }

    /// <summary>The weights, one a row in the table's order.</summary>
    public ReadOnlySpan<sbyte> Values => values;

    /// <summary>Takes weights made elsewhere.</summary>
    /// <param name="table">The table; each of its rows must count once.</param>
    /// <param name="weights">One a row, in the table's order; copied.</param>
    /// <exception cref="ArgumentException">The lengths differ, or rows count as often as they occur.</exception>
    public static RowWeights Create(NGramTable table, ReadOnlySpan<sbyte> weights)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (weights.Length != table.RowCount)
            throw new ArgumentException($"There are {weights.Length} weights for {table.RowCount} rows.", nameof(weights));
        if (table.UsesMultiplicity)
            throw new ArgumentException("Weights need a table whose rows count once; this one counts every occurrence.", nameof(table));
        return new RowWeights(table, weights.ToArray());
    }

    /// <summary>Makes weights from numbers: the nearest whole number of steps, half a step away from zero.</summary>
    /// <param name="table">The table.</param>
    /// <param name="numbers">One a row, on any scale; infinities and what is not a number are refused.</param>
    /// <param name="levels">The size of the largest weight, 1 to 127; the number furthest from zero gets it.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a number is not finite.</exception>
    public static RowWeights Quantize(NGramTable table, ReadOnlySpan<double> numbers, int levels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(levels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(levels, sbyte.MaxValue);
        double greatest = 0;
        foreach (double number in numbers)
        {
            if (!double.IsFinite(number))
                throw new ArgumentException($"The number {number} is no weight.", nameof(numbers));
            greatest = Math.Max(greatest, Math.Abs(number));
        }

        var weights = new sbyte[numbers.Length];
        for (int i = 0; i < weights.Length && greatest > 0; i++)
            weights[i] = (sbyte)Math.Round(numbers[i] / greatest * levels, MidpointRounding.AwayFromZero);
        return Create(table, weights);
    }
}
