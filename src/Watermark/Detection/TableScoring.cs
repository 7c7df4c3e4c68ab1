using Watermark.NGrams;
using Watermark.Schemes;

namespace Watermark.Detection;

/// <summary>Scores tables of n-grams under a key.</summary>
public static class TableScoring
{
    private const int BlockRows = 1 << 16;

    /// <summary>Scores every row of a table: once, or as often as it occurs where the table counts so.</summary>
    /// <param name="scheme">Scheme and key.</param>
    /// <param name="table">The table; its context width must be the scheme's.</param>
    /// <param name="degreeOfParallelism">Threads, at least 1. The result does not depend on it.</param>
    /// <param name="cancellationToken">Stops between blocks of rows.</param>
    public static DetectionEvidence Score(KeyedScheme scheme, NGramTable table, int degreeOfParallelism = 1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        ArgumentNullException.ThrowIfNull(table);
        if (table.Schema.ContextWidth != scheme.ContextWidth)
            throw new ArgumentException($"The table has context width {table.Schema.ContextWidth}; the key needs {scheme.ContextWidth}.", nameof(table));
        int blocks = (table.RowCount + BlockRows - 1) / BlockRows;
        var totals = new Int128[blocks];
        var options = new ParallelOptions { MaxDegreeOfParallelism = degreeOfParallelism, CancellationToken = cancellationToken };
        Parallel.For(0, blocks, options, block =>
        {
            int start = block * BlockRows;
            totals[block] = Sum(scheme, table, start, Math.Min(BlockRows, table.RowCount - start));
        });
        Int128 total = 0;
        foreach (Int128 part in totals)
            total += part;
        return new DetectionEvidence(table.Tokens, table.ScoredRows, total);
    }

    /// <summary>The total of a run of rows.</summary>
    private static Int128 Sum(KeyedScheme scheme, NGramTable table, int start, int count)
    {
        NGramRows rows = table.Rows.Slice(start, count);
        if (!table.UsesMultiplicity)
            return scheme.SumScores(rows);
        var scores = new long[count];
        scheme.ScoreRows(rows, scores);
        ReadOnlySpan<uint> occurrences = table.Occurrences.Slice(start, count);
        Int128 total = 0;
        for (int i = 0; i < count; i++)
            total += (Int128)scores[i] * occurrences[i];
        return total;
    }
}
