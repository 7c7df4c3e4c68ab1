using System.Runtime.CompilerServices;

namespace Watermark.Text.Tokenizers.Splitting;

/// <summary>What the hand-written scanners have in common: each method is one part of the published patterns.</summary>
internal static class Scan
{
    /// <summary>The end of the row of characters that have one of the wanted bits.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where the row begins.</param>
    /// <param name="wanted">The bits.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int While(ReadOnlySpan<char> text, int at, CharacterClass wanted)
    {
        while ((uint)at < (uint)text.Length && (CharacterClasses.At(text, at, out int length) & wanted) != 0)
            at += length;
        return at;
    }

    /// <summary>The end of the row of characters that are no white space, letter or number: <c>[^\s\p{L}\p{N}]*</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where the row begins.</param>
    public static int WhileOther(ReadOnlySpan<char> text, int at)
    {
        while ((uint)at < (uint)text.Length && IsOther(CharacterClasses.At(text, at, out int length)))
            at += length;
        return at;
    }

    /// <summary>Whether a character is no white space, letter or number.</summary>
    /// <param name="found">Its class.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsOther(CharacterClass found) => (found & (CharacterClass.Space | CharacterClass.Letter | CharacterClass.Number)) == 0;

    /// <summary>The end of at most so many numbers: <c>\p{N}{1,limit}</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where they begin.</param>
    /// <param name="limit">How many characters at most.</param>
    public static int Numbers(ReadOnlySpan<char> text, int at, int limit)
    {
        for (; limit > 0 && (uint)at < (uint)text.Length && (CharacterClasses.At(text, at, out int length) & CharacterClass.Number) != 0; limit--)
            at += length;
        return at;
    }

    /// <summary>
    /// The end of a piece of white space: <c>\s*[\r\n]+|\s+(?!\S)|\s+</c>, up to the last line end; else all of it at the
    /// end of the text, all but the last character before other text, or that one alone.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where the white space begins; it is there.</param>
    /// <param name="lines">Whether line ends have an alternative of their own, as in all patterns but GPT-2's.</param>
    public static int Space(ReadOnlySpan<char> text, int at, bool lines)
    {
        int end = at;
        int line = 0;
        for (; (uint)end < (uint)text.Length; end++)
        {
            CharacterClass found = CharacterClasses.Of(text[end]);
            if ((found & CharacterClass.Space) == 0)
                break;
            if ((found & CharacterClass.LineEnd) != 0)
                line = end + 1;
        }

        if (lines && line > 0)
            return line;
        return end == text.Length || end == at + 1 ? end : end - 1;
    }

    /// <summary>The length of an English contraction without regard to case: <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)</c>; 0 where there is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where it would begin.</param>
    public static int Contraction(ReadOnlySpan<char> text, int at)
    {
        if (at + 1 >= text.Length || text[at] != '\'')
            return 0;
        switch (text[at + 1])
        {
            // U+017F is a long s, and Unicode folds it to s.
            case 's' or 'S' or '\u017F' or 't' or 'T' or 'm' or 'M' or 'd' or 'D':
                return 2;
            case 'l' or 'L':
                return at + 2 < text.Length && text[at + 2] is ('l' or 'L') ? 3 : 0;
            case 'r' or 'R' or 'v' or 'V':
                return at + 2 < text.Length && text[at + 2] is ('e' or 'E') ? 3 : 0;
            default:
                return 0;
        }
    }
}
