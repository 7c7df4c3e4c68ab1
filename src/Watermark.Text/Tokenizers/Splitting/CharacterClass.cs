using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Watermark.Text.Tokenizers.Splitting;

/// <summary>What the published patterns ask about a character, as bits.</summary>
[Flags]
internal enum CharacterClass : byte
{
    /// <summary>Nothing of the below: punctuation, symbols, control characters, unassigned ones.</summary>
    None = 0,

    /// <summary>A letter: <c>\p{L}</c>.</summary>
    Letter = 1,

    /// <summary>A digit or number: <c>\p{N}</c>.</summary>
    Number = 2,

    /// <summary>White space, the Unicode property: <c>\s</c>.</summary>
    Space = 4,

    /// <summary>A carriage return or line feed, which is white space too.</summary>
    LineEnd = 8,

    /// <summary>A mark: <c>\p{M}</c>.</summary>
    Mark = 16,

    /// <summary>What can stand in a row of capitals: <c>[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]</c>.</summary>
    Upper = 32,

    /// <summary>What can stand in a row of small letters: <c>[\p{Ll}\p{Lm}\p{Lo}\p{M}]</c>.</summary>
    Lower = 64,

    /// <summary>A half of a surrogate pair, of which alone nothing can be said.</summary>
    Surrogate = 128,
}

/// <summary>Looks up the class of characters: a table for U+0000 to U+FFFF, the runtime's data for the others.</summary>
internal static class CharacterClasses
{
    private static readonly CharacterClass[] Table = MakeTable();

    /// <summary>The class of the character at a place.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">The place, inside the text.</param>
    /// <param name="length">The number of UTF-16 units of the character, 1 or 2.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CharacterClass At(ReadOnlySpan<char> text, int at, out int length)
    {
        CharacterClass found = Of(text[at]);
        length = 1;
        return (found & CharacterClass.Surrogate) == 0 ? found : Pair(text, at, out length);
    }

    /// <summary>The class of a UTF-16 unit.</summary>
    /// <param name="unit">The unit.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CharacterClass Of(char unit) => Table[unit];

    private static CharacterClass Pair(ReadOnlySpan<char> text, int at, out int length)
    {
        Rune.DecodeFromUtf16(text[at..], out Rune rune, out length);
        return OfCategory(Rune.GetUnicodeCategory(rune));
    }

    private static CharacterClass[] MakeTable()
    {
        var table = new CharacterClass[1 << 16];
        for (int unit = 0; unit < table.Length; unit++)
        {
            char c = (char)unit;
            table[unit] = OfCategory(CharUnicodeInfo.GetUnicodeCategory(c));
            if (char.IsWhiteSpace(c))
                table[unit] = c is '\r' or '\n' ? CharacterClass.Space | CharacterClass.LineEnd : CharacterClass.Space;
        }

        return table;
    }

    private static CharacterClass OfCategory(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => CharacterClass.Letter | CharacterClass.Upper,
        UnicodeCategory.LowercaseLetter => CharacterClass.Letter | CharacterClass.Lower,
        UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => CharacterClass.Letter | CharacterClass.Upper | CharacterClass.Lower,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
            => CharacterClass.Mark | CharacterClass.Upper | CharacterClass.Lower,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterClass.Number,
        UnicodeCategory.Surrogate => CharacterClass.Surrogate,
        _ => CharacterClass.None,
    };
}
