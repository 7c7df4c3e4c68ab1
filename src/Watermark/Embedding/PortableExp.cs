namespace Watermark.Embedding;

/// <summary>
/// e^x for x ≤ 0 by additions and multiplications in a fixed order, each correctly rounded by IEEE 754: the same bits
/// on every machine, which a C library's exp does not promise. The sampler needs that so that one seed and one model
/// give one text.
/// </summary>
internal static class PortableExp
{
    /// <summary>Below this the result is 0.</summary>
    public const double Lowest = -700;

    private const double InverseLogTwo = 1.4426950408889634;

    // ln 2 in two parts; the first has trailing zeros, so that its product with the exponent is exact.
    private const double LogTwoHigh = 0.693147180369123816490;
    private const double LogTwoLow = 1.90821492927058770002e-10;

    /// <summary>e^x, within two units in the last place; 0 below <see cref="Lowest"/> and for NaN.</summary>
    /// <param name="x">At most 0.</param>
    public static double Of(double x)
    {
        if (!(x >= Lowest))
            return 0;
        double exponent = Math.Round(x * InverseLogTwo);
        double r = x - (exponent * LogTwoHigh) - (exponent * LogTwoLow);

        // Taylor's polynomial of degree 13; |r| is at most ln 2 / 2, so the rest is below 2^-57.
        double sum = 1.0 / 6227020800;
        sum = (sum * r) + (1.0 / 479001600);
        sum = (sum * r) + (1.0 / 39916800);
        sum = (sum * r) + (1.0 / 3628800);
        sum = (sum * r) + (1.0 / 362880);
        sum = (sum * r) + (1.0 / 40320);
        sum = (sum * r) + (1.0 / 5040);
        sum = (sum * r) + (1.0 / 720);
        sum = (sum * r) + (1.0 / 120);
        sum = (sum * r) + (1.0 / 24);
        sum = (sum * r) + (1.0 / 6);
        sum = (sum * r) + 0.5;
        sum = (sum * r) + 1;
        sum = (sum * r) + 1;
        return sum * BitConverter.Int64BitsToDouble(((long)exponent + 1023) << 52);
    }
}
