using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Watermark.Randomness;

/// <summary>Sixteen lanes of 32 bits.</summary>
internal readonly struct Lanes512 : ILanes<Vector512<uint>>
{
    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Load(ref uint source, nuint offset) => Vector512.LoadUnsafe(ref source, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<uint> value, ref uint destination, nuint offset) => value.StoreUnsafe(ref destination, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Broadcast(uint value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> And(Vector512<uint> left, Vector512<uint> right) => left & right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Or(Vector512<uint> left, Vector512<uint> right) => left | right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Xor(Vector512<uint> left, Vector512<uint> right) => left ^ right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Add(Vector512<uint> left, Vector512<uint> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Subtract(Vector512<uint> left, Vector512<uint> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Min(Vector512<uint> left, Vector512<uint> right) => Vector512.Min(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> MultiplyLow(Vector512<uint> left, Vector512<uint> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> MultiplyHigh(Vector512<uint> left, Vector512<uint> right) =>
        MultiplyHigh(left, right, (right.AsUInt64() >>> 32).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> MultiplyHighUniform(Vector512<uint> left, Vector512<uint> right) => MultiplyHigh(left, right, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ShiftLeft(Vector512<uint> value, int bits) => value << bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ShiftRight(Vector512<uint> value, int bits) => value >>> bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> AreEqual(Vector512<uint> left, Vector512<uint> right) => Vector512.Equals(left, right);

    // 'oddRight' holds the odd lanes of 'right' in the even ones.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> MultiplyHigh(Vector512<uint> left, Vector512<uint> right, Vector512<uint> oddRight)
    {
        if (!Avx512F.IsSupported)
            return Vector512.Create(Lanes256.MultiplyHigh(left.GetLower(), right.GetLower()), Lanes256.MultiplyHigh(left.GetUpper(), right.GetUpper()));
        Vector512<ulong> even = Avx512F.Multiply(left, right);
        Vector512<ulong> odd = Avx512F.Multiply((left.AsUInt64() >>> 32).AsUInt32(), oddRight);
        return (even >>> 32).AsUInt32() | (odd & Vector512.Create(0xFFFFFFFF00000000)).AsUInt32();
    }
}
