using System.Text;

namespace Watermark.Text.Conversations;

/// <summary>Comparison of texts that were written down twice, with other white space.</summary>
internal static class Texts
{
    // The longest preamble of the usual templates has some 160 characters.
    private const int MostAround = 250;

    /// <summary>The text with every run of white space as one space, and none at its ends.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        bool space = false;
        foreach (char character in text)
        {
            if (char.IsWhiteSpace(character))
            {
                space = folded.Length > 0;
                continue;
            }

            if (space)
                folded.Append(' ');
            space = false;
            folded.Append(character);
        }

        return folded.ToString();
    }

    /// <summary>Whether a text begins with another, white space at its ends aside.</summary>
    public static bool BeginsWith(string text, string beginning)
    {
        ReadOnlySpan<char> start = beginning.AsSpan().Trim();
        return !start.IsEmpty && text.AsSpan().TrimStart().StartsWith(start, StringComparison.Ordinal);
    }

    /// <summary>Whether a text is one word of ASCII: an id, an address, a date, a number or the name of a model.</summary>
    public static bool IsOneWord(string text)
    {
        foreach (char character in text.AsSpan().Trim())
        {
            if (character > '~' || char.IsWhiteSpace(character))
                return false;
        }

        return true;
    }

    /// <summary>Whether a text is one word with digits or signs in it, as the names of prompts are that stand in for their text.</summary>
    public static bool LooksLikeId(string? text) =>
        text is not null && IsOneWord(text) && text.AsSpan().Trim() is { Length: > 2 } word && (word.IndexOfAnyInRange('0', '9') >= 0 || word.IndexOfAny("_/\\#") >= 0);

    /// <summary>
    /// Whether a text is a prompt and its reply put together: it holds what was asked last, ends with the reply, and has room
    /// for little else, so that it is no document from which both were taken.
    /// </summary>
    /// <param name="whole">The text, folded.</param>
    /// <param name="prompt">The turns of the prompt; a reply among them does no harm.</param>
    /// <param name="reply">The reply, folded.</param>
    public static bool IsRendering(string whole, IReadOnlyList<Turn> prompt, string reply) =>
        reply.Length > 0 && whole.EndsWith(reply, StringComparison.Ordinal)
        && prompt.LastOrDefault(turn => turn.Role == Role.User && Replies.Says(turn)) is { } asked
        && Fold(asked.Text) is { Length: > 0 } question && whole.AsSpan(0, whole.Length - reply.Length).Contains(question, StringComparison.Ordinal)
        && whole.Length <= reply.Length + prompt.Sum(turn => (long)turn.Text.Length) + MostAround;
}
