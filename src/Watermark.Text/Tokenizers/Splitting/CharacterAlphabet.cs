using System.Text;

namespace Watermark.Text.Tokenizers.Splitting;

/// <summary>The classes of characters that an expression tells apart, each a letter.</summary>
internal sealed class CharacterAlphabet
{
    private const char FirstLetter = '\ue000';
    private const int MaxSets = 500;

    private readonly char[] plane = new char[1 << 16];
    private readonly int[] starts; // Where intervals of one class begin.
    private readonly char[] classes;

    /// <summary>Creates the alphabet of an expression.</summary>
    /// <param name="parts">The expression.</param>
    /// <param name="where">The file and the setting, for messages.</param>
    /// <exception cref="InputFormatException">The expression tells too many classes apart.</exception>
    public CharacterAlphabet(IReadOnlyList<PatternPart> parts, string where)
    {
        // A line feed stands for itself, since the anchors of .NET look for it.
        CodePointSet[] sets = [.. parts.Select(part => part.Set).OfType<CodePointSet>().Prepend(CodePointSet.Range('\n', '\n')).Distinct()];
        if (sets.Length > MaxSets)
            throw TooMany(where);
        starts = [.. sets.SelectMany(set => set.Edges.ToArray()).Append(0).Where(edge => edge < CodePointSet.Limit).Distinct().Order()];
        classes = new char[starts.Length];
        var letters = new Dictionary<string, char>(StringComparer.Ordinal);
        var members = new bool[sets.Length];
        var memberships = new List<(char Letter, bool[] Members)>();
        for (int i = 0; i < starts.Length; i++)
        {
            for (int set = 0; set < sets.Length; set++)
                members[set] = sets[set].Contains(starts[i]);
            string signature = string.Concat(members.Select(member => member ? '1' : '0'));
            if (!letters.TryGetValue(signature, out char letter))
            {
                if (letters.Count >= char.MaxValue - FirstLetter)
                    throw TooMany(where);
                letter = members[0] ? '\n' : (char)(FirstLetter + letters.Count);
                letters.Add(signature, letter);
                memberships.Add((letter, [.. members]));
            }

            classes[i] = letter;
        }

        for (int unit = 0; unit < plane.Length; unit++)
            plane[unit] = Find(unit);
        Expression = Write(parts, sets, memberships);
    }

    /// <summary>The expression in this alphabet.</summary>
    public string Expression { get; }

    /// <summary>Writes text in this alphabet.</summary>
    /// <param name="text">The text.</param>
    /// <param name="letters">Where one letter for every character is written; not shorter than the text.</param>
    /// <returns>The number of letters.</returns>
    public int Write(ReadOnlySpan<char> text, Span<char> letters)
    {
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char unit = text[i];
            if (char.IsHighSurrogate(unit) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                letters[length++] = Find(char.ConvertToUtf32(unit, text[++i]));
            else
                letters[length++] = plane[unit];
        }

        return length;
    }

    private static InputFormatException TooMany(string where) =>
        new($"{where}: the pattern has too many sets of characters, which is not supported.");

    private static string Write(IReadOnlyList<PatternPart> parts, CodePointSet[] sets, List<(char Letter, bool[] Members)> memberships)
    {
        var text = new StringBuilder();
        foreach ((string plain, CodePointSet? set) in parts)
        {
            if (set is null)
            {
                text.Append(plain);
                continue;
            }

            int index = Array.IndexOf(sets, set);
            string inside = string.Concat(memberships.Where(item => item.Members[index]).Select(item => item.Letter));
            string outside = string.Concat(memberships.Where(item => !item.Members[index]).Select(item => item.Letter));
            if (outside.Length == 0)
                text.Append(@"[\s\S]");
            else if (inside.Length == 0)
                text.Append(@"[^\s\S]");
            else
                text.Append(inside.Length <= outside.Length ? "[" : "[^").Append(inside.Length <= outside.Length ? inside : outside).Append(']');
        }

        return text.ToString();
    }

    private char Find(int point)
    {
        int at = Array.BinarySearch(starts, point);
        return classes[at >= 0 ? at : ~at - 1];
    }
}
