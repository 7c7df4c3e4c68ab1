using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Statistics;

namespace Watermark.Detection;

/// <summary>What a weighted test shows.</summary>
/// <param name="Rows">Rows with a weight other than 0.</param>
/// <param name="Total">The sum of the weights of green rows.</param>
/// <param name="Mean">The mean of the total under H0, gamma times the sum of all weights.</param>
/// <param name="StandardDeviation">Its standard deviation under H0.</param>
/// <param name="Tail">The p-value under H0: the scored tokens are independent of the key.</param>
public readonly record struct WeightedResult(long Rows, long Total, double Mean, double StandardDeviation, WeightedTail Tail)
{
    /// <summary>The total in standard deviations from its mean, for display; 0 where no row has a weight.</summary>
    public double Z => StandardDeviation > 0 ? (Total - Mean) / StandardDeviation : 0;
}

/// <summary>Tests tables of weighted rows under a green-list key.</summary>
public static class WeightedScoring
{
    private const int BlockRows = 1 << 14;

    /// <summary>Scores every row that has a weight; the total is exact and its null is that of a weighted Bernoulli sum.</summary>
    /// <param name="scheme">Scheme and key; its score must be one green bit a row.</param>
    /// <param name="weights">The weights; the table's context width must be the scheme's.</param>
    /// <param name="cancellationToken">Stops between blocks of rows.</param>
    /// <exception cref="ArgumentException">The scheme does not score one green bit a row, or has another context width.</exception>
    public static WeightedResult Test(KeyedScheme scheme, RowWeights weights, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        ArgumentNullException.ThrowIfNull(weights);
        ScoreNull scoreNull = scheme.Scheme.Null;
        if (!scoreNull.CountsOnes || scoreNull.TrialsPerRow != 1 || scoreNull.UnitsPerPoint != 1 || scoreNull.Gamma is not { } gamma)
            throw new ArgumentException($"The scheme '{scheme.Scheme.Name}' does not score one green bit a row; its weighted null is another.", nameof(scheme));
        NGramTable table = weights.Table;
        if (table.Schema.ContextWidth != scheme.ContextWidth)
            throw new ArgumentException($"The table has context width {table.Schema.ContextWidth}; the key needs {scheme.ContextWidth}.", nameof(weights));

        var counts = new long[byte.MaxValue + 1];
        long green = 0;
        var scores = new long[BlockRows];
        for (int start = 0; start < table.RowCount; start += BlockRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            NGramRows rows = table.Rows.Slice(start, Math.Min(BlockRows, table.RowCount - start));
            scheme.ScoreRows(rows, scores);
            for (int i = 0; i < rows.Count; i++)
            {
                sbyte weight = weights.Values[start + i];
                counts[weight - sbyte.MinValue]++;
                green += weight * scores[i];
            }
        }

        return Result(counts, green, gamma);
    }

    /// <summary>From the rows of each weight, that of weight −128 first.</summary>
    private static WeightedResult Result(long[] counts, long green, Fraction gamma)
    {
        var classes = new List<WeightClass>();
        long sum = 0;
        double squares = 0;
        for (int weight = sbyte.MinValue; weight <= sbyte.MaxValue; weight++)
        {
            long count = counts[weight - sbyte.MinValue];
            if (weight == 0 || count == 0)
                continue;
            classes.Add(new WeightClass(weight, count));
            sum += weight * count;
            squares += (double)weight * weight * count;
        }

        WeightedTail tail = WeightedBernoulliTail.LogUpperTail(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(classes), green, gamma);
        double variance = gamma.ToDouble() * gamma.Complement().ToDouble() * squares;
        return new WeightedResult(classes.Sum(item => item.Count), green, gamma.ToDouble() * sum, Math.Sqrt(variance), tail);
    }
}
