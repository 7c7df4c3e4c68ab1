using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Watermark.Embedding;

/// <summary>
/// e^x for x ≤ 0 by additions and multiplications in a fixed order, each correctly rounded by IEEE 754: the same bits on
/// every machine, which the exp of a C library does not promise. The sampler needs this so that the same seed and model give
/// the same text.
/// </summary>
/// <remarks>
/// The vector code is written once for 512 bits; where the processor has shorter vectors, the runtime splits each operation, and
/// no operation mixes lanes. So the bits do not depend on the width.
/// </remarks>
internal static class PortableExp
{
    /// <summary>Below this the result in double precision is 0.</summary>
    public const double Lowest = -700;

    /// <summary>Below this the result in single precision is 0.</summary>
    public const float LowestSingle = -80;

    private const double InverseLogTwo = 1.4426950408889634;

    // ln 2 in two parts; the first has trailing zeros, so that its product with the exponent is exact.
    private const double LogTwoHigh = 0.693147180369123816490;
    private const double LogTwoLow = 1.90821492927058770002e-10;

    // Added to an integer, it leaves the integer in the low bits of the sum.
    private const double IntegerShift = 6755399441055744;
    private const int ExponentBias = 1023;
    private const int MantissaBits = 52;

    private const float InverseLogTwoSingle = 1.44269504f;
    private const float LogTwoHighSingle = 0.693359375f;
    private const float LogTwoLowSingle = -2.12194440e-4f;
    private const float IntegerShiftSingle = 12582912;
    private const int ExponentBiasSingle = 127;
    private const int MantissaBitsSingle = 23;

    // Taylor's coefficients 1/13! … 1/2!, 1, 1.
    private const double T13 = 1.0 / 6227020800, T12 = 1.0 / 479001600, T11 = 1.0 / 39916800, T10 = 1.0 / 3628800, T9 = 1.0 / 362880, T8 = 1.0 / 40320;
    private const double T7 = 1.0 / 5040, T6 = 1.0 / 720, T5 = 1.0 / 120, T4 = 1.0 / 24, T3 = 1.0 / 6;

    /// <summary>e^x, within two units in the last place; 0 below <see cref="Lowest"/> and for NaN.</summary>
    /// <param name="x">At most 0.</param>
    public static double Of(double x)
    {
        if (!(x >= Lowest))
            return 0;
        double exponent = Math.Round(x * InverseLogTwo);
        double r = x - (exponent * LogTwoHigh) - (exponent * LogTwoLow);

        // Taylor's polynomial of degree 13; |r| is at most ln 2 / 2, so the rest is below 2^-57.
        double sum = (T13 * r) + T12;
        sum = (sum * r) + T11;
        sum = (sum * r) + T10;
        sum = (sum * r) + T9;
        sum = (sum * r) + T8;
        sum = (sum * r) + T7;
        sum = (sum * r) + T6;
        sum = (sum * r) + T5;
        sum = (sum * r) + T4;
        sum = (sum * r) + T3;
        sum = (sum * r) + 0.5;
        sum = (sum * r) + 1;
        sum = (sum * r) + 1;
        return sum * BitConverter.Int64BitsToDouble(((long)exponent + ExponentBias) << MantissaBits);
    }

    /// <summary>e^x in single precision, within some 2^-22 of the value; 0 below <see cref="LowestSingle"/> and for NaN.</summary>
    /// <param name="x">At most 0.</param>
    public static float Of(float x)
    {
        if (!(x >= LowestSingle))
            return 0;
        float exponent = ((x * InverseLogTwoSingle) + IntegerShiftSingle) - IntegerShiftSingle;
        float r = x - (exponent * LogTwoHighSingle) - (exponent * LogTwoLowSingle);
        float sum = ((float)T6 * r) + (float)T5;
        sum = (sum * r) + (float)T4;
        sum = (sum * r) + (float)T3;
        sum = (sum * r) + 0.5f;
        sum = (sum * r) + 1;
        sum = (sum * r) + 1;
        return sum * BitConverter.Int32BitsToSingle(((int)exponent + ExponentBiasSingle) << MantissaBitsSingle);
    }

