using System.Buffers;

namespace Watermark.Text.Tokenizers.HuggingFace.AddedTokens;

/// <summary>Finds texts of a set in a text: from left to right, of those that begin at one place the longest.</summary>
internal sealed class TokenTrie
{
    private const int Root = 0;

    private readonly Dictionary<(int Node, char Unit), int> children = [];
    private readonly List<int> ends = [-1];
    private readonly SearchValues<char> firsts;

    /// <summary>Builds the trie.</summary>
    /// <param name="texts">The texts, none empty.</param>
    public TokenTrie(IReadOnlyList<string> texts)
    {
        for (int index = 0; index < texts.Count; index++)
        {
            int node = Root;
            foreach (char unit in texts[index])
            {
                if (!children.TryGetValue((node, unit), out int child))
                {
                    children.Add((node, unit), child = ends.Count);
                    ends.Add(-1);
                }

                node = child;
            }

            // Of equal texts the first counts.
            if (ends[node] < 0)
                ends[node] = index;
        }

        firsts = SearchValues.Create([.. texts.Select(text => text[0]).Distinct()]);
    }

    /// <summary>Finds the next text.</summary>
    /// <param name="text">Where it is searched.</param>
    /// <param name="from">Where the search begins.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <returns>Its index, or -1.</returns>
    public int Next(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        for (start = from; start < text.Length; start++)
        {
            int skip = text[start..].IndexOfAny(firsts);
            if (skip < 0)
                break;
            start += skip;
            int found = -1;
            end = start;
            int node = Root;
            for (int at = start; at < text.Length && children.TryGetValue((node, text[at]), out node); at++)
            {
                if (ends[node] >= 0)
                {
                    found = ends[node];
                    end = at + 1;
                }
            }

            if (found >= 0)
                return found;
        }

        start = end = text.Length;
        return -1;
    }
}
