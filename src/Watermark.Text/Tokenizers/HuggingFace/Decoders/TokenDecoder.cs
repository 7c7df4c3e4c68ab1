using System.Globalization;
using System.Text;
using Watermark.Text.Tokenizers.HuggingFace.Patterns;

namespace Watermark.Text.Tokenizers.HuggingFace.Decoders;

/// <summary>A step on the way from tokens to text: it changes a list of texts, which are joined in the end.</summary>
/// <param name="texts">The list, changed in place.</param>
internal delegate void TokenDecoder(List<string> texts);

/// <summary>The steps of decoding.</summary>
internal static class DecoderSteps
{
    /// <summary>Byte characters to text.</summary>
    /// <param name="texts">The texts; a text with other characters is taken as it is.</param>
    public static void ByteLevel(List<string> texts)
    {
        var bytes = new List<byte>();
        foreach (string text in texts)
            bytes.AddRange(ByteCharacters.Read(text) ?? Encoding.UTF8.GetBytes(text));
        texts.Clear();
        texts.Add(Encoding.UTF8.GetString([.. bytes]));
    }

    /// <summary>Rows of <c>&lt;0x41&gt;</c> to text; one U+FFFD for each of a row that is not UTF-8.</summary>
    /// <param name="texts">The texts.</param>
    public static void ByteFallback(List<string> texts)
    {
        var result = new List<string>(texts.Count);
        var row = new List<byte>();
        foreach (string text in texts)
        {
            if (ByteOf(text) is { } value)
            {
                row.Add(value);
                continue;
            }

            Flush();
            result.Add(text);
        }

        Flush();
        texts.Clear();
        texts.AddRange(result);

        void Flush()
        {
            if (row.Count == 0)
                return;
            byte[] bytes = [.. row];
            row.Clear();
            if (System.Text.Unicode.Utf8.IsValid(bytes))
                result.Add(Encoding.UTF8.GetString(bytes));
            else
                result.AddRange(Enumerable.Repeat("\ufffd", bytes.Length));
        }
    }

    /// <summary>Everything becomes one text.</summary>
    /// <param name="texts">The texts.</param>
    public static void Fuse(List<string> texts)
    {
        string all = string.Concat(texts);
        texts.Clear();
        texts.Add(all);
    }

    /// <summary>Replaces every match of a pattern.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="content">What stands there instead.</param>
    public static TokenDecoder Replace(TextPattern pattern, string content) => texts => ForEach(texts, (text, _) =>
    {
        var parts = new List<MatchPart>();
        pattern.Find(text, parts);
        var result = new StringBuilder();
        int start = 0;
        foreach (MatchPart part in parts)
        {
            result.Append(part.IsMatch ? content : text.AsSpan(start, part.End - start));
            start = part.End;
        }

        return result.ToString();
    });

    /// <summary>Takes a character away at the ends of every text.</summary>
    /// <param name="content">The character.</param>
    /// <param name="start">How often at most at the beginning.</param>
    /// <param name="stop">How often at most at the end.</param>
    public static TokenDecoder Strip(Rune content, int start, int stop) => texts => ForEach(texts, (text, _) =>
    {
        string character = content.ToString();
        for (int i = 0; i < start && text.StartsWith(character, StringComparison.Ordinal); i++)
            text = text[character.Length..];
        for (int i = 0; i < stop && text.EndsWith(character, StringComparison.Ordinal); i++)
            text = text[..^character.Length];
        return text;
    });

    /// <summary>The replacement of a space becomes a space again; in the first text it goes, where it was put there.</summary>
    /// <param name="replacement">The replacement.</param>
    /// <param name="prepended">Whether it was put before the text.</param>
    public static TokenDecoder Metaspace(Rune replacement, bool prepended) => texts => ForEach(
        texts,
        (text, first) => text.Replace(replacement.ToString(), first && prepended ? string.Empty : " ", StringComparison.Ordinal));

    /// <summary>Tokens that continue a word lose their prefix, others get a space.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="cleanup">Whether spaces before marks and inside contractions go.</param>
    public static TokenDecoder WordPiece(string prefix, bool cleanup) => texts => ForEach(texts, (text, first) =>
    {
        if (!first)
            text = text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : " " + text;
        return cleanup ? Clean(text) : text;
    });

    /// <summary>The suffix of the last token of a word becomes a space, and goes at the end.</summary>
    /// <param name="suffix">The suffix.</param>
    public static TokenDecoder Suffix(string suffix) => texts =>
    {
        for (int i = 0; i < texts.Count && suffix.Length > 0; i++)
            texts[i] = texts[i].Replace(suffix, i == texts.Count - 1 ? string.Empty : " ", StringComparison.Ordinal);
    };

    private static void ForEach(List<string> texts, Func<string, bool, string> change)
    {
        for (int i = 0; i < texts.Count; i++)
            texts[i] = change(texts[i], i == 0);
    }

    private static byte? ByteOf(string text) =>
        text.Length == 6 && text.StartsWith("<0x", StringComparison.Ordinal) && text[5] == '>'
            && byte.TryParse(text.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
            ? value
            : null;

    private static string Clean(string text)
    {
        foreach ((string from, string to) in new[]
        {
            (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
            (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
        })
        {
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        return text;
    }
}