    /// <summary>
    /// e^((logit − greatest)/temperature) of logits, in vectors where the processor has them; the bits are those of
    /// <see cref="Of(double)"/>.
    /// </summary>
    /// <param name="logits">The logits.</param>
    /// <param name="greatest">The greatest of them.</param>
    /// <param name="temperature">Above 0.</param>
    /// <param name="results">One value per logit.</param>
    public static void OfDifferences(ReadOnlySpan<float> logits, double greatest, double temperature, Span<double> results)
    {
        int done = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            ref float source = ref MemoryMarshal.GetReference(logits);
            ref double target = ref MemoryMarshal.GetReference(results[..logits.Length]);
            Vector512<double> top = Vector512.Create(greatest);
            Vector512<double> divisor = Vector512.Create(temperature);
            for (; done <= logits.Length - Vector512<float>.Count; done += Vector512<float>.Count)
            {
                (Vector512<double> low, Vector512<double> high) = Vector512.Widen(Vector512.LoadUnsafe(ref source, (nuint)done));
                Of((low - top) / divisor).StoreUnsafe(ref target, (nuint)done);
                Of((high - top) / divisor).StoreUnsafe(ref target, (nuint)(done + Vector512<double>.Count));
            }
        }

        for (; done < logits.Length; done++)
            results[done] = Of((logits[done] - greatest) / temperature);
    }

    /// <summary>e^x of single-precision numbers; the bits are those of <see cref="Of(float)"/>.</summary>
    /// <param name="x">At most 0, or NaN.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector512<float> x)
    {
        Vector512<float> shifted = (x * InverseLogTwoSingle) + Vector512.Create(IntegerShiftSingle);
        Vector512<float> exponent = shifted - Vector512.Create(IntegerShiftSingle);
        Vector512<float> r = x - (exponent * LogTwoHighSingle) - (exponent * LogTwoLowSingle);
        Vector512<float> sum = (r * (float)T6) + Vector512.Create((float)T5);
        sum = (sum * r) + Vector512.Create((float)T4);
        sum = (sum * r) + Vector512.Create((float)T3);
        sum = (sum * r) + Vector512.Create(0.5f);
        sum = (sum * r) + Vector512<float>.One;
        sum = (sum * r) + Vector512<float>.One;

        // The low bits of the shifted number are the exponent, in two's complement.
        Vector512<int> power = (shifted.AsInt32() + Vector512.Create(ExponentBiasSingle)) << MantissaBitsSingle;
        return (sum * power.AsSingle()) & Vector512.GreaterThanOrEqual(x, Vector512.Create(LowestSingle));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Of(Vector512<double> x)
    {
        // Adding the shift rounds to an integer, halves to even, as Math.Round does.
        Vector512<double> shifted = (x * InverseLogTwo) + Vector512.Create(IntegerShift);
        Vector512<double> exponent = shifted - Vector512.Create(IntegerShift);
        Vector512<double> r = x - (exponent * LogTwoHigh) - (exponent * LogTwoLow);
        Vector512<double> sum = (r * T13) + Vector512.Create(T12);
        sum = (sum * r) + Vector512.Create(T11);
        sum = (sum * r) + Vector512.Create(T10);
        sum = (sum * r) + Vector512.Create(T9);
        sum = (sum * r) + Vector512.Create(T8);
        sum = (sum * r) + Vector512.Create(T7);
        sum = (sum * r) + Vector512.Create(T6);
        sum = (sum * r) + Vector512.Create(T5);
        sum = (sum * r) + Vector512.Create(T4);
        sum = (sum * r) + Vector512.Create(T3);
        sum = (sum * r) + Vector512.Create(0.5);
        sum = (sum * r) + Vector512<double>.One;
        sum = (sum * r) + Vector512<double>.One;
        Vector512<long> power = (shifted.AsInt64() + Vector512.Create((long)ExponentBias)) << MantissaBits;
        return (sum * power.AsDouble()) & Vector512.GreaterThanOrEqual(x, Vector512.Create(Lowest));
    }
}
