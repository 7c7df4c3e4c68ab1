using System.Globalization;
using System.Text;

namespace Watermark.Text.Tokenizers.HuggingFace.Unicode;

/// <summary>Questions that the parts of a <c>tokenizer.json</c> ask about a character.</summary>
internal static class Characters
{
    /// <summary>White space, the Unicode property.</summary>
    /// <param name="character">The character.</param>
    public static bool IsWhiteSpace(Rune character) => Rune.IsWhiteSpace(character);

    /// <summary>A digit or another number.</summary>
    /// <param name="character">The character.</param>
    public static bool IsNumber(Rune character) => Rune.GetUnicodeCategory(character)
        is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>Part of a word, <c>\w</c>: letters, marks, digits, connectors, joiners and letters in circles and squares (UTS #18, annex C).</summary>
    /// <param name="character">The character.</param>
    public static bool IsWord(Rune character) => Rune.GetUnicodeCategory(character) switch
    {
        <= UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation => true,
        _ => character.Value is 0x200c or 0x200d or (>= 0x24b6 and <= 0x24e9) or (>= 0x1f130 and <= 0x1f149)
            or (>= 0x1f150 and <= 0x1f169) or (>= 0x1f170 and <= 0x1f189),
    };

    /// <summary>A character of the blocks for which BERT writes every character as a word.</summary>
    /// <param name="character">The character.</param>
    public static bool IsHan(Rune character) => character.Value
        is (>= 0x4e00 and <= 0x9fff) or (>= 0x3400 and <= 0x4dbf) or (>= 0x20000 and <= 0x2a6df) or (>= 0x2a700 and <= 0x2b73f)
        or (>= 0x2b740 and <= 0x2b81f) or (>= 0x2b920 and <= 0x2ceaf) or (>= 0xf900 and <= 0xfaff) or (>= 0x2f800 and <= 0x2fa1f);

    /// <summary>Writes a character in small letters, without regard to what stands around it.</summary>
    /// <param name="character">The character.</param>
    /// <param name="to">Where it is written.</param>
    public static void Lower(Rune character, StringBuilder to)
    {
        // The one character whose small form is two.
        if (character.Value == 0x130)
            to.Append("i\u0307");
        else
            Append(Rune.ToLowerInvariant(character), to);
    }

    /// <summary>Writes a character.</summary>
    /// <param name="character">The character.</param>
    /// <param name="to">Where it is written.</param>
    public static void Append(Rune character, StringBuilder to)
    {
        if (character.IsBmp)
            to.Append((char)character.Value);
        else
            to.Append(character.ToString());
    }
}
