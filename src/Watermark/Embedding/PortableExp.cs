using System.Numerics;
using System.Runtime.InteropServices;

namespace Watermark.Embedding;

/// <summary>
/// e^x for x ≤ 0 by additions and multiplications in a fixed order, each correctly rounded by IEEE 754: the same bits on
/// every machine, which the exp of a C library does not promise. The sampler needs this so that the same seed and model give
/// the same text.
/// </summary>
internal static class PortableExp
{
    /// <summary>Below this the result is 0.</summary>
    public const double Lowest = -700;

    private const double InverseLogTwo = 1.4426950408889634;

    // ln 2 in two parts; the first has trailing zeros, so that its product with the exponent is exact.
    private const double LogTwoHigh = 0.693147180369123816490;
    private const double LogTwoLow = 1.90821492927058770002e-10;

    // Added to an integer, it leaves the integer in the low bits of the sum.
    private const double IntegerShift = 6755399441055744;
    private const int ExponentBias = 1023;
    private const int MantissaBits = 52;

    private static ReadOnlySpan<double> Taylor =>
    [
        1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040,
        1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1, 1,
    ];

    /// <summary>e^x, within two units in the last place; 0 below <see cref="Lowest"/> and for NaN.</summary>
    /// <param name="x">At most 0.</param>
    public static double Of(double x)
    {
        if (!(x >= Lowest))
            return 0;
        double exponent = Math.Round(x * InverseLogTwo);
        double r = x - (exponent * LogTwoHigh) - (exponent * LogTwoLow);

        // Taylor's polynomial of degree 13; |r| is at most ln 2 / 2, so the rest is below 2^-57.
        double sum = Taylor[0];
        for (int i = 1; i < Taylor.Length; i++)
            sum = (sum * r) + Taylor[i];
        return sum * BitConverter.Int64BitsToDouble(((long)exponent + ExponentBias) << MantissaBits);
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
        if (Vector.IsHardwareAccelerated)
        {
            ref float source = ref MemoryMarshal.GetReference(logits);
            ref double target = ref MemoryMarshal.GetReference(results[..logits.Length]);
            var top = new Vector<double>(greatest);
            var divisor = new Vector<double>(temperature);
            for (; done <= logits.Length - Vector<float>.Count; done += Vector<float>.Count)
            {
                Vector.Widen(Vector.LoadUnsafe(ref source, (nuint)done), out Vector<double> low, out Vector<double> high);
                Vector.StoreUnsafe(Of((low - top) / divisor), ref target, (nuint)done);
                Vector.StoreUnsafe(Of((high - top) / divisor), ref target, (nuint)(done + Vector<double>.Count));
            }
        }

        for (; done < logits.Length; done++)
            results[done] = Of((logits[done] - greatest) / temperature);
    }

    private static Vector<double> Of(Vector<double> x)
    {
        Vector<double> exponent = Vector.Round(x * InverseLogTwo);
        Vector<double> r = x - (exponent * LogTwoHigh) - (exponent * LogTwoLow);
        var sum = new Vector<double>(Taylor[0]);
        for (int i = 1; i < Taylor.Length; i++)
            sum = (sum * r) + new Vector<double>(Taylor[i]);
        Vector<long> power = Vector.ShiftLeft(Vector.AsVectorInt64(exponent + new Vector<double>(IntegerShift + ExponentBias)), MantissaBits);
        Vector<long> inRange = Vector.GreaterThanOrEqual(x, new Vector<double>(Lowest));
        return Vector.ConditionalSelect(inRange, sum * Vector.AsVectorDouble(power), Vector<double>.Zero);
    }
}
