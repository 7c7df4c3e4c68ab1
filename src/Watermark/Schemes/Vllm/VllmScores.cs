using Watermark.Schemes.Native;

namespace Watermark.Schemes.Vllm;

/// <summary>
/// The integers behind vLLM's uniform U = (k + 1)/(2^24 + 1), k = word &gt;&gt; 8.
/// </summary>
/// <remarks>
/// 1 − U = m/(2^24 + 1) with m = 2^24 − k uniform on 1 … 2^24, so the published score is −ln(m/2^24) + ln(1 + 2^-24).
/// The score here leaves the constant out (5.96e-8 a token) and is rounded down, by at most two units of 2^-32. Then it is never
/// above −ln V for the V uniform on ((m−1)/2^24, m/2^24]: stochastically below Exp(1), and Gamma tails are conservative
/// without a correction. With the constant they would not be: the published score exceeds −ln V by up to 5.96e-8.
/// </remarks>
internal static class VllmScores
{
    private const int MantissaShift = 8;
    private const uint MantissaCount = 1U << 24;
    private const int WidenShift = 33 - 24;
    private const int DroppedBits = NegativeLog.FineBits - 32;

    /// <summary>What the published score adds to <see cref="OfComplement"/>, in points: ln(1 + 2^-24).</summary>
    public const double PublishedOffset = 5.960464299903386e-8;

    /// <summary>ln(1 + 2^-24) in units of 2^-58, rounded.</summary>
    private const long FineOffset = 17179868672;

    /// <summary>−ln(m/2^24) in units of 2^-32, rounded down.</summary>
    /// <param name="word">The word of the token.</param>
    public static long OfComplement(uint word)
    {
        uint m = MantissaCount - (word >> MantissaShift);
        return m == MantissaCount ? 0 : (NegativeLog.FineOf((ulong)m << WidenShift) - NegativeLog.FineError) >> DroppedBits;
    }

    /// <summary>−ln U in units of 2^-58, within 9 units: positive.</summary>
    /// <param name="word">The word of the token.</param>
    public static long Of(uint word)
    {
        uint j = (word >> MantissaShift) + 1;
        return FineOffset + (j == MantissaCount ? 0 : NegativeLog.FineOf((ulong)j << WidenShift));
    }
}
