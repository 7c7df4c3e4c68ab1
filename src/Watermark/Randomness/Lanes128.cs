using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Watermark.Randomness;

/// <summary>Four lanes of 32 bits.</summary>
internal readonly struct Lanes128 : ILanes<Vector128<uint>>
{
    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Load(ref uint source, nuint offset) => Vector128.LoadUnsafe(ref source, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<uint> value, ref uint destination, nuint offset) => value.StoreUnsafe(ref destination, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Broadcast(uint value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> And(Vector128<uint> left, Vector128<uint> right) => left & right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Or(Vector128<uint> left, Vector128<uint> right) => left | right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Xor(Vector128<uint> left, Vector128<uint> right) => left ^ right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Add(Vector128<uint> left, Vector128<uint> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Subtract(Vector128<uint> left, Vector128<uint> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Min(Vector128<uint> left, Vector128<uint> right) => Vector128.Min(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> MultiplyLow(Vector128<uint> left, Vector128<uint> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> MultiplyHigh(Vector128<uint> left, Vector128<uint> right) =>
        MultiplyHigh(left, right, (right.AsUInt64() >>> 32).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> MultiplyHighUniform(Vector128<uint> left, Vector128<uint> right) => MultiplyHigh(left, right, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> ShiftLeft(Vector128<uint> value, int bits) => value << bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> ShiftRight(Vector128<uint> value, int bits) => value >>> bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> AreEqual(Vector128<uint> left, Vector128<uint> right) => Vector128.Equals(left, right);

    // 'oddRight' holds the odd lanes of 'right' in the even ones.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> MultiplyHigh(Vector128<uint> left, Vector128<uint> right, Vector128<uint> oddRight)
    {
        if (Sse2.IsSupported)
        {
            // The hardware multiplies even lanes. So odd lanes are moved to even ones, multiplied, and moved back.
            Vector128<ulong> even = Sse2.Multiply(left, right);
            Vector128<ulong> odd = Sse2.Multiply((left.AsUInt64() >>> 32).AsUInt32(), oddRight);
            return (even >>> 32).AsUInt32() | (odd & Vector128.Create(0xFFFFFFFF00000000)).AsUInt32();
        }

        if (AdvSimd.Arm64.IsSupported)
        {
            Vector128<ulong> lower = AdvSimd.MultiplyWideningLower(left.GetLower(), right.GetLower());
            return AdvSimd.Arm64.UnzipOdd(lower.AsUInt32(), AdvSimd.MultiplyWideningUpper(left, right).AsUInt32());
        }

        (Vector128<ulong> leftLow, Vector128<ulong> leftHigh) = Vector128.Widen(left);
        (Vector128<ulong> rightLow, Vector128<ulong> rightHigh) = Vector128.Widen(right);
        return Vector128.Narrow((leftLow * rightLow) >>> 32, (leftHigh * rightHigh) >>> 32);
    }
}
