using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Watermark.Schemes.SynthId;

/// <summary>
/// The bits of DeepMind's layers. A layer folds its key into the n-gram's hash, then 12 times
/// <c>x ← ((x + 1)·M + 1) &gt;&gt; 5</c> (arithmetic shift), and takes bit 30.
/// </summary>
/// <remarks>
/// Three identities make it fast and change no bit. (1) The key's fold and the first multiplication are one: with
/// y₁ = ((h + k)·M + 2)·M + 1 = h·M² + (k·M² + 2M + 1), the n-gram's part is multiplied once and the key's is a constant,
/// which leaves 11 multiplications per layer. (2) With z = x + 2^58 an arithmetic shift of y by 5 is a logical shift of
/// y + 2^63, and both offsets go into the added constant. (3) Bit 30 of x₁₂ is bit 35 of y₁₂, which needs bits 0 … 35 of x₁₁,
/// 0 … 40 of x₁₀, down to 0 … 55 of x₇: from there on the top bits are free, so x + e with e·(M − 32) = M + 1 (mod 2^64) may
/// stand for x, and (x + e)·M = y + 32e needs no addition until the last round.
/// </remarks>
internal static class SynthIdLayers
{
    /// <summary>How many times the hash is applied.</summary>
    public const int Rounds = 12;

    /// <summary>How far each application shifts.</summary>
    public const int Shift = 5;

    /// <summary>The bit of y that decides.</summary>
    public const int DecidingBit = 30 + Shift;

    private const ulong Sign = 1UL << 63;

    /// <summary>M².</summary>
    public const ulong MultiplierSquared = unchecked(SynthIdHash.Multiplier * SynthIdHash.Multiplier);

    /// <summary>What is added after each multiplication but the first.</summary>
    public const ulong RoundConstant = unchecked(((1 - (1UL << 58)) * SynthIdHash.Multiplier) + 1 + Sign);

    /// <summary>The first round from which only the low bits matter.</summary>
    public const int FirstLowRound = 8;

    /// <summary>32·e of the third identity.</summary>
    private const ulong LowOffset = 13833731532554767552UL;

    /// <summary>What is added in the round before <see cref="FirstLowRound"/>: x₇ + e comes out.</summary>
    public const ulong EnteringConstant = unchecked(RoundConstant + LowOffset);

    /// <summary>What is added in the last round: y₁₂ comes out.</summary>
    public const ulong LeavingConstant = unchecked(0 - LowOffset);

    /// <summary>The constant of a layer's key: k·M² + 2M + 1 + 2^63.</summary>
    /// <param name="key">k.</param>
    public static ulong Constant(long key) =>
        unchecked(((ulong)key * MultiplierSquared) + (2 * SynthIdHash.Multiplier) + 1 + Sign);

    /// <summary>The bits of n-gram hashes with the fastest kernel this CPU has.</summary>
    /// <param name="hashes">Folds of context and token.</param>
    /// <param name="layers">The layers' constants, at most 64.</param>
    /// <param name="bits">One value per hash; bit ℓ is layer ℓ's.</param>
    public static void Bits(ReadOnlySpan<ulong> hashes, ReadOnlySpan<ulong> layers, Span<ulong> bits)
    {
        int done = 0;
        if (Avx512DQ.IsSupported && Vector512.IsHardwareAccelerated)
            done = SynthIdLayersVector512.Bits(hashes, layers, bits);
        else if (Avx2.IsSupported)
            done = SynthIdLayersAvx2.Bits(hashes, layers, bits);
        BitsScalar(hashes[done..], layers, bits[done..]);
    }

    /// <summary>The scalar twin.</summary>
    /// <param name="hashes">Folds of context and token.</param>
    /// <param name="layers">The layers' constants, at most 64.</param>
    /// <param name="bits">One value per hash; bit ℓ is layer ℓ's.</param>
    public static void BitsScalar(ReadOnlySpan<ulong> hashes, ReadOnlySpan<ulong> layers, Span<ulong> bits)
    {
        bits = bits[..hashes.Length];
        for (int i = 0; i < hashes.Length; i++)
        {
            ulong product = unchecked(hashes[i] * MultiplierSquared);
            ulong word = 0;
            for (int layer = 0; layer < layers.Length; layer++)
            {
                ulong y = unchecked(product + layers[layer]);
                for (int round = 2; round <= Rounds; round++)
                    y = unchecked(((y >> Shift) * SynthIdHash.Multiplier) + RoundConstant);
                word |= (y >> DecidingBit & 1) << layer;
            }

            bits[i] = word;
        }
    }
}
