using System.Globalization;
using System.Text;

namespace Watermark.Text.Tokenizers.Splitting;

/// <summary>
/// Reads a regular expression of a tokenizer file (Oniguruma's syntax, which Hugging Face's tokenizers use) into parts of a
/// .NET expression in which every character is a set of code points. What has another meaning in .NET, or none, is refused.
/// </summary>
internal sealed class PatternParser
{
    private const int MaxLength = 10_000;
    private const int MaxDepth = 100;
    private const int MaxRepeats = 1_000;
    private const int MaxSize = 20_000;

    private static readonly string[] LigatureLetters = ["ss", "ff", "fi", "fl", "st"];

    private readonly string pattern;
    private readonly string where;
    private readonly List<PatternPart> parts = [];
    private int at;
    private int depth;

    private PatternParser(string pattern, string where)
    {
        this.pattern = pattern;
        this.where = where;
    }

    /// <summary>Reads an expression.</summary>
    /// <param name="pattern">The expression.</param>
    /// <param name="where">The file and the setting, for messages.</param>
    /// <exception cref="InputFormatException">It has something that cannot be done exactly.</exception>
    public static IReadOnlyList<PatternPart> Parse(string pattern, string where)
    {
        var parser = new PatternParser(pattern, where);
        if (pattern.Length > MaxLength)
            throw parser.Refused($"more than {MaxLength.ToString(CultureInfo.InvariantCulture)} characters");
        bool ignoreCase = parser.Take("(?i)");
        parser.Alternatives(ignoreCase);
        if (parser.at < pattern.Length)
            throw parser.Refused("a ')' without its '('");
        return parser.parts;
    }

    /// <summary>Reads up to a closing bracket or the end.</summary>
    private Extent Alternatives(bool ignoreCase)
    {
        if (++depth > MaxDepth)
            throw Refused("groups that are nested too deep");
        Extent extent = Sequence(ignoreCase);
        while (Take("|"))
        {
            Emit("|");
            Extent next = Sequence(ignoreCase);
            extent = new Extent(extent.CanBeEmpty || next.CanBeEmpty, extent.Size + next.Size);
        }

        depth--;
        return extent;
    }

    private Extent Sequence(bool ignoreCase)
    {
        var extent = new Extent(true, 0);
        string last = string.Empty;
        while (at < pattern.Length && pattern[at] is not ('|' or ')'))
        {
            int first = parts.Count;
            int begin = at;
            (Extent atom, bool repeats) = Atom(ignoreCase);
            string letter = ignoreCase && at == begin + 1 ? pattern[begin..at].ToLowerInvariant() : string.Empty;
            // Without regard to case Oniguruma reads some pairs of letters as one character too: "ss" as a sharp s.
            if (LigatureLetters.Contains(last + letter))
                throw Refused($"'{last + letter}' without regard to case");
            last = letter;
            Extent repeated = Repeat(first, atom, repeats);
            extent = new Extent(extent.CanBeEmpty && repeated.CanBeEmpty, extent.Size + repeated.Size, extent.Size == 0 && repeated.Atomic);
            if (extent.Size > MaxSize)
                throw Refused("too many repeats");
        }

        return extent;
    }

    /// <summary>One character, set, group or anchor.</summary>
    private (Extent Extent, bool Repeats) Atom(bool ignoreCase)
    {
        char next = pattern[at];
        switch (next)
        {
            case '(':
                return Group(ignoreCase);
            case '[':
                Emit(Set(ignoreCase));
                break;
            case '.':
                at++;
                Emit(CodePointSet.Range('\n', '\n').Complement());
                break;
            case '$':
                // Here always the end of a line, whatever the options.
                at++;
                Emit(PatternPart.LineEnd);
                return (new Extent(true, 1), false);
            case '^':
                at++;
                Emit("(?:");
                Emit(PatternPart.LineStart);
                Emit(@"(?!\z))");
                return (new Extent(true, 1), false);
            case '\\' when Anchor():
                return (new Extent(true, 1), false);
            case '\\':
                Emit(Escape(ignoreCase, UnicodeProperties.Word, out int point) ?? Literal(point, ignoreCase));
                break;
            case '*' or '+' or '?' or '{':
                throw Refused($"'{next}' where nothing stands before it");
            default:
                Emit(Literal(Point(), ignoreCase));
                break;
        }

        return (new Extent(false, 1), true);
    }

    private (Extent Extent, bool Repeats) Group(bool ignoreCase)
    {
        bool around = false;
        bool atomic = false;
        at++;
        if (!Take("?") || Take(":"))
        {
            Emit("(?:");
        }
        else if (Take("i:"))
        {
            ignoreCase = true;
            Emit("(?:");
        }
        else if (Take("-i:"))
        {
            ignoreCase = false;
            Emit("(?:");
        }
        else if (Take(">"))
        {
            atomic = true;
            Emit("(?>");
        }
        else
        {
            string kind = new[] { "=", "!", "<=", "<!" }.FirstOrDefault(Take) ?? throw Refused($"'(?{Next()}'");
            around = true;
            Emit("(?" + kind);
        }

        Extent extent = Alternatives(ignoreCase);
        if (!Take(")"))
            throw Refused("a '(' without its ')'");
        Emit(")");
        return (new Extent(extent.CanBeEmpty || around, extent.Size, extent.Atomic || atomic), !around);
    }

