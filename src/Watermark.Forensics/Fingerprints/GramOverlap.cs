using System.Globalization;
using System.Text;

namespace Watermark.Forensics.Fingerprints;

/// <summary>
/// How much of a text stands in a reply: the share of its character 5-grams, counted as often as they occur, that the reply has
/// too. Text, which is to be in NFC, is compared in lower case (invariant), every run of white space as one space.
/// </summary>
internal static class GramOverlap
{
    private const int Length = 5;

    /// <summary>|grams(reply) ∩ grams(text)| / |grams(text)|, multisets.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="text">The text; one that is shorter than five characters counts as one gram.</param>
    /// <returns>0 … 1 as a whole number of parts.</returns>
    public static (long Common, long Total) Of(string reply, string text)
    {
        Dictionary<string, int> grams = Grams(text);
        Dictionary<string, int> said = Grams(reply);
        long common = 0, total = 0;
        foreach ((string gram, int count) in grams)
        {
            total += count;
            common += Math.Min(count, said.GetValueOrDefault(gram));
        }

        return (common, total);
    }

    /// <summary>Whether at least half of a text's grams stand in another text.</summary>
    /// <param name="other">The other text.</param>
    /// <param name="text">The text.</param>
    public static bool HoldsHalf(string other, string text) => Of(other, text) is var (common, total) && total > 0 && 2 * common >= total;

    /// <summary>The mean containment of a text in replies, as a whole number of parts of <paramref name="scale"/>, rounded half to even.</summary>
    /// <param name="replies">At least one reply.</param>
    /// <param name="text">The text.</param>
    /// <param name="scale">The parts of 1.</param>
    public static int Parts(IReadOnlyList<string> replies, string text, int scale)
    {
        // Integers up to the last division, so that every machine rounds the same way.
        (long common, long total) = (0, 0);
        foreach (string reply in replies)
        {
            (long here, total) = Of(reply, text);
            common += here;
        }

        decimal exact = total == 0 ? 0 : (decimal)common * scale / (total * replies.Count);
        return (int)Math.Round(exact, MidpointRounding.ToEven);
    }

    private static Dictionary<string, int> Grams(string text)
    {
        string plain = Plain(text);
        var grams = new Dictionary<string, int>(StringComparer.Ordinal);
        if (plain.Length is > 0 and < Length)
            grams[plain] = 1;
        for (int i = 0; i + Length <= plain.Length; i++)
        {
            string gram = plain.Substring(i, Length);
            grams[gram] = grams.GetValueOrDefault(gram) + 1;
        }

        return grams;
    }

    private static string Plain(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (char letter in text.ToLower(CultureInfo.InvariantCulture).Trim())
        {
            if (!char.IsWhiteSpace(letter))
                result.Append(letter);
            else if (result.Length > 0 && result[^1] != ' ')
                result.Append(' ');
        }

        return result.ToString();
    }
}
