using System.Text;

namespace Watermark.Text.Tokenizers.HuggingFace.Normalizers;

/// <summary>A text on its way through the normalizers.</summary>
/// <param name="Text">The text.</param>
/// <param name="Lead">
/// How many of its first UTF-16 units come from the very first character of the whole text: 0 for a part that begins
/// later, or whose beginning was taken away. A <c>Metaspace</c> of the scheme <c>first</c> asks for it.
/// </param>
internal readonly record struct NormalizedText(string Text, int Lead);

/// <summary>Changes a text before it is cut. Immutable; safe to share between threads.</summary>
internal abstract class Normalizer
{
    /// <summary>Changes a text.</summary>
    /// <param name="text">The text.</param>
    public abstract NormalizedText Apply(NormalizedText text);
}

/// <summary>Several normalizers, one after the other.</summary>
/// <param name="steps">The normalizers.</param>
internal sealed class NormalizerSequence(Normalizer[] steps) : Normalizer
{
    public override NormalizedText Apply(NormalizedText text)
    {
        foreach (Normalizer step in steps)
            text = step.Apply(text);
        return text;
    }
}

/// <summary>A normalizer that changes the text by a function of the text alone.</summary>
/// <param name="change">The function.</param>
internal sealed class WholeTextNormalizer(Func<string, string> change) : Normalizer
{
    public override NormalizedText Apply(NormalizedText text)
    {
        string changed = change(text.Text);
        return new NormalizedText(changed, text.Lead == 0 ? 0 : Math.Min(changed.Length, change(text.Text[..text.Lead]).Length));
    }
}

/// <summary>A normalizer that writes every character as none, one or several others, whatever stands around it.</summary>
/// <param name="change">Writes what a character becomes.</param>
internal sealed class CharacterNormalizer(Action<Rune, StringBuilder> change) : Normalizer
{
    public override NormalizedText Apply(NormalizedText text)
    {
        var changed = new StringBuilder(text.Text.Length + 8);
        int lead = 0;
        int at = 0;
        foreach (Rune rune in text.Text.EnumerateRunes())
        {
            change(rune, changed);
            at += rune.Utf16SequenceLength;
            if (at == text.Lead)
                lead = changed.Length;
        }

        return new NormalizedText(changed.ToString(), lead);
    }
}

/// <summary>Puts a text before every text that is not empty.</summary>
/// <param name="prefix">What is put before.</param>
internal sealed class PrependNormalizer(string prefix) : Normalizer
{
    public override NormalizedText Apply(NormalizedText text) =>
        text.Text.Length == 0 ? text : new NormalizedText(prefix + text.Text, text.Lead == 0 ? 0 : prefix.Length + text.Lead);
}

/// <summary>Takes away white space at the ends.</summary>
/// <param name="left">At the beginning.</param>
/// <param name="right">At the end.</param>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    public override NormalizedText Apply(NormalizedText text)
    {
        string kept = right ? text.Text.TrimEnd() : text.Text;
        if (left)
            kept = kept.TrimStart();
        int removed = left ? text.Text.Length - text.Text.AsSpan().TrimStart().Length : 0;
        return new NormalizedText(kept, Math.Clamp(text.Lead - removed, 0, kept.Length));
    }
}
