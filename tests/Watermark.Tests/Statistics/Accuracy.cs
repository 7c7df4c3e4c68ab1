using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Watermark.Statistics;

namespace Watermark.Tests.Statistics;

/// <summary>Comparison with values known to more digits, and exact sums to compare with.</summary>
internal static class Accuracy
{
    public static double Number(this JsonElement element, string name) =>
        double.Parse(element.GetProperty(name).GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture);

    public static void Within(double expected, double actual, double absolute, double relative, string what)
    {
        double allowed = absolute + (relative * Math.Abs(expected));
        Assert.True(Math.Abs(actual - expected) <= allowed, string.Create(CultureInfo.InvariantCulture, $"{what}: expected {expected:R}, got {actual:R}"));
    }

    /// <summary>The numerators over b^n of the probabilities of Binomial(n, a/b), by BigInteger.</summary>
    public static BigInteger[] BinomialMasses(int n, int a, int b)
    {
        var masses = new BigInteger[n + 1];
        BigInteger coefficient = 1;
        for (int k = 0; k <= n; k++)
        {
            masses[k] = coefficient * BigInteger.Pow(a, k) * BigInteger.Pow(b - a, n - k);
            coefficient = coefficient * (n - k) / (k + 1);
        }

        return masses;
    }

    /// <summary>ln of a ratio of big integers, to a few units in the last place near 1 too.</summary>
    public static double LogRatio(BigInteger top, BigInteger bottom)
    {
        if (2 * top > bottom)
            return NearOne.Log1P(-Ratio(bottom - top, bottom));
        long shift = bottom.GetBitLength() - top.GetBitLength();
        return Math.Log(Ratio(top << (int)shift, bottom)) - (shift * Math.Log(2));
    }

    private static double Ratio(BigInteger top, BigInteger bottom) =>
        Math.ScaleB((double)((top << 80) / bottom), -80) is var value && value > 1e-6
            ? value
            : Math.ScaleB((double)((top << 1000) / bottom), -1000);

    public static Fraction Gamma(this JsonElement element) => Fraction.Parse(element.GetProperty("gamma").GetString());
}
