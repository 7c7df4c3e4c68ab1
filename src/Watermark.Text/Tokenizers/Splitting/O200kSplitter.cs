using Watermark.Text.Tokenizers.BytePairs;

namespace Watermark.Text.Tokenizers.Splitting;

/// <summary>The pattern of <c>o200k_base</c>, gpt-oss and Llama 4, and of Mistral's Tekken, by hand.</summary>
/// <param name="digits">The most digits in a piece: 3, or 1 for Tekken.</param>
/// <param name="contractions">Whether an English contraction goes with the word before it; not in Tekken.</param>
internal sealed class O200kSplitter(int digits, bool contractions) : TextSplitter
{
    public override void Split(ReadOnlySpan<char> text, IntBuffer ends)
    {
        for (int at = 0; at < text.Length;)
        {
            at = End(text, at);
            ends.Add(at);
        }
    }

    private int End(ReadOnlySpan<char> text, int at)
    {
        CharacterClass found = CharacterClasses.At(text, at, out int length);
        if ((found & CharacterClass.Number) != 0)
            return Scanner.Numbers(text, at, digits);
        bool prefix = (found & (CharacterClass.Letter | CharacterClass.LineEnd)) == 0;
        int word = Word(text, at, prefix ? at + length : at, found);
        if (word > 0)
            return contractions ? word + Scanner.Contraction(text, word) : word;
        int next = at + length;
        if (Scanner.IsOther(found)
            || (text[at] == ' ' && next < text.Length && Scanner.IsOther(CharacterClasses.At(text, next, out _))))
        {
            next = Scanner.WhileOther(text, next);
            while (next < text.Length && text[next] is ('\r' or '\n' or '/'))
                next++;
            return next;
        }

        return Scanner.Space(text, at, lines: true);
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
                    return Scanner.While(text, end + length, CharacterClass.Lower);
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
