using System.Buffers;
using Watermark.Randomness;

namespace Watermark.Schemes.Torch;

/// <summary>One green list, drawn as a whole: a byte for each token, 255 where it is green. Dispose gives the buffers back.</summary>
internal readonly ref struct WholeList
{
    private readonly byte[] buffer;

    /// <summary>Draws the list.</summary>
    /// <param name="seed">The seed of the generator.</param>
    /// <param name="vocabularySize">V.</param>
    /// <param name="greenCount">G, 1 … V−1.</param>
    public WholeList(uint seed, int vocabularySize, int greenCount)
    {
        buffer = ArrayPool<byte>.Shared.Rent(vocabularySize);
        uint[] scratch = ArrayPool<uint>.Shared.Rent(greenCount);
        Green = buffer.AsSpan(0, vocabularySize);
        PermutationPrefix.Mark(seed, greenCount, buffer.AsSpan(0, vocabularySize), scratch);
        ArrayPool<uint>.Shared.Return(scratch, clearArray: false);
    }

    /// <summary>One byte a token.</summary>
    public ReadOnlySpan<byte> Green { get; }

    /// <summary>Whether a token is green; ids outside the vocabulary are not.</summary>
    public bool Contains(int token) => (uint)token < (uint)Green.Length && Green[token] != 0;

    /// <summary>Gives the buffers back.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer, clearArray: false);
}
