using System.Numerics;
using System.Runtime.CompilerServices;

namespace Watermark.Schemes;

/// <summary>
/// −ln U for U = (r + 1/2)/2^32, r any 32-bit integer, in integer arithmetic only: the same bits on every machine.
/// </summary>
/// <remarks>
/// <para>
/// With x = 2r + 1 = m·2^(k−32) and 1 ≤ m/2^32 &lt; 2: −ln U = (33 − k)·ln 2 − ln(m/2^32). Two tables of rounded
/// reciprocals a, b bring m·a·b to 2^62·(1 + z) with |z| &lt; 2^-15.7 and no rounding, since all products are exact
/// integers below 2^63. Then −ln(m/2^32) = ln(a/2^12) + ln(b/2^18) − ln(1 + z), and ln(1 + z) is a short series.
/// </para>
/// <para>
/// It is summed in 64 bits, within 8 units of 2^-58. For one r in four million this does not decide the rounding; there it
/// is summed again in 128 bits, within 2^-79. An exhaustive search over all 2^32 values of r finds none whose −ln U is
/// closer to a rounding boundary of 2^-32 than 2^-67 (r = 2^32 − 1, where −ln U is 2^-33 + 2^-67 + …), so
/// <see cref="Units(uint)"/> is the correctly rounded value for every r.
/// </para>
/// </remarks>
internal static class NegativeLog
{
    /// <summary>Fraction bits of <see cref="Fine"/>.</summary>
    public const int FineBits = 58;

    /// <summary>The greatest error of <see cref="Fine"/>, in its units.</summary>
    internal const int FineError = 8;

    private const int DroppedBits = FineBits - 32;
    private const int SumBits = 96;
    private const int FirstIndexBits = 7;
    private const int FirstScaleBits = 12;
    private const int FirstProductBits = 32 + FirstScaleBits;
    private const int SecondIndexBits = 15;
    private const int SecondScaleBits = 18;
    private const int SecondHalf = 144;
    private const int SecondProductBits = FirstProductBits + SecondScaleBits;

    private static readonly BigInteger[] ExponentLogs = [.. Enumerable.Range(0, 34).Select(power => FixedLog.OfTwo * power)];
    private static readonly Entry[] First = [.. Enumerable.Range(0, 1 << FirstIndexBits).Select(i => new Entry(i, FirstIndexBits, FirstScaleBits))];
    private static readonly Entry[] Second = [.. Enumerable.Range(-SecondHalf, 2 * SecondHalf).Select(i => new Entry(i, SecondIndexBits, SecondScaleBits))];
    private static readonly long[] FineExponents = [.. ExponentLogs.Select(log => (long)Rounded(log, FineBits))];
    private static readonly Int128[] SumExponents = [.. ExponentLogs.Select(log => (Int128)Rounded(log, SumBits))];
    private static readonly Int128[] SumFirst = [.. First.Select(entry => (Int128)Rounded(FixedLog.OfRatio(entry.Reciprocal, 1 << FirstScaleBits), SumBits))];
    private static readonly Int128[] SumSecond = [.. Second.Select(entry => (Int128)Rounded(FixedLog.OfRatio(entry.Reciprocal, 1 << SecondScaleBits), SumBits))];

    /// <summary>−ln U in units of 2^-32, rounded to the nearest: at most 22.9·2^32.</summary>
    /// <param name="r">U = (r + 1/2)/2^32.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Units(uint r)
    {
        long shifted = Fine(r) + (1L << (DroppedBits - 1));
        long dropped = shifted & ((1L << DroppedBits) - 1);
        return dropped is >= FineError and <= (1L << DroppedBits) - FineError ? shifted >> DroppedBits : UnitsOfSum(r);
    }

    /// <summary>−ln U in units of 2^-58, within <see cref="FineError"/>: positive, from 2^25 to 22.9·2^58.</summary>
    /// <param name="r">U = (r + 1/2)/2^32.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Fine(uint r) => FineOf((2UL * r) + 1);

    /// <summary>−ln(x/2^33) in units of 2^-58, within <see cref="FineError"/>.</summary>
    /// <param name="x">From 1 to 2^33 − 1, odd or even.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long FineOf(ulong x)
    {
        int k = BitOperations.Log2(x);
        ulong m = x << (32 - k);
        ref readonly Entry first = ref First[FirstIndex(m)];
        ulong product = m * first.Reciprocal;
        ref readonly Entry second = ref Second[SecondIndex(product)];
        long z = (long)((product * second.Reciprocal) - (1UL << SecondProductBits));

        // ln(1 + z) = z − z²/2 + z³/3; the next term stays below a hundredth of a unit. z is in units of 2^-62; for the
        // powers 2^-47 is enough. The square is in units of 2^-94, the cube in 2^-109.
        long coarse = z >> 15;
        long square = coarse * coarse;
        long third = (square >> 32) * coarse / 3 >> 51;
        return FineExponents[33 - k] + first.Log + second.Log - (z >> 4) + (square >> 37) - third;
    }

