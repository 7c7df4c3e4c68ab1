using System.Text;
using Watermark.Text.Tokenizers.BytePairs;

namespace Watermark.Text.Tokenizers.HuggingFace.Models;

/// <summary>
/// One token for every character, where characters inside a word have a prefix and the last one a suffix: byte-pair models
/// with <c>continuing_subword_prefix</c> or <c>end_of_word_suffix</c>.
/// </summary>
/// <param name="vocabulary">The tokens and their ids.</param>
/// <param name="prefix">What stands before every character but the first.</param>
/// <param name="suffix">What stands behind the last character.</param>
/// <param name="bytes">The tokens of bytes, -1 where there is none.</param>
/// <param name="unknown">The token of other characters, or -1: they are left out.</param>
/// <param name="fuseUnknown">Whether neighbouring unknown characters are one token.</param>
internal sealed class AffixedSymbols(Vocabulary vocabulary, string prefix, string suffix, int[] bytes, int unknown, bool fuseUnknown) : InitialSymbols
{
    public override void Append(ReadOnlySpan<char> piece, IntBuffer tokens)
    {
        bool pending = false;
        int at = 0;
        foreach (Rune rune in piece.EnumerateRunes())
        {
            string symbol = at == 0 ? rune.ToString() : prefix + rune;
            at += rune.Utf16SequenceLength;
            if (at == piece.Length)
                symbol += suffix;
            if (vocabulary.Ids.TryGetValue(symbol, out int id))
            {
                Flush(ref pending, tokens);
                tokens.Add(id);
            }
            else if (!TryAppendBytes(symbol, tokens))
            {
                // In the reference an unknown character is written when the next one that is not written in bytes comes.
                if (!fuseUnknown)
                    Flush(ref pending, tokens);
                pending = true;
            }
        }

        Flush(ref pending, tokens);
    }

    private bool TryAppendBytes(string symbol, IntBuffer tokens)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(symbol);
        if (bytes.Length == 0 || utf8.Any(value => bytes[value] < 0))
            return false;
        foreach (byte value in utf8)
            tokens.Add(bytes[value]);
        return true;
    }

    private void Flush(ref bool pending, IntBuffer tokens)
    {
        if (pending && unknown >= 0)
            tokens.Add(unknown);
        pending = false;
    }
}