    /// <summary>The quantifier behind an atom, if there is one.</summary>
    private Extent Repeat(int first, Extent atom, bool repeats)
    {
        int least = 1;
        int most = 1;
        bool interval = false;
        bool atomic = false;
        if (Take("*"))
            (least, most) = (0, int.MaxValue);
        else if (Take("+"))
            (least, most) = (1, int.MaxValue);
        else if (Take("?"))
            (least, most) = (0, 1);
        else if (Take("{"))
            (interval, least, most) = (true, Interval(out int upTo), upTo);
        else
            return atom;
        if (!repeats)
            throw Refused("a repeated anchor");
        // Engines differ in how often they repeat nothing.
        if (atom.CanBeEmpty && most > 1)
            throw Refused("a repeat of what can be empty");
        // .NET takes a repeat of what never goes back for one long repeat, which is something else.
        if (atom.Atomic && most > 1)
            throw Refused("a repeat of what never goes back");
        string text = most == int.MaxValue ? $"{{{Number(least)},}}" : $"{{{Number(least)},{Number(most)}}}";
        if (interval && Take("+"))
        {
            // Behind an interval a plus sign is one more repeat, not "without going back".
            if (least == 0)
                throw Refused("a repeat of what can be empty");
            Wrap(first, "(?:", text + ")+");
            most = int.MaxValue;
        }
        else if (!interval && Take("+"))
        {
            atomic = true;
            Wrap(first, "(?>", text + ")");
        }
        else if (Take("?"))
        {
            if (interval && least == most)
                throw Refused("'?' behind a fixed number of repeats");
            Emit(text + "?");
        }
        else
        {
            Emit(text);
        }

        if (at < pattern.Length && pattern[at] is '*' or '+' or '?' or '{')
            throw Refused("a repeat of a repeat");
        int copies = most == int.MaxValue ? least + 1 : most;
        return new Extent(least == 0 || atom.CanBeEmpty, (int)Math.Min((long)atom.Size * copies, MaxSize + 1), atomic);
    }

    private int Interval(out int most)
    {
        int end = pattern.IndexOf('}', at);
        string[] bounds = end < 0 ? [] : pattern[at..end].Split(',');
        int least = 0;
        most = int.MaxValue;
        bool good = bounds.Length switch
        {
            1 => TryNumber(bounds[0], out least) && TryNumber(bounds[0], out most),
            2 => bounds[0].Length + bounds[1].Length > 0
                && (bounds[0].Length == 0 || TryNumber(bounds[0], out least))
                && (bounds[1].Length == 0 || TryNumber(bounds[1], out most)),
            _ => false,
        };
        if (!good || least > most || most == 0)
            throw Refused("a '{' that begins no number of repeats");
        at = end + 1;
        return least;
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= MaxRepeats;

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private bool Anchor()
    {
        switch (at + 1 < pattern.Length ? pattern[at + 1] : '\0')
        {
            case 'A':
                Emit(@"\A");
                break;
            case 'z':
                Emit(@"\z");
                break;
            case 'b':
                Boundary("(?:(?<=", ")(?!", ")|(?<!", ")(?=");
                break;
            case 'B':
                Boundary("(?:(?<=", ")(?=", ")|(?<!", ")(?!");
                break;
            default:
                return false;
        }

        at += 2;
        return true;
    }

    private void Boundary(params ReadOnlySpan<string> before)
    {
                foreach (string text in before)
        {
            Emit(text);
            Emit(UnicodeProperties.Word);
        }

        Emit("))");
    }

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

    private bool Take(string text)
    {
        if (string.CompareOrdinal(pattern, at, text, 0, text.Length) != 0)
            return false;
        at += text.Length;
        return true;
    }

    private string Next() => pattern.Substring(at, Math.Min(2, pattern.Length - at));

    private void Emit(string text) => parts.Add(new PatternPart(text, null));

    private void Emit(PatternPart part) => parts.Add(part);

    private void Emit(CodePointSet set) => parts.Add(new PatternPart(string.Empty, set));

    private void Wrap(int first, string before, string behind)
    {
        parts.Insert(first, new PatternPart(before, null));
        Emit(behind);
    }

    private InputFormatException Refused(string what) =>
        new($"{where}: the pattern has {what}, which is not supported.");

    /// <summary>Whether an expression can match nothing, how large it is, and whether it is one part that never goes back.</summary>
    private readonly record struct Extent(bool CanBeEmpty, int Size, bool Atomic = false);
}

/// <summary>A part of a .NET expression: text, or a set of code points.</summary>
/// <param name="Text">The text; empty for a set.</param>
/// <param name="Set">The set; null for text.</param>
internal readonly record struct PatternPart(string Text, CodePointSet? Set)
{
    /// <summary>The beginning of a line.</summary>
    public static PatternPart LineStart { get; } = new("^", null);

    /// <summary>The end of a line.</summary>
    public static PatternPart LineEnd { get; } = new("$", null);
}
