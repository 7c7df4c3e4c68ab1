namespace Watermark.Text.Tokenizers.SentencePiece;

/// <summary>The settings of a normalizer.</summary>
internal sealed record NormalizerSettings
{
    /// <summary>The rules; null where text is taken as it is.</summary>
    public PrecompiledCharsMap? Rules { get; init; }

    /// <summary>A space is put before the text (after it where white space is a suffix).</summary>
    public bool AddDummyPrefix { get; init; } = true;

    /// <summary>Spaces at both ends and all but the first space of a run are removed.</summary>
    public bool RemoveExtraWhitespaces { get; init; } = true;

    /// <summary>A space is written as U+2581.</summary>
    public bool EscapeWhitespaces { get; init; } = true;

    /// <summary>The dummy space is put after the text.</summary>
    public bool WhitespaceAsSuffix { get; init; }
}

/// <summary>Text as the pieces of a model are written: the steps of the reference (<c>normalizer.cc</c>), in its order.</summary>
/// <param name="settings">The settings.</param>
/// <param name="userDefined">Strings that are taken as they are; null where there are none.</param>
internal sealed class Normalizer(NormalizerSettings settings, PieceTrie? userDefined)
{
    private ReadOnlySpan<byte> SpaceAsWritten => settings.EscapeWhitespaces ? Utf8Characters.Space : " "u8;

    /// <summary>Normalizes a text.</summary>
    /// <param name="text">The text in UTF-8.</param>
    /// <param name="to">Where the normalized text is added; empty before.</param>
    public void Normalize(ReadOnlySpan<byte> text, GrowingBytes to)
    {
        if (settings.RemoveExtraWhitespaces)
        {
            while (!text.IsEmpty && Prefix(text, out int length) is [(byte)' '])
                text = text[length..];
        }

        if (text.IsEmpty)
            return;
        if (settings.AddDummyPrefix && !settings.WhitespaceAsSuffix)
            to.Add(SpaceAsWritten);
        if (settings.Rules is null && userDefined is null && !settings.RemoveExtraWhitespaces)
            AddEscaped(text, to);
        else
            AddPrefixes(text, to);
        if (settings.RemoveExtraWhitespaces)
        {
            while (to.Written.EndsWith(SpaceAsWritten))
                to.RemoveLast(SpaceAsWritten.Length);
        }

        if (settings.AddDummyPrefix && settings.WhitespaceAsSuffix)
            to.Add(SpaceAsWritten);
    }

    private void AddPrefixes(ReadOnlySpan<byte> text, GrowingBytes to)
    {
        bool afterSpace = settings.RemoveExtraWhitespaces;
        while (!text.IsEmpty)
        {
            ReadOnlySpan<byte> prefix = Prefix(text, out int length);
            if (afterSpace)
                prefix = prefix.TrimStart((byte)' ');
            if (!prefix.IsEmpty)
            {
                AddEscaped(prefix, to);
                afterSpace = settings.RemoveExtraWhitespaces && prefix[^1] == ' ';
            }

            text = text[length..];
        }
    }

    private void AddEscaped(ReadOnlySpan<byte> text, GrowingBytes to)
    {
        while (settings.EscapeWhitespaces && text.IndexOf((byte)' ') is var space and >= 0)
        {
            to.Add(text[..space]);
            to.Add(Utf8Characters.Space);
            text = text[(space + 1)..];
        }

        to.Add(text);
    }

    /// <summary>What the text begins with, normalized, and how many bytes of the text that is.</summary>
    private ReadOnlySpan<byte> Prefix(ReadOnlySpan<byte> text, out int length)
    {
        if (userDefined is not null && userDefined.LongestPrefix(text, out _) is var found and > 0)
        {
            length = found;
            return text[..found];
        }

        if (settings.Rules is not null && settings.Rules.TryMatchLongestPrefix(text, out length, out ReadOnlySpan<byte> replacement))
            return replacement;
        // A rule can end inside a character; the rest of that is no character.
        return Utf8Characters.TryFirst(text, out length) ? text[..length] : Utf8Characters.Replacement;
    }
}