    /// <summary>−ln(m/2^24) in units of 2^-32, rounded down; at most two units too small. For uniforms of 24 bits.</summary>
    /// <param name="m">1 … 2^24.</param>
    public static long UnitsBelow24(uint m) => m == 1U << 24 ? 0 : (FineOf24(m) - FineError) >> DroppedBits;

    /// <summary>−ln(m/2^24) in units of 2^-58, within <see cref="FineError"/>.</summary>
    /// <param name="m">1 … 2^24 − 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long FineOf24(uint m) => FineOf((ulong)m << (33 - 24));

    /// <summary>−ln U in units of 2^-96, within 2^-79.</summary>
    /// <param name="r">U = (r + 1/2)/2^32.</param>
    internal static Int128 Sum(uint r)
    {
        ulong x = (2UL * r) + 1;
        int k = BitOperations.Log2(x);
        ulong m = x << (32 - k);
        int firstIndex = FirstIndex(m);
        ulong product = m * First[firstIndex].Reciprocal;
        int secondIndex = SecondIndex(product);
        long z = (long)((product * Second[secondIndex].Reciprocal) - (1UL << SecondProductBits));
        return SumExponents[33 - k] + SumFirst[firstIndex] + SumSecond[secondIndex] - LogOnePlus(z);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long UnitsOfSum(uint r) => (long)((Sum(r) + (Int128.One << (SumBits - 33))) >> (SumBits - 32));

    /// <summary>z − z²/2 + z³/3 − z⁴/4, z in units of 2^-62, in units of 2^-96.</summary>
    private static Int128 LogOnePlus(long z)
    {
        ulong size = (ulong)Math.Abs(z);
        UInt128 square = (UInt128)size * size;
        UInt128 cube = (square >> 32) * size;
        var third = (Int128)(cube / 3 >> 58);
        UInt128 quarter = (square >> 32) * (square >> 32) >> 90;
        return ((Int128)z << 34) - (Int128)(square >> 29) + (z < 0 ? -third : third) - (Int128)quarter;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FirstIndex(ulong m) => (int)(m >> (32 - FirstIndexBits)) & ((1 << FirstIndexBits) - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SecondIndex(ulong product) => (int)(product >> (FirstProductBits - SecondIndexBits)) - (1 << SecondIndexBits) + SecondHalf;

    private static BigInteger Rounded(BigInteger log, int bits) => (log + (BigInteger.One << (FixedLog.Bits - bits - 1))) >> (FixedLog.Bits - bits);

    /// <summary>The reciprocal for an interval of width 2^-indexBits, and its logarithm in units of 2^-58.</summary>
    private readonly struct Entry
    {
        public readonly ulong Reciprocal;
        public readonly long Log;

        /// <summary>2^scaleBits/(1 + (index + 1/2)/2^indexBits), rounded.</summary>
        public Entry(int index, int indexBits, int scaleBits)
        {
            long middle = (2L << indexBits) + (2 * index) + 1;
            Reciprocal = (ulong)(((4L << (scaleBits + indexBits)) + middle) / (2 * middle));
            Log = (long)Rounded(FixedLog.OfRatio(Reciprocal, BigInteger.One << scaleBits), FineBits);
        }
    }
}

/// <summary>Logarithms of rationals in big integers, to fill tables once: slow, exact to the last few units.</summary>
internal static class FixedLog
{
    /// <summary>Fraction bits of the results.</summary>
    public const int Bits = 160;

    /// <summary>ln 2 in units of 2^-160.</summary>
    public static BigInteger OfTwo { get; } = OfRatio(2, 1);

    /// <summary>ln(a/b) = 2·artanh((a − b)/(a + b)) in units of 2^-160, within 2^-150.</summary>
    /// <param name="numerator">a, positive.</param>
    /// <param name="denominator">b, positive; the ratio is at most a few times 2.</param>
    public static BigInteger OfRatio(BigInteger numerator, BigInteger denominator)
    {
        BigInteger power = ((numerator - denominator) << Bits) / (numerator + denominator);
        BigInteger square = power * power >> Bits;
        BigInteger sum = 0;
        for (int odd = 1; !power.IsZero && power != BigInteger.MinusOne; odd += 2)
        {
            sum += power / odd;
            power = power * square >> Bits;
        }

        return 2 * sum;
    }
}
