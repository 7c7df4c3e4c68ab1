using Watermark.Text.Tokenizers.HuggingFace.Unicode;

namespace Watermark.Text.Screening;

/// <summary>Characters that cannot be seen, spaces that are not the space bar's, and letters that look like Latin ones.</summary>
internal static class Characters
{
    // Pairs of a letter and the Latin letter that most fonts draw it as (Unicode Technical Standard 39, confusables.txt:
    // single Greek, Cyrillic and Armenian letters).
    private const string LookAlikes =
        "\u0391A\u0392B\u0395E\u0396Z\u0397H\u0399I\u039aK\u039cM\u039dN\u039fO\u03a1P\u03a4T\u03a5Y\u03a7X\u03b1a\u03b3y\u03b9i\u03bdv"
        + "\u03bfo\u03c1p\u03f2c\u03f3j"
        + "\u0405S\u0406I\u0408J\u0410A\u0412B\u0415E\u041aK\u041cM\u041dH\u041eO\u0420P\u0421C\u0422T\u0425X\u0430a\u0435e\u043eo\u0440p"
        + "\u0441c\u0443y\u0445x\u0455s\u0456i\u0458j\u04aeY\u04bbh\u04cfl\u0501d\u050cG\u051aQ\u051bq\u051cW\u051dw"
        + "\u0555O\u0566q\u0570h\u0578n\u057du\u0585o";

    private static readonly char[] Twins = BuildTwins();
    private static readonly char[] Foldings = BuildFoldings();

    /// <summary>Whether a character takes no room: zero-width, soft hyphen, direction marks.</summary>
    /// <param name="c">A UTF-16 unit.</param>
    public static bool IsZeroWidth(char c) => c is '\u00ad' or '\u034f' or '\u061c' or '\u115f' or '\u1160' or '\u17b4' or '\u17b5' or '\u180e' or '\u3164' or '\ufeff' or '\uffa0'
        or (>= '\u200b' and <= '\u200f') or (>= '\u202a' and <= '\u202e') or (>= '\u2060' and <= '\u206f') or (>= '\ufe00' and <= '\ufe0f');

    /// <summary>
    /// Whether a character joins or separates letters, or selects a picture, where writing needs it: then it hides nothing.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="index">The character.</param>
    public static bool IsNeeded(ReadOnlySpan<char> text, int index) => text[index] switch
    {
        // Emoji sequences, Indic and Arabic scripts.
        '\u200c' or '\u200d' or '\ufe0e' or '\ufe0f' => index > 0 && text[index - 1] > '\u02ff' && !IsZeroWidth(text[index - 1]),
        // Direction marks beside letters that are written from right to left.
        '\u200e' or '\u200f' or '\u061c' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') => text.ContainsAnyInRange('\u0590', '\u08ff'),
        // A byte order mark.
        '\ufeff' => index == 0,
        _ => false,
    };

    /// <summary>Whether a tag character (U+E0000 to U+E007F) stands here that is not part of a flag.</summary>
    /// <param name="text">The text.</param>
    /// <param name="high">Its first UTF-16 unit.</param>
    public static bool IsHiddenTag(ReadOnlySpan<char> text, int high)
    {
        if (!IsTag(text, high))
            return false;
        while (high >= 2 && IsTag(text, high - 2))
            high -= 2;
        return !(high >= 2 && text[high - 2] == '\ud83c' && text[high - 1] == '\udff4'); // A black flag begins those of regions.
    }

    private static bool IsTag(ReadOnlySpan<char> text, int high) => text[high] == '\udb40' && high + 1 < text.Length && text[high + 1] is >= '\udc00' and <= '\udc7f';

    /// <summary>Whether a character is a space other than U+0020.</summary>
    /// <param name="c">A UTF-16 unit.</param>
    public static bool IsOtherSpace(char c) => c is '\u00a0' or '\u1680' or (>= '\u2000' and <= '\u200a') or '\u202f' or '\u205f' or '\u3000' or '\u2800';

    /// <summary>The Latin letter that a letter of another script looks like; null where it looks like none.</summary>
    /// <param name="c">A UTF-16 unit.</param>
    public static char? LatinTwin(char c) => Twins[c] is not '\0' and char twin ? twin : null;

    /// <summary>The ASCII character of a full-width one; null for others.</summary>
    /// <param name="c">A UTF-16 unit.</param>
    public static char? Narrow(char c) => c is >= '\uff01' and <= '\uff5e' ? (char)(c - 0xfee0) : null;

    /// <summary>The Latin letter or digit of a mathematical one (bold, italic, script, …: U+1D400 to U+1D7FF); null for others.</summary>
    /// <param name="text">The text.</param>
    /// <param name="high">Its first UTF-16 unit.</param>
    public static char? PlainLetter(ReadOnlySpan<char> text, int high)
    {
        if (text[high] != '\ud835' || high + 1 >= text.Length || !char.IsLowSurrogate(text[high + 1]))
            return null;
        int place = char.ConvertToUtf32(text[high], text[high + 1]) - 0x1d400; // Thirteen alphabets of 52 letters, then Greek, then digits.
        return place switch
        {
            < 13 * 52 => (char)(place % 52 < 26 ? 'A' + (place % 52) : 'a' + (place % 52) - 26),
            >= 0x3ce => (char)('0' + ((place - 0x3ce) % 10)),
            _ => null,
        };
    }

    /// <summary>A letter in lower case, without accent, in normal width, and as the Latin letter that it looks like.</summary>
    /// <param name="c">A UTF-16 unit.</param>
    public static char Folded(char c) => Foldings[c];

    private static char[] BuildTwins()
    {
        var twins = new char[char.MaxValue + 1];
        for (int i = 0; i < LookAlikes.Length; i += 2)
            twins[LookAlikes[i]] = LookAlikes[i + 1];
        return twins;
    }

    private static char[] BuildFoldings()
    {
        var foldings = new char[char.MaxValue + 1];
        for (int i = 0; i <= char.MaxValue; i++)
        {
            char c = (char)i;
            char narrow = Narrow(c) ?? LatinTwin(c) ?? c;
            bool accented = narrow is (>= '\u00c0' and <= '\u024f') or (>= '\u0370' and <= '\u052f') or (>= '\u1e00' and <= '\u1fff');
            if (accented && char.IsLetter(narrow))
                narrow = NormalForm.D.Apply(narrow.ToString())[0];
            foldings[i] = char.IsSurrogate(narrow) ? narrow : char.ToLowerInvariant(narrow);
        }

        return foldings;
    }
}
