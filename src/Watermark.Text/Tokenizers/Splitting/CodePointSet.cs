using System.Globalization;

namespace Watermark.Text.Tokenizers.Splitting;

/// <summary>A set of Unicode code points. Immutable.</summary>
internal sealed class CodePointSet : IEquatable<CodePointSet>
{
    /// <summary>One more than the greatest code point.</summary>
    public const int Limit = 0x110000;

    private static readonly Lazy<UnicodeCategory[]> Categories = new(() =>
    {
        var categories = new UnicodeCategory[Limit];
        for (int point = 0; point < Limit; point++)
            categories[point] = CharUnicodeInfo.GetUnicodeCategory(point);
        return categories;
    });

    private readonly int[] edges;

    private CodePointSet(int[] edges) => this.edges = edges;

    /// <summary>No code point.</summary>
    public static CodePointSet Empty { get; } = new([]);

    /// <summary>White space, the Unicode property.</summary>
    public static CodePointSet WhiteSpace { get; } = Where(point => point < 0x10000 && char.IsWhiteSpace((char)point));

    /// <summary>
    /// The places where membership changes, ascending: code points from an even edge on are in the set, from an odd one on
    /// they are not.
    /// </summary>
    public ReadOnlySpan<int> Edges => edges;

    /// <summary>The code points of a range.</summary>
    /// <param name="first">The first one.</param>
    /// <param name="last">The last one, not less.</param>
    public static CodePointSet Range(int first, int last) => new([first, last + 1]);

    /// <summary>The code points of some general categories.</summary>
    /// <param name="wanted">The categories.</param>
    public static CodePointSet OfCategories(params UnicodeCategory[] wanted)
    {
        bool[] isWanted = new bool[30];
        foreach (UnicodeCategory category in wanted)
            isWanted[(int)category] = true;
        UnicodeCategory[] categories = Categories.Value;
        return Where(point => isWanted[(int)categories[point]]);
    }

    /// <summary>Whether a code point is in the set.</summary>
    /// <param name="point">The code point.</param>
    public bool Contains(int point)
    {
        int at = Array.BinarySearch(edges, point);
        return at >= 0 ? at % 2 == 0 : ~at % 2 != 0;
    }

    /// <summary>The code points of this set, of another one, or of both.</summary>
    /// <param name="other">The other set.</param>
    public CodePointSet Union(CodePointSet other) => Combine(other, (mine, theirs) => mine || theirs);

    /// <summary>The code points of both sets.</summary>
    /// <param name="other">The other set.</param>
    public CodePointSet Intersect(CodePointSet other) => Combine(other, (mine, theirs) => mine && theirs);

    /// <summary>All other code points.</summary>
    public CodePointSet Complement() => Combine(Empty, (mine, _) => !mine);

    /// <inheritdoc/>
    public bool Equals(CodePointSet? other) => other is not null && Edges.SequenceEqual(other.Edges);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CodePointSet);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (int edge in edges)
            hash.Add(edge);
        return hash.ToHashCode();
    }

    private static CodePointSet Where(Func<int, bool> predicate)
    {
        var edges = new List<int>();
        bool inside = false;
        for (int point = 0; point < Limit; point++)
        {
            if (predicate(point) != inside)
            {
                edges.Add(point);
                inside = !inside;
            }
        }

        return new CodePointSet([.. edges]);
    }

    private CodePointSet Combine(CodePointSet other, Func<bool, bool, bool> rule)
    {
        var result = new List<int>();
        bool mine = false;
        bool theirs = false;
        bool inside = false;
        int i = 0;
        int j = 0;
        for (int point = 0; point < Limit;)
        {
            if (i < edges.Length && edges[i] == point)
            {
                mine = !mine;
                i++;
            }

            if (j < other.edges.Length && other.edges[j] == point)
            {
                theirs = !theirs;
                j++;
            }

            if (rule(mine, theirs) != inside)
            {
                result.Add(point);
                inside = !inside;
            }

            int next = i < edges.Length ? edges[i] : Limit;
            point = Math.Min(next, j < other.edges.Length ? other.edges[j] : Limit);
        }

        return new CodePointSet([.. result]);
    }
}
