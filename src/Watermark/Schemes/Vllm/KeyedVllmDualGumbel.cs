using Watermark.Keys;
using Watermark.NGrams;

namespace Watermark.Schemes.Vllm;

/// <summary>vLLM's dual-key Gumbel-max sampling, keyed.</summary>
internal sealed class KeyedVllmDualGumbel : KeyedScheme, ISamplingWatermark
{
    private readonly long weightA;
    private readonly long weightB;
    private readonly double alpha;
    private VllmPrf prfA;
    private VllmPrf prfB;

    public KeyedVllmDualGumbel(VllmDualGumbelScheme scheme, ulong key, IntegerSecret secret)
        : base(scheme, secret)
    {
        weightA = scheme.Alpha.Denominator - scheme.Alpha.Numerator;
        weightB = scheme.Alpha.Numerator;
        alpha = scheme.Alpha.ToDouble();
        prfA = new VllmPrf(VllmDualGumbelScheme.DeriveKey(key, second: false));
        prfB = new VllmPrf(VllmDualGumbelScheme.DeriveKey(key, second: true));
    }

    /// <inheritdoc/>
    public override void ScoreRows(NGramRows rows, Span<long> scores)
    {
        CheckRows(rows, scores.Length);
        using SecretUse use = Use();
        Span<uint> wordsA = stackalloc uint[VllmBlocks.Rows];
        Span<uint> wordsB = stackalloc uint[VllmBlocks.Rows];
        for (int first = 0; first < rows.Count; first += VllmBlocks.Rows)
        {
            NGramRows block = rows.Slice(first, Math.Min(VllmBlocks.Rows, rows.Count - first));
            prfA.Words(block, wordsA);
            prfB.Words(block, wordsB);
            for (int i = 0; i < block.Count; i++)
                scores[first + i] = (weightA * VllmScores.OfComplement(wordsA[i])) + (weightB * VllmScores.OfComplement(wordsB[i]));
        }
    }

    /// <summary>Key B where <paramref name="coin"/> is below alpha, key A otherwise.</summary>
    /// <inheritdoc/>
    public int ChooseCandidate(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, ReadOnlySpan<float> probabilities, double coin)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(context.Length, ContextWidth, nameof(context));
        using SecretUse use = Use();
        return VllmRace.Choose(coin < alpha ? prfB : prfA, context, candidates, probabilities);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => (prfA, prfB) = (default, default);
}
