using Watermark.Text.Tokenizers.HuggingFace.Unicode;

namespace Watermark.Text;

/// <summary>
/// Unicode's normal form C (UAX #15) from tables of this library: the same on every host, also where .NET runs without its
/// Unicode data and <see cref="string.Normalize()"/> leaves text as it is.
/// </summary>
public static class ComposedText
{
    /// <summary>The text in NFC; a text with half a surrogate pair is left as it is.</summary>
    /// <param name="text">The text.</param>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (!char.IsSurrogatePair(text, i))
                return text;
            i++;
        }

        return NormalForm.C.Apply(text);
    }
}
