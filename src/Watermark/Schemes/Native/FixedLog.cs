using System.Numerics;

namespace Watermark.Schemes.Native;

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
