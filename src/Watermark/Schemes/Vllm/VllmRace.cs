namespace Watermark.Schemes.Vllm;

/// <summary>The choice of vLLM's Gumbel-max sampling under one key.</summary>
internal static class VllmRace
{
    /// <summary>The index of the candidate of the least −ln(U)/p.</summary>
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
