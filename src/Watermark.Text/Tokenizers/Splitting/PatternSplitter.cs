using System.Buffers;
using System.Text.RegularExpressions;

namespace Watermark.Text.Tokenizers.Splitting;

/// <summary>
/// Cuts text with a regular expression that sees Unicode characters. .NET's expressions see UTF-16 units and have their own
/// notion of case, of words and of line ends; so the expression is translated into one over classes of characters: two
/// characters that no set of the expression tells apart are the same letter of a small alphabet, in which text and
/// expression are written before they meet.
/// </summary>
internal sealed class PatternSplitter : TextSplitter
{
    private static readonly TimeSpan MatchLimit = TimeSpan.FromMilliseconds(500);

    private readonly CharacterAlphabet alphabet;
    private readonly Regex regex;
    private readonly string where;

    /// <summary>Creates the splitter.</summary>
    /// <param name="pattern">The expression.</param>
    /// <param name="where">The file and the setting, for messages.</param>
    /// <exception cref="InputFormatException">The expression has something that cannot be done exactly.</exception>
    public PatternSplitter(string pattern, string where)
    {
        this.where = where;
        alphabet = new CharacterAlphabet(PatternParser.Parse(pattern, where), where);
        // The engine that never goes back is not used: it chooses other matches where lazy repeats are nested.
        regex = new Regex(alphabet.Expression, RegexOptions.Compiled | RegexOptions.CultureInvariant | RegexOptions.Multiline, MatchLimit);
    }

    public override void Split(ReadOnlySpan<char> text, IntBuffer ends)
    {
        int first = ends.Count;
        FindMatches(text, ends);
        // Both ends of a match are the end of a piece, unless nothing stands before them.
        int kept = first;
        int last = 0;
        Span<int> all = ends.Span;
        for (int i = first; i < all.Length; i++)
        {
            int end = all[i];
            if (end > last)
                all[kept++] = last = end;
        }

        ends.Truncate(kept);
        if (last < text.Length)
            ends.Add(text.Length);
    }

    public override void FindMatches(ReadOnlySpan<char> text, IntBuffer bounds)
    {
        char[] rented = ArrayPool<char>.Shared.Rent(Math.Max(1, text.Length));
        try
        {
            FindMatches(text, rented.AsSpan(0, alphabet.Write(text, rented)), bounds);
        }
        catch (RegexMatchTimeoutException exception)
        {
            throw TooLong(exception);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    private void FindMatches(ReadOnlySpan<char> text, ReadOnlySpan<char> letters, IntBuffer bounds)
    {
        bool wide = letters.Length < text.Length;
        long begin = TimeProvider.System.GetTimestamp();
        TimeSpan limit = MatchLimit + TimeSpan.FromMicroseconds(10.0 * text.Length);
        int atText = 0;
        int atLetters = 0;
        int previous = -1;
        int number = 0;
        foreach (ValueMatch match in regex.EnumerateMatches(letters))
        {
            int end = match.Index + match.Length;
            // In the reference a match of nothing never follows another match at once.
            if (match.Length == 0 && end == previous)
                continue;
            previous = end;
            bounds.Add(Place(match.Index, text));
            bounds.Add(Place(end, text));
            if ((++number & 0xff) == 0 && TimeProvider.System.GetElapsedTime(begin) > limit)
                throw TooLong(null);
        }

        int Place(int at, ReadOnlySpan<char> text)
        {
            if (!wide)
                return at;
            for (; atLetters < at; atLetters++)
                atText += char.IsHighSurrogate(text[atText]) ? 2 : 1;
            return atText;
        }
    }

    private InputFormatException TooLong(Exception? exception) =>
        new($"{where}: the pattern takes too long on a text; it goes back over the same characters again and again.", exception);
}
