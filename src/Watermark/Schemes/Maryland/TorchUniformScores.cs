using Watermark.Schemes.Native;

namespace Watermark.Schemes.Maryland;

/// <summary>The integers behind PyTorch's uniform r = k/2^24, k from 0 to 2^24 − 1.</summary>
/// <remarks>
/// P(−ln(1 − r) ≥ s) = ⌊2^24·e^(−s)⌋/2^24 ≤ e^(−s), with equality where s is a possible score: the score is
/// stochastically below Exp(1), and rounding down keeps it there. So Gamma tails are conservative without a
/// correction; they lose next to nothing, since the mean is 1 − 6·10^-7.
/// </remarks>
internal static class TorchUniformScores
{
    private const uint Count = 1U << 24;

    /// <summary>−ln(1 − r) in units of 2^-32, rounded down; at most two units too small.</summary>
    /// <param name="word">The generator's word, whose low 24 bits are k.</param>
    public static long OfComplement(uint word) => NegativeLog.UnitsBelow24(Count - (word & (Count - 1)));

    /// <summary>−ln r in units of 2^-58, within <see cref="NegativeLog.FineError"/>; −1 for r = 0.</summary>
    /// <param name="word">The generator's word.</param>
    public static long Of(uint word)
    {
        uint k = word & (Count - 1);
        return k == 0 ? -1 : NegativeLog.FineOf24(k);
    }
}
