using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace Watermark.Text.Tests.Tokenizers;

/// <summary>
/// The published patterns as .NET expressions. Cases of contractions are written out, with U+017F for s, as Unicode folds
/// case.
/// </summary>
internal static partial class ReferencePatterns
{
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    private const string Contraction = @"'(?:[sS\u017FdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])";

    private const string Word = @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+";

    private const string Capitals = @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*";

    private const string Rest = @"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    [GeneratedRegex(@"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", Options)]
    public static partial Regex Gpt2 { get; }

    [GeneratedRegex(Contraction + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+", Options)]
    public static partial Regex Cl100k { get; }

    [GeneratedRegex(Contraction + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+", Options)]
    public static partial Regex Qwen2 { get; }

    [GeneratedRegex(Word + "(?:" + Contraction + ")?|" + Capitals + "(?:" + Contraction + @")?|\p{N}{1,3}" + Rest, Options)]
    public static partial Regex O200k { get; }

    [GeneratedRegex(Word + "|" + Capitals + @"|\p{N}" + Rest, Options)]
    public static partial Regex Tekken { get; }
}

/// <summary>
/// Cuts text with a .NET expression that sees Unicode characters: it is matched on a copy of the text in which each character
/// beyond U+FFFF is replaced by one unit of the same category.
/// </summary>
/// <param name="pattern">The pattern; the text between its matches is a piece too.</param>
internal sealed class ReferencePreTokenizer(Regex pattern) : PreTokenizer
{
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => Pieces(text);

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => Pieces(text.ToString());

    public List<(int Offset, int Length)> Pieces(string text)
    {
        Rune[] runes = [.. text.EnumerateRunes()];
        string shadow = string.Concat(runes.Select(rune => rune.IsBmp ? (char)rune.Value : Representative(Rune.GetUnicodeCategory(rune))));
        int[] places = new int[runes.Length + 1];
        for (int i = 0; i < runes.Length; i++)
            places[i + 1] = places[i] + runes[i].Utf16SequenceLength;
        var pieces = new List<(int, int)>();
        int done = 0;
        foreach (ValueMatch match in pattern.EnumerateMatches(shadow))
        {
            Add(done, match.Index);
            Add(match.Index, done = match.Index + match.Length);
        }

        Add(done, shadow.Length);
        return pieces;

        void Add(int start, int end)
        {
            if (end > start)
                pieces.Add((places[start], places[end] - places[start]));
        }
    }

    private static char Representative(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => '\u0416',
        UnicodeCategory.LowercaseLetter => '\u0436',
        UnicodeCategory.TitlecaseLetter => '\u01C5',
        UnicodeCategory.ModifierLetter => '\u02B0',
        UnicodeCategory.OtherLetter => '\u4E00',
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => '\u0300',
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => '\u0660',
        _ => '\u2603',
    };
}
