using Watermark.NGrams;

namespace Watermark.Models.Reading;

/// <summary>Turns rows that are stored one after another into columns, the form that samples need.</summary>
internal static class RowColumns
{
    public static NGramRows Of(ReadOnlySpan<int> rows, int contextWidth)
    {
        int width = contextWidth + 1;
        int count = rows.Length / width;
        var columns = new int[rows.Length];
        for (int row = 0; row < count; row++)
        {
            for (int column = 0; column < width; column++)
                columns[(column * count) + row] = rows[(row * width) + column];
        }

        return new NGramRows(columns, count, contextWidth, count);
    }
}
