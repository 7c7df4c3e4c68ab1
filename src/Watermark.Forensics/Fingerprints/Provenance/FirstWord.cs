using System.Globalization;
using System.Text;

namespace Watermark.Forensics.Fingerprints.Provenance;

/// <summary>The answer that a reply counts as: its first word.</summary>
internal static class FirstWord
{
    /// <summary>
    /// The first run of letters, digits and the marks on them, in lower case of the invariant culture; empty where there is none. Replies
    /// are in Unicode's form NFC, as a transcript holds them.
    /// </summary>
    /// <param name="reply">The reply.</param>
    public static string Of(string reply)
    {
        var word = new StringBuilder();
        foreach (Rune rune in reply.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || (word.Length > 0 && IsMark(rune)))
                word.Append(rune.ToString());
            else if (word.Length > 0)
                break;
        }

        return word.ToString().ToLowerInvariant();
    }

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
