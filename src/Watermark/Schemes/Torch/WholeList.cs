using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Watermark.Randomness;

namespace Watermark.Schemes.Torch;

/// <summary>
/// One green list, drawn as a whole: a byte for each token, 255 where it is green. Dispose returns the buffers.
/// </summary>
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

    /// <summary>One byte per token.</summary>
    public ReadOnlySpan<byte> Green { get; }

    /// <summary>Whether a token is green; ids outside the vocabulary are not.</summary>
    public bool Contains(int token) => (uint)token < (uint)Green.Length && Green[token] != 0;

    /// <summary>Returns the buffers.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer, clearArray: false);
}

/// <summary>Adds delta to the logits of green tokens and leaves the others as they are, bit for bit.</summary>
internal static class ListBias
{
    /// <summary>Adds with vectors where the processor has them.</summary>
    /// <param name="green">One byte per token, 255 where it is green, else 0.</param>
    /// <param name="delta">What is added.</param>
    /// <param name="logits">At least as long; changed in place.</param>
    public static void Add(ReadOnlySpan<byte> green, float delta, Span<float> logits)
    {
        int done = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            ref sbyte masks = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<byte, sbyte>(green));
            ref float values = ref MemoryMarshal.GetReference(logits);
            Vector128<float> bias = Vector128.Create(delta);
            for (; done <= green.Length - Vector128<sbyte>.Count; done += Vector128<sbyte>.Count)
            {
                // Widening keeps the sign: a byte of ones becomes a lane of ones.
                (Vector128<short> low, Vector128<short> high) = Vector128.Widen(Vector128.LoadUnsafe(ref masks, (nuint)done));
                (Vector128<int> first, Vector128<int> second) = Vector128.Widen(low);
                (Vector128<int> third, Vector128<int> fourth) = Vector128.Widen(high);
                Add(ref values, done, first, bias);
                Add(ref values, done + 4, second, bias);
                Add(ref values, done + 8, third, bias);
                Add(ref values, done + 12, fourth, bias);
            }
        }

        AddScalar(green[done..], delta, logits[done..]);
    }

    /// <summary>One token after the other.</summary>
    /// <param name="green">One byte per token.</param>
    /// <param name="delta">What is added.</param>
    /// <param name="logits">Changed in place.</param>
    internal static void AddScalar(ReadOnlySpan<byte> green, float delta, Span<float> logits)
    {
        for (int i = 0; i < green.Length; i++)
        {
            if (green[i] != 0)
                logits[i] += delta;
        }
    }

    private static void Add(ref float values, int index, Vector128<int> mask, Vector128<float> bias)
    {
        Vector128<float> logits = Vector128.LoadUnsafe(ref values, (nuint)index);
        Vector128.ConditionalSelect(mask.AsSingle(), logits + bias, logits).StoreUnsafe(ref values, (nuint)index);
    }
}
