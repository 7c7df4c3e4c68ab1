using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Watermark.Randomness;

/// <summary>Eight lanes of 32 bits.</summary>
internal readonly struct Lanes256 : ILanes<Vector256<uint>>
{
    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Load(ref uint source, nuint offset) => Vector256.LoadUnsafe(ref source, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<uint> value, ref uint destination, nuint offset) => value.StoreUnsafe(ref destination, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Broadcast(uint value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> And(Vector256<uint> left, Vector256<uint> right) => left & right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Or(Vector256<uint> left, Vector256<uint> right) => left | right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Xor(Vector256<uint> left, Vector256<uint> right) => left ^ right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Add(Vector256<uint> left, Vector256<uint> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Subtract(Vector256<uint> left, Vector256<uint> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Min(Vector256<uint> left, Vector256<uint> right) => Vector256.Min(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> MultiplyLow(Vector256<uint> left, Vector256<uint> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> MultiplyHigh(Vector256<uint> left, Vector256<uint> right) =>
        MultiplyHigh(left, right, (right.AsUInt64() >>> 32).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> MultiplyHighUniform(Vector256<uint> left, Vector256<uint> right) => MultiplyHigh(left, right, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> ShiftLeft(Vector256<uint> value, int bits) => value << bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> ShiftRight(Vector256<uint> value, int bits) => value >>> bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> AreEqual(Vector256<uint> left, Vector256<uint> right) => Vector256.Equals(left, right);

    // 'oddRight' holds the odd lanes of 'right' in the even ones.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> MultiplyHigh(Vector256<uint> left, Vector256<uint> right, Vector256<uint> oddRight)
    {
        if (!Avx2.IsSupported)
            return Vector256.Create(Lanes128.MultiplyHigh(left.GetLower(), right.GetLower()), Lanes128.MultiplyHigh(left.GetUpper(), right.GetUpper()));
        Vector256<ulong> even = Avx2.Multiply(left, right);
        Vector256<ulong> odd = Avx2.Multiply((left.AsUInt64() >>> 32).AsUInt32(), oddRight);
        return Avx2.Blend((even >>> 32).AsUInt32(), odd.AsUInt32(), 0b10101010);
    }
}
