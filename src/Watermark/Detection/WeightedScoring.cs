using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Statistics;

namespace Watermark.Detection;

/// <summary>What a weighted test shows.</summary>
/// <param name="Rows">Rows with a weight above 0.</param>
/// <param name="WeightSum">The sum of their weights.</param>
/// <param name="Green">The sum of the weights of green rows.</param>
/// <param name="Tail">The p-value under H0: the scored tokens are independent of the key.</param>
public readonly record struct WeightedResult(long Rows, long WeightSum, long Green, WeightedTail Tail);

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
                byte weight = weights.Values[start + i];
                counts[weight]++;
                green += weight * scores[i];
            }
        }

        return Result(counts, green, gamma);
    }

    private static WeightedResult Result(long[] counts, long green, Fraction gamma)
    {
        var classes = new List<WeightClass>();
        long rows = 0;
        long sum = 0;
        for (int weight = 1; weight < counts.Length; weight++)
        {
            if (counts[weight] == 0)
                continue;
            classes.Add(new WeightClass(weight, counts[weight]));
            rows += counts[weight];
            sum += weight * counts[weight];
        }

        WeightedTail tail = WeightedBernoulliTail.LogUpperTail(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(classes), green, gamma);
        return new WeightedResult(rows, sum, green, tail);
    }
}
