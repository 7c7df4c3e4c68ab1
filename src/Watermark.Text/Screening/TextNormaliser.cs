using System.Text;
using Watermark.Text.Tokenizers.HuggingFace.Unicode;

namespace Watermark.Text.Screening;

/// <summary>
/// Undoes what changes token ids but not what a reader sees: composes letters (NFC), turns other spaces into U+0020, removes
/// zero-width characters that writing does not need, and writes look-alike and full-width letters as the Latin ones.
/// </summary>
/// <remarks>
/// The reading of a normalised text is a second test beside that of the text itself, and counts as one. Key-free and
/// bit-exact on every system: composition follows the tables of this library, not those of the system.
/// </remarks>
internal static class TextNormaliser
{
    /// <summary>What it does, as samples and findings record it.</summary>
    public const string Form = "nfc, spaces, zero-width, look-alikes";

    /// <summary>Normalises a text.</summary>
    /// <param name="text">The text.</param>
    public static string Normalise(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.AsSpan().ContainsAnyExceptInRange('\0', '\u007f'))
            return text;
        var kept = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c < 0x80)
                kept.Append(c);
            else if (Characters.IsZeroWidth(c) && !Characters.IsNeeded(text, i))
                continue;
            else if (Characters.IsHiddenTag(text, i))
                i++;
            else if (Characters.IsOtherSpace(c))
                kept.Append(' ');
            else if (Characters.PlainLetter(text, i) is { } plain)
            {
                kept.Append(plain);
                i++;
            }
            else
                kept.Append(c);
        }

        foreach (Range word in CharacterCensus.WordsWithLookAlikes(kept.ToString()))
        {
            (int start, int length) = word.GetOffsetAndLength(kept.Length);
            for (int i = start; i < start + length; i++)
                kept[i] = Characters.Narrow(kept[i]) ?? Characters.LatinTwin(kept[i]) ?? kept[i];
        }

        string whole = kept.ToString();
        return NormalForm.C.Apply(WholeCharacters(whole));
    }

    /// <summary>Normalisation refuses half surrogate pairs, so they become U+FFFD, as tokenizers read them.</summary>
    private static string WholeCharacters(string text) =>
        text.AsSpan().ContainsAnyInRange('\ud800', '\udfff') ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : text;
}
