namespace Watermark.Schemes.Vllm;

/// <summary>
/// The integers behind vLLM's uniform U = (k + 1)/(2^24 + 1), k = word &gt;&gt; 8.
/// </summary>
/// <remarks>
/// vLLM rounds U to float32. For 2^-(e+1) ≤ U &lt; 2^-e that gives (k + 1 − 2^-e)/2^24, so its score is
/// −ln((m − 1 + 2^-e)/2^24) with m = 2^24 − k, uniform on 1 … 2^24. The score here is −ln(m/2^24), rounded down by at
/// most two units of 2^-32: the published score for U ≥ 1/2, where e = 0, and below it by at most 6e-8 for U &lt; 1/2.
/// It is never above −ln V for the V uniform on ((m−1)/2^24, m/2^24], so it is stochastically below Exp(1), and Gamma
/// tails are conservative without a correction. The published score exceeds −ln V by up to 6e-8 per token for some V.
/// </remarks>
internal static class VllmScores
{
    private const int MantissaShift = 8;
    private const uint MantissaCount = 1U << 24;

    /// <summary>ln(1 + 2^-24) in units of 2^-58, rounded.</summary>
    private const long FineOffset = 17179868672;

    /// <summary>−ln(m/2^24) in units of 2^-32, rounded down.</summary>
    /// <param name="word">The word of the token.</param>
    public static long OfComplement(uint word) => NegativeLog.UnitsBelow24(MantissaCount - (word >> MantissaShift));

    /// <summary>−ln U in units of 2^-58, within 9 units: positive.</summary>
    /// <param name="word">The word of the token.</param>
    public static long Of(uint word)
    {
        uint j = (word >> MantissaShift) + 1;
        return FineOffset + (j == MantissaCount ? 0 : NegativeLog.FineOf24(j));
    }
}

/// <summary>The choice of vLLM's Gumbel-max sampling under one key.</summary>
internal static class VllmRace
{
    /// <summary>The index of the candidate with the smallest −ln(U)/p.</summary>
    /// <param name="prf">The keyed function.</param>
    /// <param name="context">The context, of the scheme's width.</param>
    /// <param name="candidates">Token ids, at least one.</param>
    /// <param name="probabilities">Their probabilities.</param>
    public static int Choose(VllmPrf prf, ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, ReadOnlySpan<float> probabilities)
    {
        ArgumentOutOfRangeException.ThrowIfZero(candidates.Length, nameof(candidates));
        ArgumentOutOfRangeException.ThrowIfNotEqual(probabilities.Length, candidates.Length, nameof(probabilities));
        (uint, uint, uint, uint) state = prf.State(context);
        var race = new GumbelRace();
        Span<uint> words = stackalloc uint[VllmBlocks.Rows];
        for (int first = 0; first < candidates.Length; first += VllmBlocks.Rows)
        {
            ReadOnlySpan<int> tokens = candidates.Slice(first, Math.Min(VllmBlocks.Rows, candidates.Length - first));
            prf.Words(state, tokens, words);
            for (int i = 0; i < tokens.Length; i++)
                race.Enter(first + i, tokens[i], VllmScores.Of(words[i]), probabilities[first + i]);
        }

        return race.Winner;
    }
}
