using System.Numerics;

namespace Watermark.Schemes.TextSeal;

/// <summary>
/// The integers that decide TextSeal's marks, for each of the 8191 values of u = h/8191: the green threshold, and −ln(1 − u)
/// and −ln u in units of 2^-32, computed once with big integers.
/// </summary>
internal static class TextSealScores
{
    /// <summary>The value for −ln 0: below every other value, as <see cref="GumbelRace"/> expects it.</summary>
    public const long Infinite = -1;

    private static readonly long[] Values = Compute();

    /// <summary>
    /// −ln(1 − h/8191) in units of 2^-32, rounded down. Rounded down, and with 1 − u = m/8191 for a uniform m in 1 … 8191,
    /// the score is never above −ln V for the V uniform on ((m−1)/8191, m/8191]: stochastically below Exp(1), so the
    /// Gamma tail of a total is conservative.
    /// </summary>
    /// <param name="residue">h, 0 to 8190.</param>
    public static long OfComplement(int residue) => Values[TextSealHash.Modulus - residue];

    /// <summary>−ln(h/8191) in units of 2^-32, rounded down; <see cref="Infinite"/> for h = 0.</summary>
    /// <param name="residue">h, 0 to 8190.</param>
    public static long Of(int residue) => Values[residue];

    /// <summary>
    /// The number of values h in 0 … 8190 that are green: those with <c>(float)h / 8191 &lt; (float)gamma</c>, the
    /// comparison the release makes in float32. Both sides are single correctly rounded operations and the left side
    /// rises with h, so the greens are 0 … threshold − 1 on every machine. It is ⌈8191·gamma⌉ unless gamma lies within
    /// half a float32 step above a multiple of 1/8191.
    /// </summary>
    /// <param name="gamma">gamma, nearest to the number given to the release.</param>
    public static int GreenThreshold(double gamma)
    {
        float limit = (float)gamma;
        int threshold = 0;
        while (threshold < TextSealHash.Modulus && threshold / (float)TextSealHash.Modulus < limit)
            threshold++;
        return threshold;
    }

    private static long[] Compute()
    {
        // ln(8191/m) summed from the top, one ratio (m+1)/m after the other: 8190 errors of 2^-150 at most.
        var values = new long[TextSealHash.Modulus + 1];
        BigInteger sum = 0;
        for (int m = TextSealHash.Modulus - 1; m >= 1; m--)
        {
            sum += FixedLog.OfRatio(m + 1, m);
            values[m] = (long)(sum >> (FixedLog.Bits - 32));
        }

        values[0] = Infinite;
        return values;
    }
}
