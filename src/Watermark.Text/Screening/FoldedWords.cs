using System.Globalization;
using System.Runtime.InteropServices;
using Watermark.NGrams;

namespace Watermark.Text.Screening;

/// <summary>A word of a text, folded for comparison.</summary>
/// <param name="Hash">A hash of its folded letters.</param>
/// <param name="Start">Its first character in the text.</param>
/// <param name="End">The character after its last.</param>
internal readonly record struct FoldedWord(ulong Hash, int Start, int End);

/// <summary>
/// The words of a text without what a copy loses: case, spaces and line ends, punctuation, the width of letters, accents,
/// zero-width characters, hyphens at line ends, and letters that look like others.
/// </summary>
/// <remarks>
/// A word is a run of letters and digits. In scripts that are written without spaces every character is a word, and windows
/// are twice as long (<see cref="Window"/>).
/// </remarks>
internal static class FoldedWords
{
    private const ulong Factor = 0xD1342543DE82EF95; // Odd, so that no word of a window is lost modulo 2^64.

    /// <summary>Reads the words of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="words">Receives the words; what it held is kept.</param>
    public static void Read(ReadOnlySpan<char> text, List<FoldedWord> words)
    {
        int start = -1;
        ulong hash = NGramHash.Start;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsAsciiLetterOrDigit(c))
            {
                Letter(char.ToLowerInvariant(c), i);
                continue;
            }

            if (c == '-' && start >= 0 && JoinsLines(text, i, out int next))
            {
                i = next - 1;
                continue;
            }

            if (c < 0x80)
            {
                EndWord(i);
                continue;
            }

            if (Characters.IsZeroWidth(c) || IsCombining(c))
                continue;
            char folded = Characters.Folded(c);
            if (StandsAlone(folded))
            {
                EndWord(i);
                words.Add(new FoldedWord(NGramHash.Append(NGramHash.Start, folded), i, i + 1));
            }
            else if (char.IsLetterOrDigit(folded) || char.IsSurrogate(folded))
            {
                Letter(folded, i);
            }
            else
            {
                EndWord(i);
            }
        }

        EndWord(text.Length);

        void Letter(char letter, int index)
        {
            if (start < 0)
            {
                start = index;
                hash = NGramHash.Start;
            }

            hash = NGramHash.Append(hash, letter);
        }

        void EndWord(int end)
        {
            if (start >= 0)
                words.Add(new FoldedWord(hash, start, end));
            start = -1;
        }
    }

    /// <summary>The number of words of a window: twice as many where most words are single characters without spaces.</summary>
    /// <param name="words">The words of the text that is compared.</param>
    /// <param name="spaced">The length for words between spaces.</param>
    public static int Window(List<FoldedWord> words, int spaced)
    {
        int single = 0;
        foreach (FoldedWord word in words)
            single += word.End - word.Start == 1 ? 1 : 0;
        return single > words.Count / 2 ? 2 * spaced : spaced;
    }

    /// <summary>
    /// The hashes of all windows of a length: a polynomial of the words' hashes that moves on by one word at a time, mixed.
    /// </summary>
    /// <param name="words">The words of a text.</param>
    /// <param name="length">The words of a window, at least 1.</param>
    /// <param name="windows">Receives the hashes, by first word; what it held is lost.</param>
    public static void ReadWindows(List<FoldedWord> words, int length, List<ulong> windows)
    {
        ReadOnlySpan<FoldedWord> all = CollectionsMarshal.AsSpan(words);
        int count = Math.Max(0, all.Length - length + 1);
        CollectionsMarshal.SetCount(windows, count);
        Span<ulong> hashes = CollectionsMarshal.AsSpan(windows);
        ulong leaving = 1;
        for (int i = 0; i < length; i++)
            leaving *= Factor;
        ulong sum = 0;
        for (int end = 0; end < all.Length; end++)
        {
            sum = (sum * Factor) + all[end].Hash;
            if (end >= length)
                sum -= all[end - length].Hash * leaving;
            if (end >= length - 1)
                hashes[end - length + 1] = NGramHash.Append(sum, 0);
        }
    }

    /// <summary>Whether a hyphen, a line end and a letter follow each other, as where a word was cut to fit a line.</summary>
    private static bool JoinsLines(ReadOnlySpan<char> text, int hyphen, out int next)
    {
        next = hyphen + 1;
        bool lineEnd = false;
        while (next < text.Length && char.IsWhiteSpace(text[next]))
            lineEnd |= text[next++] is '\n' or '\r';
        return lineEnd && next < text.Length && char.IsLetter(text[next]);
    }

    private static bool IsCombining(char c) => CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark && c is >= '\u0300' and <= '\u036f';

    /// <summary>Chinese and Japanese characters, and the scripts of South-East Asia: written without spaces.</summary>
    private static bool StandsAlone(char c) => c is (>= '\u0e00' and <= '\u0eff') or (>= '\u1000' and <= '\u109f') or (>= '\u1780' and <= '\u17ff')
        or (>= '\u3040' and <= '\u30ff') or (>= '\u3400' and <= '\u9fff') or (>= '\uf900' and <= '\ufaff');
}
