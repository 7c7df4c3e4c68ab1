using System.Globalization;

namespace Watermark.Text.Tokenizers.Splitting;

/// <summary>
/// Reads a regular expression of a tokenizer file (Oniguruma's syntax, which Hugging Face's tokenizers use) into parts of a
/// .NET expression in which every character is a set of code points. What has another meaning in .NET, or none, is refused.
/// </summary>
internal sealed partial class PatternParser
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
