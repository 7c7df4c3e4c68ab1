using TorchSharp;

namespace Watermark.TorchSharp.Reading;

/// <summary>Cuts texts into rows and batches rows of one length.</summary>
internal static class TextRows
{
    /// <summary>The rows of all texts: runs of <paramref name="rowLength"/> tokens, the last of a text shorter.</summary>
    public static List<ReadOnlyMemory<int>> Cut(IEnumerable<int[]> texts, int rowLength, int minimumLength)
    {
        var rows = new List<ReadOnlyMemory<int>>();
        foreach (int[] text in texts)
        {
            for (int start = 0; start < text.Length; start += rowLength)
            {
                int length = Math.Min(rowLength, text.Length - start);
                if (length >= minimumLength)
                    rows.Add(text.AsMemory(start, length));
            }
        }

        return rows;
    }

    /// <summary>Rows in batches whose rows have equal length; longest first.</summary>
    public static IEnumerable<T[]> Batch<T>(IEnumerable<T> rows, Func<T, int> length, int batchRows) =>
        rows.GroupBy(length).OrderByDescending(group => group.Key).SelectMany(group => group.Chunk(batchRows));

    /// <summary>Prompt and reply, no longer than a length.</summary>
    public static int[] Whole((int[] Prompt, int[] Reply) text, int length)
    {
        int[] ids = [.. text.Prompt, .. text.Reply];
        return ids.Length <= length ? ids : ids[..length];
    }

    /// <summary>The token after each; the last one's is not used.</summary>
    public static torch.Tensor NextTokens(torch.Tensor ids) => ids.roll(-1, 1).contiguous();

    /// <summary>A batch as int64 ids, shape [rows, length].</summary>
    public static torch.Tensor ToTensor(ReadOnlyMemory<int>[] batch, torch.Device device)
    {
        int length = batch[0].Length;
        var ids = new long[batch.Length * length];
        for (int row = 0; row < batch.Length; row++)
        {
            ReadOnlySpan<int> source = batch[row].Span;
            for (int i = 0; i < length; i++)
                ids[row * length + i] = source[i];
        }

        return torch.tensor(ids, batch.Length, length, device: device);
    }
}
