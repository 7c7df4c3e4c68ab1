using System.Buffers;
using System.Text;

namespace Watermark.SampleText;

/// <summary>
/// Splits a paragraph into English sentences and drops what is not one: fragments, headings, code. A rule of thumb for
/// demonstration text, not a linguistic tool.
/// </summary>
internal static class SentenceSplitter
{
    /// <summary>The fewest words a sentence has.</summary>
    public const int MinimumWords = 5;

    private const int MaximumWords = 60;

    private static readonly SearchValues<char> CodeCharacters = SearchValues.Create("{}<>|\\_;=");

    private static readonly string[] Abbreviations = ["e.g.", "i.e.", "etc.", "vs.", "cf.", "No.", "Dr.", "Mr.", "Mrs.", "St."];

    /// <summary>
    /// The sentences of a paragraph, with white space normalised: at least <see cref="MinimumWords"/> words, beginning
    /// with a capital letter and ending with a full stop.
    /// </summary>
    /// <param name="paragraph">Any text; line breaks count as spaces.</param>
    public static IEnumerable<string> Split(string paragraph)
    {
        string text = NormaliseWhiteSpace(paragraph);
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            bool last = i == text.Length - 1;
            if (text[i] is not ('.' or '!' or '?') || !(last || EndsSentence(text, i)))
                continue;
            string sentence = text[start..(i + 1)];
            start = Math.Min(i + 2, text.Length);
            if (IsEnglish(sentence))
                yield return sentence;
        }
    }

    private static bool EndsSentence(string text, int end)
    {
        if (text[end + 1] != ' ' || end + 2 >= text.Length || !(char.IsUpper(text[end + 2]) || char.IsDigit(text[end + 2])))
            return false;
        ReadOnlySpan<char> upToEnd = text.AsSpan(0, end + 1);
        ReadOnlySpan<char> word = upToEnd[(upToEnd.LastIndexOf(' ') + 1)..].TrimStart("(\"'");
        foreach (string abbreviation in Abbreviations)
        {
            if (word.SequenceEqual(abbreviation))
                return false;
        }

        return true;
    }

    private static bool IsEnglish(string sentence)
    {
        if (!sentence.EndsWith('.') || !char.IsAsciiLetterUpper(sentence[0]) || sentence.AsSpan().ContainsAny(CodeCharacters))
            return false;
        int words = sentence.AsSpan().Count(' ') + 1;
        int letters = 0;
        foreach (char c in sentence)
            letters += char.IsAsciiLetter(c) || c == ' ' ? 1 : 0;
        return words is >= MinimumWords and <= MaximumWords && letters * 10 >= sentence.Length * 9;
    }

    private static string NormaliseWhiteSpace(string text)
    {
        var normalised = new StringBuilder(text.Length);
        bool space = false;
        foreach (char c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                space = normalised.Length > 0;
                continue;
            }

            if (space)
                normalised.Append(' ');
            space = false;
            normalised.Append(c);
        }

        return normalised.ToString();
    }
}
