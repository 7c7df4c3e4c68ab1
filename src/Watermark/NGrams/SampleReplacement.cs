namespace Watermark.NGrams;

/// <summary>Makes a sample whose rows have other tokens after the same contexts.</summary>
internal static class SampleReplacement
{
    /// <summary>Replaces tokens; rows that become equal become one, as if the text had held the new tokens.</summary>
    /// <param name="sample">A sample without weights.</param>
    /// <param name="tokens">The token of each row.</param>
    public static (int[] Columns, uint[] Counts, ulong[] Documents) Replace(Sample sample, ReadOnlySpan<int> tokens)
    {
        int width = sample.Schema.ContextWidth + 1;
        int count = sample.RowCount;
        int stride = width + 1;
        var records = new int[count * stride];
        for (int row = 0; row < count; row++)
        {
            Span<int> record = records.AsSpan(row * stride, stride);
            sample.Rows.CopyRow(row, record[..width]);
            record[width - 1] = tokens[row];
            record[width] = row;
        }

        records = RowOrder.Sort(records, count, stride, width);
        var rows = new List<int>(count);
        var counts = new List<uint>(count);
        var documents = new List<ulong>(count);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<int> record = records.AsSpan(i * stride, stride);
            int row = record[width];
            ulong document = sample.RowDocuments.IsEmpty ? 0 : sample.RowDocuments[row];
            if (rows.Count > 0 && record[..width].SequenceEqual(records.AsSpan(rows[^1], width)))
            {
                counts[^1] = RowOrder.Add(counts[^1], sample.Occurrences[row], sample.Schema);
                documents[^1] = Math.Min(documents[^1], document);
                continue;
            }

            rows.Add(i * stride);
            counts.Add(sample.Occurrences[row]);
            documents.Add(document);
        }

        var columns = new int[rows.Count * width];
        for (int row = 0; row < rows.Count; row++)
        {
            for (int column = 0; column < width; column++)
                columns[(column * rows.Count) + row] = records[rows[row] + column];
        }

        return (columns, [.. counts], sample.RowDocuments.IsEmpty ? [] : [.. documents]);
    }
}
