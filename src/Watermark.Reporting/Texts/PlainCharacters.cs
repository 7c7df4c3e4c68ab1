using System.Globalization;
using System.Text;

namespace Watermark.Reporting.Texts;

/// <summary>
/// Text without characters that hide, or that turn the direction of writing: a file's name with them could make a report
/// read as it was not written. They are shown by their numbers.
/// </summary>
internal static class PlainCharacters
{
    private const int LongestName = 120;
    private const int KeptAtEnd = 24;

    /// <summary>The text on one line, with every such character as <c>[U+202E]</c>.</summary>
    /// <param name="text">The text.</param>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!NeedsWork(text))
            return text;
        var plain = new StringBuilder(text.Length + 16);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value is '\n' or '\r' or '\t')
                plain.Append(' ');
            else if (IsHidden(rune))
                plain.Append(CultureInfo.InvariantCulture, $"[U+{rune.Value:X4}]");
            else
                plain.Append(rune.ToString());
        }

        return plain.ToString();
    }

    /// <summary>A name that may be of any length, short enough for a line: beginning, end and the true length.</summary>
    /// <param name="name">The name.</param>
    public static string Name(string name)
    {
        string plain = Of(name);
        if (plain.Length <= LongestName)
            return plain;
        int first = LongestName - KeptAtEnd;
        int last = plain.Length - KeptAtEnd;
        if (char.IsLowSurrogate(plain[first]))
            first--;
        if (char.IsLowSurrogate(plain[last]))
            last++;
        return string.Create(CultureInfo.InvariantCulture, $"{plain[..first]} … {plain[last..]} ({name.Length:N0} characters)");
    }

    private static bool NeedsWork(string text)
    {
        foreach (char character in text)
        {
            if (character is < ' ' or > '~')
                return true;
        }

        return false;
    }

    /// <summary>A rune that no reader sees: controls, formats (among them all marks of direction), broken surrogates, private use, and unusual line ends.</summary>
    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
