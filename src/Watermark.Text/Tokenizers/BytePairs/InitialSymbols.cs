using System.Runtime.CompilerServices;
using System.Text;

namespace Watermark.Text.Tokenizers.BytePairs;

/// <summary>How a piece of text is written in the tokens that merging begins with. Immutable.</summary>
internal abstract class InitialSymbols
{
    /// <summary>Adds the tokens of a piece.</summary>
    /// <param name="piece">Text; half a surrogate pair counts as U+FFFD.</param>
    /// <param name="tokens">Where they are added.</param>
    public abstract void Append(ReadOnlySpan<char> piece, IntBuffer tokens);

    /// <summary>
    /// The end of a part of a piece that no merge can reach across, so that parts give the same tokens one by one as
    /// together.
    /// </summary>
    /// <param name="piece">The piece.</param>
    /// <param name="start">Where the part begins: 0, or the end of the part before; less than the piece's length.</param>
    /// <returns>The end of the part; the piece's length where there is nothing to gain.</returns>
    public virtual int PartEnd(ReadOnlySpan<char> piece, int start) => piece.Length;
}

/// <summary>One token for every byte of the text in UTF-8, as in byte-level BPE.</summary>
internal sealed class ByteSymbols : InitialSymbols
{
    private readonly int[] tokens;

    /// <summary>Creates it.</summary>
    /// <param name="tokens">The token of byte <c>b</c> at index <c>b</c>; −1 for bytes that are left out.</param>
    public ByteSymbols(ReadOnlySpan<int> tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(tokens.Length, 256);
        this.tokens = tokens.ToArray();
    }

    public override void Append(ReadOnlySpan<char> piece, IntBuffer tokens)
    {
        for (int i = 0; i < piece.Length; i++)
        {
            int c = piece[i];
            if (c < 0x80)
            {
                Add(c, tokens);
            }
            else if (c < 0x800)
            {
                Add(0xc0 | c >> 6, tokens);
                Add(0x80 | (c & 0x3f), tokens);
            }
            else
            {
                if (char.IsHighSurrogate((char)c) && i + 1 < piece.Length && char.IsLowSurrogate(piece[i + 1]))
                {
                    c = char.ConvertToUtf32((char)c, piece[++i]);
                    Add(0xf0 | c >> 18, tokens);
                    Add(0x80 | (c >> 12 & 0x3f), tokens);
                }
                else
                {
                    if (char.IsSurrogate((char)c))
                        c = Rune.ReplacementChar.Value;
                    Add(0xe0 | c >> 12, tokens);
                }

                Add(0x80 | (c >> 6 & 0x3f), tokens);
                Add(0x80 | (c & 0x3f), tokens);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(int value, IntBuffer to)
    {
        if (tokens[value] >= 0)
            to.Add(tokens[value]);
    }
}
