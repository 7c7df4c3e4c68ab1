using System.Text;

namespace Watermark.Reporting.Texts;

/// <summary>Text as Markdown (CommonMark with the tables of GitHub).</summary>
internal static class MarkdownText
{
    private const string Special = @"\`*_{}[]<>#|~&!:";

    /// <summary>Words, with everything escaped that Markdown, or HTML in it, would obey.</summary>
    /// <param name="text">The text.</param>
    public static string Words(string text)
    {
        string plain = PlainCharacters.Of(text);
        var escaped = new StringBuilder(plain.Length + 16);
        for (int i = 0; i < plain.Length; i++)
        {
            char character = plain[i];

            // A colon matters only in an address, a sign of a list only at the beginning of a line.
            bool obeyed = character == ':' ? i + 1 < plain.Length && plain[i + 1] == '/' : Special.Contains(character, StringComparison.Ordinal);
            if (obeyed || (i == 0 && character is '-' or '+' or '='))
                escaped.Append('\\');
            else if (character is '.' or ')' && i > 0 && plain.AsSpan(0, i).IndexOfAnyExceptInRange('0', '9') < 0)
                escaped.Append('\\');
            escaped.Append(character);
        }

        return escaped.ToString();
    }

    /// <summary>A digest or a name as code; an empty one gives nothing.</summary>
    /// <param name="text">The text.</param>
    /// <param name="inTable">Whether it stands in a table, where a bar would begin a cell.</param>
    public static string Code(string text, bool inTable = false)
    {
        if (text.Length == 0)
            return string.Empty;
        string plain = PlainCharacters.Of(text);
        string fence = new('`', LongestRun(plain) + 1);
        string pad = plain[0] == '`' || plain[^1] == '`' ? " " : string.Empty;
        string code = $"{fence}{pad}{plain}{pad}{fence}";
        return inTable ? code.Replace("|", "\\|", StringComparison.Ordinal) : code;
    }

    private static int LongestRun(string text)
    {
        int longest = 0;
        int run = 0;
        foreach (char character in text)
        {
            run = character == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
