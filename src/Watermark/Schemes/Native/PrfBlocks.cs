using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Watermark.Randomness;

namespace Watermark.Schemes.Native;

/// <summary>
/// Lays out AES inputs, four little-endian 32-bit words per block. Columns become blocks by transposing four rows at a
/// time where the processor interleaves vectors, and word by word elsewhere; the bits are the same.
/// </summary>
internal static class PrfBlocks
{
    /// <summary>Whether columns are transposed in vectors here. Vector words are little-endian on those processors.</summary>
    public static bool IsVectorised => Sse2.IsSupported || AdvSimd.Arm64.IsSupported;

    /// <summary>Writes blocks of three context words and a counter. An empty column stands for zeros.</summary>
    /// <param name="word0">First words.</param>
    /// <param name="word1">Second words.</param>
    /// <param name="word2">Third words.</param>
    /// <param name="tokens">Token ids, one per block.</param>
    /// <param name="shift">The counter is the token id shifted right by this.</param>
    /// <param name="blocks">16 bytes per token, overwritten.</param>
    public static void Gather(ReadOnlySpan<int> word0, ReadOnlySpan<int> word1, ReadOnlySpan<int> word2, ReadOnlySpan<int> tokens, int shift, Span<byte> blocks)
    {
        int done = 0;
        if (IsVectorised)
        {
            ref byte target = ref MemoryMarshal.GetReference(blocks);
            for (; done <= tokens.Length - 4; done += 4)
            {
                Transpose(Four(word0, done), Four(word1, done), Four(word2, done), Vector128.ShiftRightLogical(Four(tokens, done), shift), out Quad rows);
                rows.Store(ref Unsafe.Add(ref target, done * AesBlocks.BlockSize));
            }
        }

        GatherScalar(From(word0, done), From(word1, done), From(word2, done), tokens[done..], shift, blocks[(done * AesBlocks.BlockSize)..]);
    }

