using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Watermark.Text.Screening;

/// <summary>What a recorded prompt can say: nothing, where another text stands in its place, or its text in an encoding.</summary>
internal static partial class PromptText
{
    private const int MostDecodings = 3;
    private const int LongestWord = 48;

    // What people and programs write where a prompt is not at hand. Compared without spaces, signs and digits.
    private static readonly HashSet<string> Placeholders =
    [
        "na", "none", "null", "nil", "nan", "undefined", "unknown", "empty", "blank", "missing", "redacted", "removed", "deleted", "hidden", "withheld", "private",
        "confidential", "anonymized", "anonymised", "omitted", "tbd", "todo", "placeholder", "dummy", "test", "prompt", "prompts", "question", "query", "instruction",
        "input", "user", "text", "string", "content", "message", "noprompt", "noinput", "missingprompt", "promptmissing", "notavailable", "unavailable", "notrecorded", "notapplicable", "notgiven",
        "promptredacted", "redactedprompt", "redactedcharacters", "redactedchars", "seeabove", "sameasabove", "userprompt", "yourprompthere", "objectobject", "sha", "md",
    ];

    /// <summary>
    /// Whether a text says nothing that a model could have been asked: there are no letters and no sum; it is a word that stands for a
    /// missing text ("N/A", "[redacted]", "prompt 17"); it is a template whose place for the text was never filled
    /// ("{context}"); or it is letters without spaces, such as an encoding of something, which cannot be compared with a reply.
    /// </summary>
    /// <param name="text">The text of a prompt.</param>
    public static bool SaysNothing(string text)
    {
        string plain = Decoded(text);
        if (Unfilled().IsMatch(plain))
            return true;
        var name = new StringBuilder();
        int letters = 0, inLongWords = 0, word = 0;
        foreach (char c in plain)
        {
            bool isLatin = char.IsLetter(c) && c < '\u0250';
            letters += char.IsLetter(c) ? 1 : 0;
            word = isLatin || char.IsAsciiDigit(c) ? word + 1 : 0;
            if (word > LongestWord)
                inLongWords += word == LongestWord + 1 ? word : 1;
            if (char.IsLetter(c) && name.Length <= LongestWord)
                name.Append(char.ToLowerInvariant(c));
        }

        bool calculates = plain.AsSpan().IndexOfAny("+*=^") >= 0 && plain.AsSpan().ContainsAnyInRange('0', '9');
        return (name.Length == 0 && !calculates) || Placeholders.Contains(name.ToString()) || inLongWords > letters / 2;
    }

    /// <summary>
    /// The text without what a log or a page may have made of it: escapes of JSON, of HTML and of addresses, tags, and the
    /// marks of spaces that tokenizers print.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <returns>The same text where there is nothing of the kind.</returns>
    public static string Decoded(string text)
    {
        string plain = text;
        for (int i = 0; i < MostDecodings; i++)
        {
            string before = plain;
            if (plain.Contains('&', StringComparison.Ordinal))
                plain = WebUtility.HtmlDecode(plain);
            if (plain.Contains('<', StringComparison.Ordinal))
                plain = Tag().Replace(plain, " ");
            if (plain.Contains('\\', StringComparison.Ordinal))
                plain = Escape().Replace(plain, Unescaped);
            if (plain.Contains('%', StringComparison.Ordinal) && Octet().Count(plain) >= 3)
                plain = WebUtility.UrlDecode(plain);
            if (plain.AsSpan().IndexOfAny('\u0120', '\u010a', '\u2581') >= 0 && SpaceMark().Count(plain) >= 3)
                plain = SpaceMark().Replace(plain, " ");
            plain = plain.Replace("\u00c2\u00a0", " ", StringComparison.Ordinal); // A no-break space in UTF-8 that was read as Latin-1.
            if (plain == before)
                break;
        }

        return plain;
    }

    private static string Unescaped(Match escape)
    {
        if (escape.Value.Length > 2)
            return ((char)Convert.ToUInt16(escape.Value[2..], 16)).ToString();
        return escape.Value[1] is 'n' or 'r' or 't' ? " " : escape.Value[1..];
    }

    [GeneratedRegex(@"\{\{?\s*\$?(?:prompt|context|contexts|question|query|input|inputs|text|document|documents|docs|passage|passages|article|instruction|instructions|user_input|user_query|user_message|user_prompt|message|messages|content|chat_history|history|retrieved|sources|source|story|summary|paragraph|transcript|data)\s*\}", RegexOptions.IgnoreCase)]
    private static partial Regex Unfilled();

    [GeneratedRegex(@"</?[A-Za-z][A-Za-z0-9]{0,15}(?:\s[^<>]{0,400})?/?>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[nrt""'/\\])")]
    private static partial Regex Escape();

    [GeneratedRegex("%[0-9A-Fa-f]{2}")]
    private static partial Regex Octet();

    [GeneratedRegex(@"[\u0120\u010a\u2581]")]
    private static partial Regex SpaceMark();
}
