using System.Globalization;
using System.Text;
using Watermark.Text.Tokenizers.SentencePiece;

namespace Watermark.Text.Tokenizers.HuggingFace.Normalizers;

/// <summary>
/// The normalization rules of a SentencePiece model as the reference library applies them: to whole grapheme clusters of
/// fewer than six bytes, and to the characters of the others.
/// </summary>
/// <param name="map">The rules.</param>
internal sealed class PrecompiledNormalizer(PrecompiledCharsMap map) : Normalizer
{
    private const int LongCluster = 6;

    public override NormalizedText Apply(NormalizedText text)
    {
        var changed = new Changes(text);
        Span<byte> utf8 = stackalloc byte[LongCluster];
        ReadOnlySpan<char> rest = text.Text;
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<char> cluster = rest[..StringInfo.GetNextTextElementLength(rest)];
            rest = rest[cluster.Length..];
            if (Encoding.UTF8.GetByteCount(cluster) < LongCluster
                && map.TryTransform(utf8[..Encoding.UTF8.GetBytes(cluster, utf8)], out ReadOnlySpan<byte> replacement))
            {
                changed.Replace(cluster, Encoding.UTF8.GetString(replacement));
                continue;
            }

            foreach (Rune rune in cluster.EnumerateRunes())
            {
                ReadOnlySpan<char> character = cluster[..rune.Utf16SequenceLength];
                cluster = cluster[rune.Utf16SequenceLength..];
                if (map.TryTransform(utf8[..rune.EncodeToUtf8(utf8)], out replacement))
                    changed.Replace(character, Encoding.UTF8.GetString(replacement));
                else
                    changed.Keep(character);
            }
        }

        return changed.Result();
    }

    /// <summary>
    /// The changed text, and how far what comes from the first character reaches. The reference keeps count of characters
    /// alone: what takes the place of the first character comes from it, even where that character was taken away.
    /// </summary>
    /// <param name="original">The text before.</param>
    private ref struct Changes(NormalizedText original)
    {
        private readonly StringBuilder text = new(original.Text.Length);
        private int used; // Units of the original that are accounted for.
        private int lead;

        public void Keep(ReadOnlySpan<char> character) => Add(character, character.Length);

        public void Replace(ReadOnlySpan<char> old, string with)
        {
            int more = Count(with) - Count(old);
            int index = 0;
            foreach (Rune rune in with.EnumerateRunes())
            {
                // The characters by which the new text is longer are the last ones; they come from the one before them.
                bool added = more > 0 && index >= Count(old);
                Add(rune.ToString(), added ? 0 : NextLength(used));
                index++;
            }

            // Characters that went away are counted with the last one written, if there is one.
            for (int gone = more; gone < 0 && text.Length > 0; gone++)
                used += NextLength(used);
        }

        public readonly NormalizedText Result() => new(text.ToString(), lead);

        private readonly int NextLength(int at) =>
            at < original.Text.Length && char.IsHighSurrogate(original.Text[at]) ? 2 : 1;

        private static int Count(ReadOnlySpan<char> characters)
        {
            int count = 0;
            foreach (Rune _ in characters.EnumerateRunes())
                count++;
            return count;
        }

        private void Add(ReadOnlySpan<char> character, int from)
        {
            bool leads = from > 0 ? used < original.Lead : used - 1 < original.Lead;
            text.Append(character);
            used += from;
            if (leads)
                lead = text.Length;
        }
    }
}