    /// <summary>The scalar twin of <see cref="Gather"/>.</summary>
    public static void GatherScalar(ReadOnlySpan<int> word0, ReadOnlySpan<int> word1, ReadOnlySpan<int> word2, ReadOnlySpan<int> tokens, int shift, Span<byte> blocks)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            Span<byte> block = blocks.Slice(i * AesBlocks.BlockSize, AesBlocks.BlockSize);
            BinaryPrimitives.WriteInt32LittleEndian(block, word0.IsEmpty ? 0 : word0[i]);
            BinaryPrimitives.WriteInt32LittleEndian(block[4..], word1.IsEmpty ? 0 : word1[i]);
            BinaryPrimitives.WriteInt32LittleEndian(block[8..], word2.IsEmpty ? 0 : word2[i]);
            BinaryPrimitives.WriteUInt32LittleEndian(block[12..], (uint)tokens[i] >> shift);
        }
    }

    /// <summary>Adds (exclusive or) four columns to blocks: one step of CBC. An empty column stands for zeros.</summary>
    /// <param name="word0">First words, never empty unless there are no blocks.</param>
    /// <param name="word1">Second words.</param>
    /// <param name="word2">Third words.</param>
    /// <param name="word3">Fourth words.</param>
    /// <param name="blocks">16 bytes per row, changed in place.</param>
    public static void Mix(ReadOnlySpan<int> word0, ReadOnlySpan<int> word1, ReadOnlySpan<int> word2, ReadOnlySpan<int> word3, Span<byte> blocks)
    {
        int done = 0;
        if (IsVectorised)
        {
            ref byte target = ref MemoryMarshal.GetReference(blocks);
            for (; done <= word0.Length - 4; done += 4)
            {
                Transpose(Four(word0, done), Four(word1, done), Four(word2, done), Four(word3, done), out Quad rows);
                rows.Mix(ref Unsafe.Add(ref target, done * AesBlocks.BlockSize));
            }
        }

        MixScalar(From(word0, done), From(word1, done), From(word2, done), From(word3, done), blocks[(done * AesBlocks.BlockSize)..]);
    }

    /// <summary>The scalar twin of <see cref="Mix"/>.</summary>
    public static void MixScalar(ReadOnlySpan<int> word0, ReadOnlySpan<int> word1, ReadOnlySpan<int> word2, ReadOnlySpan<int> word3, Span<byte> blocks)
    {
        for (int i = 0; i < word0.Length; i++)
        {
            Span<byte> block = blocks.Slice(i * AesBlocks.BlockSize, AesBlocks.BlockSize);
            MixWord(block, word0[i]);
            MixWord(block[4..], word1.IsEmpty ? 0 : word1[i]);
            MixWord(block[8..], word2.IsEmpty ? 0 : word2[i]);
            MixWord(block[12..], word3.IsEmpty ? 0 : word3[i]);
        }
    }

    /// <summary>Writes each block's fourth word.</summary>
    /// <param name="tokens">Token ids, one per block.</param>
    /// <param name="shift">The word is the token id shifted right by this.</param>
    /// <param name="blocks">16 bytes per token.</param>
    public static void SetCounters(ReadOnlySpan<int> tokens, int shift, Span<byte> blocks)
    {
        for (int i = 0; i < tokens.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(blocks[((i * AesBlocks.BlockSize) + 12)..], (uint)tokens[i] >> shift);
    }

    /// <summary>Writes the same block repeatedly.</summary>
    /// <param name="field">Its words.</param>
    /// <param name="blocks">Whole blocks.</param>
    public static void Fill(Vector128<uint> field, Span<byte> blocks)
    {
        Vector128<byte> bytes = LittleEndian(field).AsByte();
        for (int i = 0; i < blocks.Length; i += AesBlocks.BlockSize)
            bytes.StoreUnsafe(ref blocks[i]);
    }

    /// <summary>Writes blocks whose fourth word counts up.</summary>
    /// <param name="field">The other words.</param>
    /// <param name="first">The first block's count.</param>
    /// <param name="blocks">Whole blocks.</param>
    public static void Count(Vector128<uint> field, uint first, Span<byte> blocks)
    {
        Vector128<uint> words = field.WithElement(3, first);
        Vector128<uint> one = Vector128.CreateScalar(1u);
        one = Vector128.Shuffle(one, Vector128.Create(3u, 3u, 3u, 0u));
        ref byte target = ref MemoryMarshal.GetReference(blocks);
        for (nuint offset = 0; offset < (nuint)blocks.Length; offset += AesBlocks.BlockSize)
        {
            LittleEndian(words).AsByte().StoreUnsafe(ref target, offset);
            words += one;
        }
    }

    private static Vector128<uint> LittleEndian(Vector128<uint> words) => BitConverter.IsLittleEndian
        ? words
        : Vector128.Create(
            BinaryPrimitives.ReverseEndianness(words[0]),
            BinaryPrimitives.ReverseEndianness(words[1]),
            BinaryPrimitives.ReverseEndianness(words[2]),
            BinaryPrimitives.ReverseEndianness(words[3]));

    private static void MixWord(Span<byte> target, int word) =>
        BinaryPrimitives.WriteInt32LittleEndian(target, BinaryPrimitives.ReadInt32LittleEndian(target) ^ word);

    private static ReadOnlySpan<int> From(ReadOnlySpan<int> column, int start) => column.IsEmpty ? column : column[start..];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Four(ReadOnlySpan<int> column, int index) =>
        column.IsEmpty ? Vector128<uint>.Zero : Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(column), (nuint)index).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(Vector128<uint> word0, Vector128<uint> word1, Vector128<uint> word2, Vector128<uint> word3, out Quad rows)
    {
        Vector128<ulong> low01 = Low(word0, word1).AsUInt64();
        Vector128<ulong> high01 = High(word0, word1).AsUInt64();
        Vector128<ulong> low23 = Low(word2, word3).AsUInt64();
        Vector128<ulong> high23 = High(word2, word3).AsUInt64();
        rows.Row0 = Low(low01, low23).AsByte();
        rows.Row1 = High(low01, low23).AsByte();
        rows.Row2 = Low(high01, high23).AsByte();
        rows.Row3 = High(high01, high23).AsByte();
    }

    private static Vector128<uint> Low(Vector128<uint> left, Vector128<uint> right) =>
        Sse2.IsSupported ? Sse2.UnpackLow(left, right) : AdvSimd.Arm64.ZipLow(left, right);

    private static Vector128<uint> High(Vector128<uint> left, Vector128<uint> right) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(left, right) : AdvSimd.Arm64.ZipHigh(left, right);

    private static Vector128<ulong> Low(Vector128<ulong> left, Vector128<ulong> right) =>
        Sse2.IsSupported ? Sse2.UnpackLow(left, right) : AdvSimd.Arm64.ZipLow(left, right);

    private static Vector128<ulong> High(Vector128<ulong> left, Vector128<ulong> right) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(left, right) : AdvSimd.Arm64.ZipHigh(left, right);

    /// <summary>Four blocks in registers.</summary>
    private struct Quad
    {
        public Vector128<byte> Row0;
        public Vector128<byte> Row1;
        public Vector128<byte> Row2;
        public Vector128<byte> Row3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(ref byte target)
        {
            Row0.StoreUnsafe(ref target);
            Row1.StoreUnsafe(ref target, 16);
            Row2.StoreUnsafe(ref target, 32);
            Row3.StoreUnsafe(ref target, 48);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Mix(ref byte target)
        {
            (Row0 ^ Vector128.LoadUnsafe(ref target)).StoreUnsafe(ref target);
            (Row1 ^ Vector128.LoadUnsafe(ref target, 16)).StoreUnsafe(ref target, 16);
            (Row2 ^ Vector128.LoadUnsafe(ref target, 32)).StoreUnsafe(ref target, 32);
            (Row3 ^ Vector128.LoadUnsafe(ref target, 48)).StoreUnsafe(ref target, 48);
        }
    }
}
