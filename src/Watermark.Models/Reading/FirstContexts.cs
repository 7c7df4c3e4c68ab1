using Watermark.NGrams;

namespace Watermark.Models.Reading;

/// <summary>The positions of a row whose context did not occur earlier in the row. Reused from row to row.</summary>
internal sealed class FirstContexts
{
    private readonly HashSet<int> specialTokens;
    private readonly Dictionary<ulong, List<int>> seen = [];

    public FirstContexts(int contextWidth, IEnumerable<int> specialTokens)
    {
        ContextWidth = contextWidth;
        this.specialTokens = [.. specialTokens];
    }

    /// <summary>h.</summary>
    public int ContextWidth { get; }

    /// <summary>
    /// Appends the positions t such that the context ids[t-h+1..t] is complete, free of special tokens and new in the row.
    /// At other positions a model that only copies the token that followed before would look marked.
    /// </summary>
    public void Find(ReadOnlySpan<int> row, List<int> positions)
    {
        seen.Clear();
        for (int end = Math.Max(0, ContextWidth - 1); end < row.Length; end++)
        {
            ReadOnlySpan<int> context = row.Slice(end - ContextWidth + 1, ContextWidth);
            if (IsNew(row, context, end) && !HoldsSpecial(context))
                positions.Add(end);
        }
    }

    private bool IsNew(ReadOnlySpan<int> row, ReadOnlySpan<int> context, int end)
    {
        ulong hash = NGramHash.Of(context);
        if (!seen.TryGetValue(hash, out List<int>? ends))
        {
            seen.Add(hash, [end]);
            return true;
        }

        foreach (int earlier in ends)
        {
            if (row.Slice(earlier - ContextWidth + 1, ContextWidth).SequenceEqual(context))
                return false;
        }

        ends.Add(end);
        return true;
    }

    private bool HoldsSpecial(ReadOnlySpan<int> context)
    {
        foreach (int id in context)
        {
            if (specialTokens.Contains(id))
                return true;
        }

        return false;
    }
}
