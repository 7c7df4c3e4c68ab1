using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace Watermark.Text.Tokenizers;

/// <summary>
/// Cuts text with a pattern that sees Unicode characters. .NET's expressions see UTF-16 units, for which the letters and
/// digits above U+FFFF are neither; the reference encoders cut such text at other places. So the pattern is matched on a
/// copy of the text in which each such character is replaced by one unit of the same category.
/// </summary>
/// <param name="pattern">The pattern; the text between its matches is a piece too.</param>
internal sealed class RunePreTokenizer(Regex pattern) : PreTokenizer
{
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Pieces(text);
    }

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => Pieces(text);

    private List<(int Offset, int Length)> Pieces(ReadOnlySpan<char> text)
    {
        bool wide = text.ContainsAnyInRange('\ud800', '\udfff');
        ReadOnlySpan<char> shadow = wide ? Shadow(text) : text;
        var pieces = new List<(int, int)>(shadow.Length / 4 + 1);
        int at = 0; // In the text.
        int done = 0; // In the shadow.
        foreach (ValueMatch match in pattern.EnumerateMatches(shadow))
        {
            Add(text, match.Index - done);
            Add(text, match.Length);
            done = match.Index + match.Length;
        }

        Add(text, shadow.Length - done);
        return pieces;

        void Add(ReadOnlySpan<char> text, int characters)
        {
            int end = at + characters;
            if (wide)
            {
                end = at;
                for (int i = 0; i < characters; i++)
                    end += char.IsHighSurrogate(text[end]) ? 2 : 1;
            }

            if (end > at)
                pieces.Add((at, end - at));
            at = end;
        }
    }

    private static ReadOnlySpan<char> Shadow(ReadOnlySpan<char> text)
    {
        char[] shadow = new char[text.Length];
        int length = 0;
        foreach (Rune rune in text.EnumerateRunes())
            shadow[length++] = rune.IsBmp ? (char)rune.Value : Representative(Rune.GetUnicodeCategory(rune));
        return shadow.AsSpan(0, length);
    }

    /// <summary>A unit of the category that no pattern names by itself.</summary>
    private static char Representative(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => 'Ж',
        UnicodeCategory.LowercaseLetter => 'ж',
        UnicodeCategory.TitlecaseLetter => '\u01C5',
        UnicodeCategory.ModifierLetter => '\u02B0',
        UnicodeCategory.OtherLetter => '\u4E00',
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => '\u0300',
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => '\u0660',
        _ => '\u2603',
    };
}
