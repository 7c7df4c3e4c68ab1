namespace Watermark.NGrams;

/// <summary>Joins two sorted tables in one pass over both.</summary>
internal static class NGramTableMerge
{
    public static NGramTable Run(NGramTable left, NGramTable right)
    {
        NGramTableSchema schema = left.Schema;
        int width = schema.ContextWidth + 1;
        int keyWidth = schema.KeyedByContext ? width - 1 : width;
        int count = checked((int)Walk(left, right, width, keyWidth, null, []));
        NGramTable.CheckSize(count, schema.ContextWidth);
        var columns = new int[count * width];
        var counts = new uint[count];
        Walk(left, right, width, keyWidth, columns, counts);
        var joined = new NGramTable(
            schema, left.Documents + right.Documents, left.Tokens + right.Tokens, count, columns, counts, left.IsSample || right.IsSample);
        return joined.ApplyRowLimit([], out _);
    }

    /// <summary>Counts the rows of the union and, where there is room, writes them.</summary>
    private static long Walk(NGramTable left, NGramTable right, int width, int keyWidth, int[]? columns, uint[] counts)
    {
        Span<int> leftRow = stackalloc int[width];
        Span<int> rightRow = stackalloc int[width];
        int i = 0;
        int j = 0;
        int next = 0;
        while (i < left.RowCount || j < right.RowCount)
        {
            int order;
            if (i == left.RowCount)
            {
                order = 1;
            }
            else if (j == right.RowCount)
            {
                order = -1;
            }
            else
            {
                Load(left, i, leftRow);
                Load(right, j, rightRow);
                order = leftRow[..keyWidth].SequenceCompareTo(rightRow[..keyWidth]);
            }

            if (columns is not null)
            {
                Span<int> row = leftRow;
                uint occurrences = 0;
                if (order <= 0)
                {
                    Load(left, i, leftRow);
                    occurrences = left.Occurrences[i];
                }

                if (order >= 0)
                {
                    Load(right, j, rightRow);
                    occurrences = order == 0 ? RowCounts.Add(occurrences, right.Occurrences[j], left.Schema) : right.Occurrences[j];
                    if (order > 0 || RowOrder.IsPreferredToken(rightRow, leftRow))
                        row = rightRow;
                }

                for (int column = 0; column < width; column++)
                    columns[(column * counts.Length) + next] = row[column];
                counts[next] = occurrences;
            }

            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
            next++;
        }

        return next;
    }

    private static void Load(NGramTable table, int row, Span<int> target)
    {
        ReadOnlySpan<int> columns = table.Columns;
        for (int column = 0; column < target.Length; column++)
            target[column] = columns[(column * table.RowCount) + row];
    }
}
