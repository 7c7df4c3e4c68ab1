using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Watermark.Schemes.Native;

/// <summary>Reads green and red from encrypted blocks: eight lanes of little-endian 16 bits, green below G.</summary>
internal static class GreenLanes
{
    private const int BlockSize = 16;
    private const int Lanes = 8;

    /// <summary>The lane of a token in its block.</summary>
    /// <param name="blocks">Encrypted blocks.</param>
    /// <param name="index">Which block.</param>
    /// <param name="token">The token; its lane is its id modulo 8.</param>
    public static uint Lane(ReadOnlySpan<byte> blocks, int index, int token) =>
        BinaryPrimitives.ReadUInt16LittleEndian(blocks[((index * BlockSize) + ((token & (Lanes - 1)) * sizeof(ushort)))..]);

    /// <summary>1 for each green row, 0 for each red one.</summary>
    /// <param name="blocks">One block per row.</param>
    /// <param name="tokens">The rows' tokens.</param>
    /// <param name="threshold">G.</param>
    /// <param name="scores">One score per row.</param>
    public static void Score(ReadOnlySpan<byte> blocks, ReadOnlySpan<int> tokens, uint threshold, Span<long> scores)
    {
        for (int i = 0; i < tokens.Length; i++)
            scores[i] = Lane(blocks, i, tokens[i]) < threshold ? 1 : 0;
    }

    /// <summary>Counts the green rows, without a branch: lane − G is negative for them, and its signs are added.</summary>
    /// <param name="blocks">One block per row.</param>
    /// <param name="tokens">The rows' tokens.</param>
    /// <param name="threshold">G.</param>
    public static int Count(ReadOnlySpan<byte> blocks, ReadOnlySpan<int> tokens, uint threshold)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blocks.Length, tokens.Length * BlockSize, nameof(blocks));
        if (!BitConverter.IsLittleEndian)
            return CountScalar(blocks, tokens, threshold);
        ref byte block = ref MemoryMarshal.GetReference(blocks);
        uint count0 = 0, count1 = 0;
        int i = 0;
        for (; i < tokens.Length - 1; i += 2)
        {
            count0 += (Read(ref block, i, tokens[i]) - threshold) >> 31;
            count1 += (Read(ref block, i + 1, tokens[i + 1]) - threshold) >> 31;
        }

        if (i < tokens.Length)
            count0 += (Read(ref block, i, tokens[i]) - threshold) >> 31;
        return (int)(count0 + count1);
    }

    /// <summary>The scalar twin of <see cref="Count"/>.</summary>
    public static int CountScalar(ReadOnlySpan<byte> blocks, ReadOnlySpan<int> tokens, uint threshold)
    {
        int count = 0;
        for (int i = 0; i < tokens.Length; i++)
        {
            if (Lane(blocks, i, tokens[i]) < threshold)
                count++;
        }

        return count;
    }

    /// <summary>Adds delta to the logits of green tokens.</summary>
    /// <param name="blocks">Neighbouring vocabulary blocks, eight logits each.</param>
    /// <param name="threshold">G.</param>
    /// <param name="delta">What is added.</param>
    /// <param name="logits">The logits, the first at lane 0 of the first block; changed in place.</param>
    public static void Bias(ReadOnlySpan<byte> blocks, uint threshold, float delta, Span<float> logits)
    {
        int done = 0;
        if (Vector128.IsHardwareAccelerated && BitConverter.IsLittleEndian)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(blocks.Length, logits.Length * sizeof(ushort), nameof(blocks));
            Vector128<ushort> limit = Vector128.Create((ushort)threshold);
            Vector128<float> bias = Vector128.Create(delta);
            ref byte block = ref MemoryMarshal.GetReference(blocks);
            ref float logit = ref MemoryMarshal.GetReference(logits);
            if (Vector512.IsHardwareAccelerated)
            {
                Vector256<ushort> wideLimit = Vector256.Create((ushort)threshold);
                Vector512<float> wideBias = Vector512.Create(delta);
                for (; done <= logits.Length - (2 * Lanes); done += 2 * Lanes)
                {
                    Vector256<ushort> lanes = Vector256.LoadUnsafe(ref block, (nuint)done * sizeof(ushort)).AsUInt16();
                    Vector512<int> green = Vector512.WidenLower(Vector256.LessThan(lanes, wideLimit).AsInt16().ToVector512Unsafe());
                    Vector512<float> values = Vector512.LoadUnsafe(ref logit, (nuint)done);
                    Vector512.ConditionalSelect(green.AsSingle(), values + wideBias, values).StoreUnsafe(ref logit, (nuint)done);
                }
            }

            for (; done <= logits.Length - Lanes; done += Lanes)
            {
                Vector128<ushort> lanes = Vector128.LoadUnsafe(ref block, (nuint)done * sizeof(ushort)).AsUInt16();
                (Vector128<int> low, Vector128<int> high) = Vector128.Widen(Vector128.LessThan(lanes, limit).AsInt16());
                Select(ref Unsafe.Add(ref logit, done), low, bias);
                Select(ref Unsafe.Add(ref logit, done + (Lanes / 2)), high, bias);
            }
        }

        BiasScalar(blocks[(done * sizeof(ushort))..], threshold, delta, logits[done..]);
    }

    /// <summary>The scalar twin of <see cref="Bias"/>.</summary>
    public static void BiasScalar(ReadOnlySpan<byte> blocks, uint threshold, float delta, Span<float> logits)
    {
        for (int v = 0; v < logits.Length; v++)
        {
            if (BinaryPrimitives.ReadUInt16LittleEndian(blocks[(v * sizeof(ushort))..]) < threshold)
                logits[v] += delta;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Select(ref float logits, Vector128<int> green, Vector128<float> bias)
    {
        Vector128<float> values = Vector128.LoadUnsafe(ref logits);
        Vector128.ConditionalSelect(green.AsSingle(), values + bias, values).StoreUnsafe(ref logits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Read(ref byte block, int index, int token) =>
        Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref block, (nint)((uint)index * BlockSize) + (nint)(((uint)token & (Lanes - 1)) * sizeof(ushort))));
}
