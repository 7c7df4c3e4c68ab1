using System.Globalization;
using System.Text;

namespace Watermark.Text.Screening;

/// <summary>The characters of a text that change its token ids but not what a reader sees.</summary>
/// <param name="Invisible">Zero-width characters and direction marks where writing needs none, and tag characters.</param>
/// <param name="Spaces">Spaces other than U+0020 between Latin letters, digits or punctuation.</param>
/// <param name="LookAlikes">Letters of another script, or of another width, in words of Latin letters.</param>
internal readonly record struct CharacterCensus(long Invisible, long Spaces, long LookAlikes)
{
    /// <summary>All of them.</summary>
    public long Total => Invisible + Spaces + LookAlikes;

    /// <summary>Counts the characters of a text.</summary>
    /// <param name="text">The text.</param>
    public static CharacterCensus Of(ReadOnlySpan<char> text)
    {
        int at = text.IndexOfAnyExceptInRange('\0', '\u007f');
        if (at < 0)
            return default;
        long invisible = 0;
        long spaces = 0;
        long lookAlikes = 0;
        for (int i = at; i < text.Length; i++)
        {
            char c = text[i];
            if (c < 0x80)
                continue;
            if (Characters.IsZeroWidth(c))
                invisible += Characters.IsNeeded(text, i) ? 0 : 1;
            else if (Characters.IsOtherSpace(c))
                spaces += IsAscii(text, i - 1) && IsAscii(text, i + 1) ? 1 : 0;
            else if (c == '\udb40')
                invisible += Characters.IsHiddenTag(text, i) ? 1 : 0;
        }

        foreach (Range word in WordsWithLookAlikes(text))
            lookAlikes += CountLookAlikes(text[word]);
        return new CharacterCensus(invisible, spaces, lookAlikes);
    }

    /// <summary>Adds two counts.</summary>
    public static CharacterCensus operator +(CharacterCensus left, CharacterCensus right) => left.Add(right);

    /// <summary>Adds two counts.</summary>
    /// <param name="other">The other.</param>
    public CharacterCensus Add(CharacterCensus other) => new(Invisible + other.Invisible, Spaces + other.Spaces, LookAlikes + other.LookAlikes);

    /// <summary>
    /// The words in which Latin letters stand beside letters of another script that look Latin, or full-width letters stand.
    /// A word of one other script alone is that script.
    /// </summary>
    internal static List<Range> WordsWithLookAlikes(ReadOnlySpan<char> text)
    {
        var words = new List<Range>();
        int start = -1;
        for (int i = 0; i <= text.Length; i++)
        {
            bool letter = i < text.Length && char.IsLetterOrDigit(text[i]);
            if (letter && start < 0)
                start = i;
            if (letter || start < 0)
                continue;
            if (IsMixed(text[start..i]))
                words.Add(start..i);
            start = -1;
        }

        return words;
    }

    private static bool IsMixed(ReadOnlySpan<char> word)
    {
        bool latin = false;
        bool twin = false;
        bool narrow = false;
        foreach (char c in word)
        {
            latin |= char.IsAsciiLetter(c);
            twin |= c >= 0x80 && Characters.LatinTwin(c) is not null;
            narrow |= Characters.Narrow(c) is not null;
        }

        return (latin && twin) || narrow;
    }

    private static int CountLookAlikes(ReadOnlySpan<char> word)
    {
        int count = 0;
        foreach (char c in word)
            count += Characters.LatinTwin(c) is not null || Characters.Narrow(c) is not null ? 1 : 0;
        return count;
    }

    private static bool IsAscii(ReadOnlySpan<char> text, int index) => (uint)index < (uint)text.Length && text[index] is > ' ' and < '\u0080';
}
