namespace Watermark.Text.Tokenizers.BytePairs;

/// <summary>
/// Which two initial symbols can come to stand inside one token. Between any other two neighbours a text can be cut before
/// merging, and the tokens stay the same.
/// </summary>
internal static class MergeCrossings
{
    /// <summary>The pairs of symbols that some merge joins, as a table of which only the keys mean something.</summary>
    /// <param name="merges">The merges.</param>
    /// <param name="symbols">The tokens that merging begins with; negative ones are ignored.</param>
    /// <returns>Null where a token's first or last symbol is not always the same, so that nothing can be said.</returns>
    /// <remarks>
    /// A merge joins the last symbol of its left token and the first of its right token. Where every token has one first
    /// and one last symbol, however it came about, these pairs are all there are.
    /// </remarks>
    public static MergeTable? Find(MergeTable merges, IEnumerable<int> symbols)
    {
        var made = new Dictionary<int, (int Left, int Right)>();
        foreach ((int left, int right, int token) in merges.All)
            made[token] = (left, right);
        if (symbols.Any(made.ContainsKey))
            return null;

        var edges = new Dictionary<int, (int First, int Last)>();
        foreach (int token in made.Keys)
        {
            if (Follow(token, made, first: true) is not { } first || Follow(token, made, first: false) is not { } last)
                return null;
            edges[token] = (first, last);
        }

        var crossings = new MergeTable.Builder();
        foreach ((int left, int right, int token) in merges.All)
        {
            (int First, int Last) before = edges.GetValueOrDefault(left, (left, left));
            (int First, int Last) behind = edges.GetValueOrDefault(right, (right, right));
            if (edges[token] != (before.First, behind.Last))
                return null;
            crossings.Add(before.Last, behind.First, 0, 0);
        }

        return crossings.Build();
    }

    private static int? Follow(int token, Dictionary<int, (int Left, int Right)> made, bool first)
    {
        // A token that is made of itself would never end.
        for (int steps = 0; steps <= made.Count; steps++)
        {
            if (!made.TryGetValue(token, out (int Left, int Right) parts))
                return token;
            token = first ? parts.Left : parts.Right;
        }

        return null;
    }
}
