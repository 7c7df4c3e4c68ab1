using Watermark.NGrams;

namespace Watermark.Tests.NGrams;

/// <summary>The selection rules written down once more, plainly and slowly, as an oracle.</summary>
internal static class NaiveSample
{
    /// <summary>Rows as text "c1,c2|t" with their counts, in ascending order of the tokens.</summary>
    public static List<(int[] Row, long Count)> Rows(SampleSchema schema, IEnumerable<Corpora.Document> documents)
    {
        NGramSelection rule = schema.Selection;
        var counts = new Dictionary<string, (int[] Row, long Count)>();
        foreach (Corpora.Document document in documents)
        {
            foreach (int[] row in DocumentRows(schema, document))
            {
                bool byContext = rule is { Distinct: DistinctRule.Contexts, Scope: DistinctScope.Corpus };
                string key = string.Join(',', byContext ? row[..^1] : row);
                if (!counts.TryGetValue(key, out (int[] Row, long Count) found))
                    counts[key] = (row, 1);
                else
                    counts[key] = (byContext ? Preferred(found.Row, row) : found.Row, found.Count + 1);
            }
        }

        IEnumerable<(int[] Row, long Count)> all = counts.Values.OrderBy(item => item.Row, Comparer<int[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));
        if (schema.RowLimit is { } limit)
        {
            bool byContext = rule is { Distinct: DistinctRule.Contexts, Scope: DistinctScope.Corpus };
            all = all.OrderBy(item => NGramHash.Of(byContext ? item.Row.AsSpan()[..^1] : item.Row)).Take((int)limit)
                .OrderBy(item => item.Row, Comparer<int[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));
        }

        return [.. all];
    }

    private static List<int[]> DocumentRows(SampleSchema schema, Corpora.Document document)
    {
        NGramSelection rule = schema.Selection;
        int h = schema.ContextWidth;
        int pad = rule.Padding is null ? 0 : h;
        int[] text = [.. Enumerable.Repeat(rule.Padding ?? 0, pad), .. document.Tokens];
        var rows = new List<int[]>();
        var seen = new List<string>();
        for (int t = h; t < text.Length; t++)
        {
            int[] row = text[(t - h)..(t + 1)];
            bool eligible = t - pad >= rule.FirstPosition
                && !row.Any(schema.SpecialTokens.Contains)
                && !(rule.ExcludePromptContexts && document.Prompts.Any(prompt => Occurs(h == 0 ? row : row[..^1], [.. Enumerable.Repeat(rule.Padding ?? 0, pad), .. prompt])));
            if (rule.Scope == DistinctScope.Document && rule.Distinct != DistinctRule.None)
            {
                string window = string.Join(',', rule.Distinct == DistinctRule.Contexts ? row[..^1] : row);
                if (rule.ContextHistory is { } history)
                {
                    bool recent = seen.TakeLast(history).Contains(window);
                    seen.Add(window);
                    if (recent)
                        continue;
                }
                else if (eligible)
                {
                    if (seen.Contains(window))
                        continue;
                    seen.Add(window);
                }
            }

            if (eligible)
                rows.Add(row);
        }

        return rows;
    }

    private static bool Occurs(int[] window, int[] prompt)
    {
        for (int start = 0; start + window.Length <= prompt.Length; start++)
        {
            if (prompt.AsSpan(start, window.Length).SequenceEqual(window))
                return true;
        }

        return false;
    }

    private static int[] Preferred(int[] left, int[] right) =>
        (NGramHash.Of(left), left[^1]).CompareTo((NGramHash.Of(right), right[^1])) <= 0 ? left : right;
}
