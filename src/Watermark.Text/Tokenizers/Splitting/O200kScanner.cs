namespace Watermark.Text.Tokenizers.Splitting;

/// <summary>The pattern of <c>o200k_base</c>, gpt-oss and Llama 4, and of Mistral's Tekken, by hand.</summary>
/// <param name="digits">The most digits in a piece: 3, or 1 for Tekken.</param>
/// <param name="contractions">Whether an English contraction goes with the word before it; not in Tekken.</param>
internal readonly struct O200kScanner(int digits, bool contractions) : IScanner
{
    public int End(ReadOnlySpan<char> text, int at)
    {
        CharacterClass found = CharacterClasses.At(text, at, out int length);
        if ((found & CharacterClass.Number) != 0)
            return Scan.Numbers(text, at, digits);
        bool prefix = (found & (CharacterClass.Letter | CharacterClass.LineEnd)) == 0;
        int word = Word(text, at, prefix ? at + length : at, found);
        if (word > 0)
            return contractions ? word + Scan.Contraction(text, word) : word;
        int next = at + length;
        if (Scan.IsOther(found)
            || (text[at] == ' ' && next < text.Length && Scan.IsOther(CharacterClasses.At(text, next, out _))))
        {
            next = Scan.WhileOther(text, next);
            while (next < text.Length && text[next] is ('\r' or '\n' or '/'))
                next++;
            return next;
        }

        return Scan.Space(text, at, lines: true);
    }

    /// <summary>
    /// The end of a word: capitals, then small letters, of which letters without case and marks are both. Where no small
    /// letter follows the capitals, the pattern's first alternative goes back to the last one that is both, and only where
    /// there is none its second alternative takes the capitals alone.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where the piece begins.</param>
    /// <param name="first">Behind the character that may stand before a word, or the same as <paramref name="at"/>.</param>
    /// <param name="found">The class of the character at the beginning.</param>
    /// <returns>0 where there is no word.</returns>
    private static int Word(ReadOnlySpan<char> text, int at, int first, CharacterClass found)
    {
        int end = first;
        int both = 0; // The end of the last character that is both.
        while (end < text.Length)
        {
            CharacterClass next = CharacterClasses.At(text, end, out int length);
            if ((next & CharacterClass.Upper) == 0)
            {
                if ((next & CharacterClass.Lower) != 0)
                    return Scan.While(text, end + length, CharacterClass.Lower);
                break;
            }

            end += length;
            if ((next & CharacterClass.Lower) != 0)
                both = end;
        }

        if (both > 0)
            return both;

        // A mark can stand before a word, and be one.
        if (first > at && (found & CharacterClass.Mark) != 0)
            return first;
        return end > first ? end : 0;
    }
}
