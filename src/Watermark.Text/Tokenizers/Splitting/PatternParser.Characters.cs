using System.Globalization;
using System.Text;

namespace Watermark.Text.Tokenizers.Splitting;

/// <summary>The characters of an expression: sets in brackets, escapes, properties, letters without regard to case.</summary>
internal sealed partial class PatternParser
{
    /// <summary>A set in square brackets.</summary>
    private CodePointSet Set(bool ignoreCase)
    {
        if (++depth > MaxDepth)
            throw Refused("sets that are nested too deep");
        at++;
        bool negated = Take("^");
        CodePointSet? all = null;
        CodePointSet part = CodePointSet.Empty;
        bool begins = true;
        while (!Take("]"))
        {
            if (at >= pattern.Length)
                throw Refused("a '[' without its ']'");
            if (Take("&&"))
            {
                all = all?.Intersect(part) ?? part;
                part = CodePointSet.Empty;
                begins = true;
                continue;
            }

            if (Next() is "[:")
                throw Refused("'[:'");
            part = part.Union(pattern[at] == '[' ? Set(ignoreCase) : Element(ignoreCase, begins));
            begins = false;
        }

        if (begins)
            throw Refused("an empty set or a ']' at the beginning of one");
        depth--;
        part = all?.Intersect(part) ?? part;
        return negated ? part.Complement() : part;
    }

    /// <summary>One character, range or named set in a set.</summary>
    private CodePointSet Element(bool ignoreCase, bool begins)
    {
        if (pattern[at] == '-' && !begins && at + 1 < pattern.Length && pattern[at + 1] != ']')
            throw Refused("a '-' in the middle of a set");
        if (SetCharacter(ignoreCase, out int first) is { } named)
            return named;
        if (at + 1 >= pattern.Length || pattern[at] != '-' || pattern[at + 1] == ']')
            return Literal(first, ignoreCase);
        at++;
        if (pattern[at] == '[' || SetCharacter(ignoreCase, out int last) is not null || last < first)
            throw Refused("a range without end");
        CodePointSet range = CodePointSet.Range(first, last);
        if (!ignoreCase)
            return range;
        if (last - first > 0x80)
            throw Refused("a long range without regard to case");
        for (int point = first; point <= last; point++)
            range = range.Union(Literal(point, true));
        return range;
    }

    private CodePointSet? SetCharacter(bool ignoreCase, out int point)
    {
        if (pattern[at] == '\\')
            return Escape(ignoreCase, UnicodeProperties.WordInSet, out point);
        point = Point();
        return null;
    }

    /// <summary>What a backslash means: a set, or null and a character.</summary>
    private CodePointSet? Escape(bool ignoreCase, CodePointSet word, out int point)
    {
        point = 0;
        at++;
        if (at >= pattern.Length)
            throw Refused("a '\\' at the end");
        char next = pattern[at++];
        switch (next)
        {
            case 's':
                return CodePointSet.WhiteSpace;
            case 'S':
                return CodePointSet.WhiteSpace.Complement();
            case 'd':
                return UnicodeProperties.Digit;
            case 'D':
                return UnicodeProperties.Digit.Complement();
            case 'w' when !ignoreCase:
                return word;
            case 'W' when !ignoreCase:
                return word.Complement();
            case 'p' or 'P':
                return Property(ignoreCase, next == 'P');
            case 'x' or 'u':
                point = Hexadecimal(next);
                return null;
        }

        int simple = "tnrfvae".IndexOf(next, StringComparison.Ordinal);
        if (simple < 0 && (char.IsLetterOrDigit(next) || next >= 0x80))
            throw Refused($"'\\{next}'");
        point = simple < 0 ? next : "\t\n\r\f\v\a\e"[simple];
        return null;
    }

    private CodePointSet Property(bool ignoreCase, bool negated)
    {
        int end = at < pattern.Length && pattern[at] == '{' ? pattern.IndexOf('}', at) : -1;
        if (end < 0)
            throw Refused("'\\p' without a name in braces");
        string name = pattern[(at + 1)..end];
        if (name.StartsWith('^'))
        {
            negated = !negated;
            name = name[1..];
        }

        CodePointSet set = UnicodeProperties.Find(name) ?? throw Refused($"'\\p{{{name}}}'");
        if (ignoreCase && name[0] is not ('N' or 'n' or 'P' or 'p' or 'Z' or 'z'))
            throw Refused($"'\\p{{{name}}}' without regard to case");
        at = end + 1;
        return negated ? set.Complement() : set;
    }

    private int Hexadecimal(char kind)
    {
        int end = at + (kind == 'u' ? 4 : 2);
        if (kind == 'x' && Take("{"))
            end = pattern.IndexOf('}', at);
        bool braces = pattern[at - 1] == '{';
        if (end > pattern.Length || end <= at
            || !int.TryParse(pattern.AsSpan(at, end - at), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int point)
            || !Rune.IsValid(point)
            || (kind == 'x' && !braces && point >= 0x80))
        {
            throw Refused($"'\\{kind}' without the number of a character");
        }

        at = braces ? end + 1 : end;
        return point;
    }

    private int Point()
    {
        Rune.DecodeFromUtf16(pattern.AsSpan(at), out Rune rune, out int length);
        at += length;
        return rune.Value;
    }

    /// <summary>A character, and without regard to case those that Unicode folds to the same.</summary>
    private CodePointSet Literal(int point, bool ignoreCase)
    {
        CodePointSet set = CodePointSet.Range(point, point);
        if (!ignoreCase)
            return set;
        var rune = new Rune(point);
        if (!rune.IsAscii && (Rune.ToUpperInvariant(rune) != rune || Rune.ToLowerInvariant(rune) != rune || Rune.IsLetter(rune) || point == 0x345))
            throw Refused($"'{rune}' without regard to case");
        if (!char.IsAsciiLetter((char)point))
            return set;
        int lower = point | 0x20;
        set = CodePointSet.Range(lower, lower).Union(CodePointSet.Range(lower & ~0x20, lower & ~0x20));
        return lower switch
        {
            's' => set.Union(CodePointSet.Range(0x17F, 0x17F)), // The long s.
            'k' => set.Union(CodePointSet.Range(0x212A, 0x212A)), // The Kelvin sign.
            _ => set,
        };
    }
}
