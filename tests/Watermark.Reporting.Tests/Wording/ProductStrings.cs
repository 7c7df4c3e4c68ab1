using System.Text;

namespace Watermark.Reporting.Tests.Wording;

/// <summary>The strings that stand in C# sources: what a product can print.</summary>
internal static class ProductStrings
{
    /// <summary>The sources of a project, without the words that the linter itself looks for.</summary>
    public static IEnumerable<string> Files(string project)
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Watermark.sln")))
            root = root.Parent;
        return from file in Directory.EnumerateFiles(Path.Combine(root!.FullName, "src", project), "*.cs", SearchOption.AllDirectories)
               where !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj") && Path.GetFileName(file) != "WordingLinter.cs"
               select file;
    }

    /// <summary>The strings of a source with the lines on which they begin; what stands in the holes of one follows as strings of its own.</summary>
    public static IReadOnlyList<(int Line, string Text)> Of(string source)
    {
        var found = new List<(int, string)>();
        Code(source, 0, found, inHole: false, braces: 1);
        return found;
    }

    /// <summary>Reads code to the end, or to the end of the hole that it stands in; returns where that is.</summary>
    private static int Code(string source, int at, List<(int, string)> found, bool inHole, int braces)
    {
        int depth = 0;
        while (at < source.Length)
        {
            if (Starts(source, at, "//"))
                at = After(source, at, "\n");
            else if (Starts(source, at, "/*"))
                at = After(source, at + 2, "*/");
            else if (source[at] == '\'')
                at += source[at + 1] == '\\' ? source.IndexOf('\'', at + 3) - at + 1 : 3;
            else if (Opening(source, at) is { } opening)
                at = String(source, at, opening, found);
            else if (inHole && source[at] == '{')
                (depth, at) = (depth + 1, at + 1);
            else if (inHole && source[at] == '}' && depth == 0)
                return at + braces;
            else if (inHole && source[at] == '}')
                (depth, at) = (depth - 1, at + 1);
            else
                at++;
        }

        return at;
    }

    /// <summary>How a string that begins here is written; null where none does.</summary>
    private static (int Dollars, bool IsVerbatim, int Quotes)? Opening(string source, int at)
    {
        int dollars = 0;
        bool isVerbatim = false;
        while (at < source.Length && source[at] is '$' or '@')
        {
            if (source[at] == '$')
                dollars++;
            else
                isVerbatim = true;
            at++;
        }

        int quotes = Run(source, at, '"');
        if (quotes == 0)
            return null;
        return (dollars, isVerbatim, quotes >= 3 && !isVerbatim ? quotes : 1);
    }

    private static int String(string source, int at, (int Dollars, bool IsVerbatim, int Quotes) opening, List<(int, string)> found)
    {
        int line = source.AsSpan(0, at).Count('\n') + 1;
        int place = found.Count;
        found.Add((line, ""));
        at += opening.Dollars + (opening.IsVerbatim ? 1 : 0) + opening.Quotes;
        bool isRaw = opening.Quotes > 1;
        int braces = isRaw ? opening.Dollars : Math.Min(1, opening.Dollars);
        var text = new StringBuilder();
        while (true)
        {
            char character = source[at];
            int quotes = Run(source, at, '"');
            int open = Run(source, at, '{');
            if (quotes >= opening.Quotes && !(opening.IsVerbatim && quotes >= 2))
            {
                found[place] = (line, text.ToString());
                return at + opening.Quotes;
            }

            if (opening.IsVerbatim && quotes >= 2)
                (at, _) = (at + 2, text.Append('"'));
            else if (character == '\\' && !isRaw && !opening.IsVerbatim)
                (at, _) = (at + 2, text.Append(source[at + 1] switch { 'n' => '\n', 't' => '\t', var other => other }));
            else if (braces > 0 && character == '{' && (isRaw ? open >= braces : open % 2 == 1))
                at = Code(source, at + open, found, inHole: true, braces);
            else if (braces > 0 && character == '{' && !isRaw)
                (at, _) = (at + open, text.Append('{', open / 2));
            else
                (at, _) = (at + 1, text.Append(character));
        }
    }

    private static int Run(string source, int at, char character)
    {
        int end = at;
        while (end < source.Length && source[end] == character)
            end++;
        return end - at;
    }

    private static bool Starts(string source, int at, string text) => string.CompareOrdinal(source, at, text, 0, text.Length) == 0;

    private static int After(string source, int at, string text) => source.IndexOf(text, at, StringComparison.Ordinal) is >= 0 and int found ? found + text.Length : source.Length;
}
