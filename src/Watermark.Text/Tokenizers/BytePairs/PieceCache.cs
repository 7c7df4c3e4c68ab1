using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Watermark.Text.Tokenizers.BytePairs;

/// <summary>
/// Remembers the tokens of short pieces of text. Every piece has one place, where the newest stays, so the size is bounded;
/// what is remembered never changes a result. Not for several threads at once.
/// </summary>
/// <remarks>
/// Most pieces of a text are a few thousand frequent words. An entry is one cache line, and a piece is compared as one
/// vector, so a piece that is remembered costs a few nanoseconds.
/// </remarks>
internal sealed unsafe class PieceCache
{
    /// <summary>The longest piece that is remembered, in UTF-16 units.</summary>
    public const int MaxLength = 16;

    private const int MaxTokens = 7;
    private const int Bits = 15;

    private const int Line = 64;

    // Pinned, so that an entry stays where it is one cache line and not the halves of two.
    private readonly byte[] memory = GC.AllocateArray<byte>((Line << Bits) + Line, pinned: true);
    private readonly nint first;

    /// <summary>Creates an empty cache.</summary>
    public PieceCache()
    {
        nint address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(memory));
        first = -address & (Line - 1);
    }

    /// <summary>A piece as the cache compares it: its units, and zeros up to the full length.</summary>
    /// <param name="text">The text that the piece stands in.</param>
    /// <param name="start">Where the piece begins.</param>
    /// <param name="length">Its length, 1 to <see cref="MaxLength"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Key(ReadOnlySpan<char> text, int start, int length)
    {
        if (start <= text.Length - MaxLength)
        {
            ref ushort first = ref Unsafe.As<char, ushort>(ref Unsafe.Add(ref MemoryMarshal.GetReference(text), start));
            return Vector256.LoadUnsafe(ref first) & Vector256.GreaterThan(Vector256.Create((ushort)length), Vector256<ushort>.Indices);
        }

        Span<ushort> units = stackalloc ushort[MaxLength];
        units.Clear();
        MemoryMarshal.Cast<char, ushort>(text.Slice(start, length)).CopyTo(units);
        return Vector256.Create<ushort>(units);
    }

    /// <summary>Adds the tokens of a piece, if they are remembered.</summary>
    /// <param name="key">The piece.</param>
    /// <param name="length">Its length.</param>
    /// <param name="tokens">Where the tokens are added.</param>
    /// <returns>False where they are not remembered.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAppend(Vector256<ushort> key, int length, IntBuffer tokens)
    {
        ref Entry entry = ref At(Place(key));
        // A text may hold U+0000, so the length is part of the key. No piece has length zero.
        if (entry.Length != length || entry.Key != key)
            return false;
        if (entry.Count == 1)
            tokens.Add(entry.Tokens[0]);
        else
            tokens.Append(((ReadOnlySpan<int>)entry.Tokens)[..entry.Count]);
        return true;
    }

    /// <summary>Remembers the tokens of a piece, if they are few enough.</summary>
    /// <param name="key">The piece.</param>
    /// <param name="length">Its length.</param>
    /// <param name="tokens">Its tokens.</param>
    public void Store(Vector256<ushort> key, int length, ReadOnlySpan<int> tokens)
    {
        if (tokens.Length > MaxTokens)
            return;
        ref Entry entry = ref At(Place(key));
        entry.Key = key;
        entry.Length = (byte)length;
        entry.Count = (byte)tokens.Length;
        tokens.CopyTo(entry.Tokens);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Place(Vector256<ushort> key)
    {
        Vector256<ulong> parts = key.AsUInt64();
        ulong hash = (parts[0] * 0x9E3779B97F4A7C15) ^ (parts[1] * 0xC2B2AE3D27D4EB4F) ^ (parts[2] * 0x165667B19E3779F9) ^ (parts[3] * 0xD6E8FEB86659FD93);
        return (int)((hash ^ (hash >> 29)) * 0x9E3779B97F4A7C15 >> (64 - Bits));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Entry At(int place) =>
        ref Unsafe.As<byte, Entry>(ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(memory), first + ((nint)place * Line)));

    [StructLayout(LayoutKind.Sequential, Size = Line)]
    private struct Entry
    {
        public Vector256<ushort> Key;
        public TokenArray Tokens;
        public byte Length;
        public byte Count;
    }

    [InlineArray(MaxTokens)]
    private struct TokenArray
    {
        private int first;
    }
}
