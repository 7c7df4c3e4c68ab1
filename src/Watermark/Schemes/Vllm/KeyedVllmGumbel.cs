using Watermark.Keys;
using Watermark.NGrams;

namespace Watermark.Schemes.Vllm;

/// <summary>vLLM's Gumbel-max sampling, keyed.</summary>
internal sealed class KeyedVllmGumbel : KeyedScheme, ISamplingWatermark
{
    private VllmPrf prf;

    public KeyedVllmGumbel(VllmGumbelScheme scheme, ulong key, IntegerSecret secret)
        : base(scheme, secret)
    {
        prf = new VllmPrf(key);
    }

    /// <inheritdoc/>
    public override void ScoreRows(NGramRows rows, Span<long> scores)
    {
        CheckRows(rows, scores.Length);
        using SecretUse use = Use();
        Span<uint> words = stackalloc uint[VllmBlocks.Rows];
        for (int first = 0; first < rows.Count; first += VllmBlocks.Rows)
        {
            NGramRows block = rows.Slice(first, Math.Min(VllmBlocks.Rows, rows.Count - first));
            prf.Words(block, words);
            for (int i = 0; i < block.Count; i++)
                scores[first + i] = VllmScores.OfComplement(words[i]);
        }
    }

    /// <inheritdoc/>
    public int ChooseCandidate(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, ReadOnlySpan<float> probabilities, double coin)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(context.Length, ContextWidth, nameof(context));
        using SecretUse use = Use();
        return VllmRace.Choose(prf, context, candidates, probabilities);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => prf = default;
}
