using System.Text;

namespace Watermark.Forensics.Fingerprints.Canaries;

/// <summary>How replies and answers are compared: without what a chat model puts before an answer, and without case.</summary>
internal static class CanaryText
{
    private const string Decoration = "\"'`“”„‟‘’‚‛«»‹›*_#>~-–—•|";

    /// <summary>
    /// The text, which is to be in NFC, in lower case (invariant), without white space, quotes and Markdown at its beginning, every run of white
    /// space as one space.
    /// </summary>
    /// <param name="text">A reply or an answer.</param>
    public static string Normalise(string text)
    {
        int start = 0;
        while (start < text.Length && (char.IsWhiteSpace(text[start]) || Decoration.Contains(text[start], StringComparison.Ordinal)))
            start++;
        var result = new StringBuilder(text.Length - start);
        bool space = false;
        foreach (char letter in text.AsSpan(start).ToString().ToLowerInvariant())
        {
            if (char.IsWhiteSpace(letter))
            {
                space = true;
                continue;
            }

            if (space)
                result.Append(' ');
            space = false;
            result.Append(letter);
        }

        return result.ToString();
    }

    /// <summary>Whether a normalised reply begins with a normalised answer that ends there: at the end, or before what is no letter or digit.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="answer">The answer.</param>
    public static bool Begins(string reply, string answer) =>
        reply.StartsWith(answer, StringComparison.Ordinal)
        && (reply.Length == answer.Length || !Rune.TryGetRuneAt(reply, answer.Length, out Rune next) || !Rune.IsLetterOrDigit(next));
}
