using Watermark.Keys;
using Watermark.NGrams;

namespace Watermark.Schemes.Vllm;

/// <summary>vLLM's stateless Bernoulli green list, keyed.</summary>
internal sealed class KeyedVllmSbw : KeyedScheme, ILogitWatermark
{
    private const uint WordMask = int.MaxValue;

    private readonly VllmSeeding seeding;
    private readonly uint threshold;
    private readonly float delta;
    private ulong key;

    public KeyedVllmSbw(VllmSbwScheme scheme, ulong key, IntegerSecret secret)
        : base(scheme, secret)
    {
        seeding = scheme.Seeding;
        threshold = scheme.Threshold;
        delta = (float)scheme.Delta;
        this.key = key;
    }

    /// <inheritdoc/>
    public float? LargestBias => delta;

    /// <inheritdoc/>
    public override void ScoreRows(NGramRows rows, Span<long> scores)
    {
        CheckRows(rows, scores.Length);
        using SecretUse use = Use();
        Span<ulong> seeds = stackalloc ulong[VllmBlocks.Rows];
        Span<uint> words = stackalloc uint[VllmBlocks.Rows];
        for (int first = 0; first < rows.Count; first += VllmBlocks.Rows)
        {
            NGramRows block = rows.Slice(first, Math.Min(VllmBlocks.Rows, rows.Count - first));
            VllmSeeds.Rows(seeding, key, block, seeds);
            Words(block.Tokens, seeds, words);
            for (int i = 0; i < block.Count; i++)
                scores[first + i] = (words[i] & WordMask) < threshold ? 1 : 0;
        }
    }

    /// <inheritdoc/>
    public override void Seeds(NGramRows rows, Span<ulong> seeds)
    {
        CheckRows(rows, seeds.Length);
        using SecretUse use = Use();
        VllmSeeds.Coins(seeding, key, rows, seeds);
    }

    /// <inheritdoc/>
    public override void ScoreCoins(ReadOnlySpan<ulong> seeds, ReadOnlySpan<int> tokens, Span<long> scores)
    {
        CheckCoins(seeds, tokens, scores);
        using SecretUse use = Use();
        Span<uint> words = stackalloc uint[VllmBlocks.Rows];
        for (int first = 0; first < seeds.Length; first += VllmBlocks.Rows)
        {
            int count = Math.Min(VllmBlocks.Rows, seeds.Length - first);
            ReadOnlySpan<ulong> block = seeds.Slice(first, count);
            Words(tokens.Slice(first, count), block, words);
            for (int i = 0; i < count; i++)
                scores[first + i] = block[i] != NoCoin && (words[i] & WordMask) < threshold ? 1 : 0;
        }
    }

    /// <inheritdoc/>
    public void BiasLogits(ReadOnlySpan<int> context, Span<float> logits)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(context.Length, ContextWidth, nameof(context));
        using SecretUse use = Use();
        Span<int> tokens = stackalloc int[VllmBlocks.Rows];
        for (int first = 0; first < logits.Length; first += VllmBlocks.Rows)
        {
            Span<float> block = logits.Slice(first, Math.Min(VllmBlocks.Rows, logits.Length - first));
            for (int i = 0; i < block.Length; i++)
                tokens[i] = first + i;
            Bias(context, tokens[..block.Length], block);
        }
    }

    /// <inheritdoc/>
    public void BiasLogits(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, Span<float> logits)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(context.Length, ContextWidth, nameof(context));
        ArgumentOutOfRangeException.ThrowIfNotEqual(logits.Length, candidates.Length, nameof(logits));
        using SecretUse use = Use();
        for (int first = 0; first < candidates.Length; first += VllmBlocks.Rows)
        {
            int count = Math.Min(VllmBlocks.Rows, candidates.Length - first);
            Bias(context, candidates.Slice(first, count), logits.Slice(first, count));
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => key = 0;

    private static void Words(ReadOnlySpan<int> tokens, ReadOnlySpan<ulong> seeds, Span<uint> words)
    {
        var blocks = new VllmBlocks(stackalloc uint[VllmBlocks.Size], tokens.Length);
        for (int i = 0; i < tokens.Length; i++)
        {
            blocks.X0[i] = (uint)(tokens[i] >> 2);
            blocks.Key0[i] = (uint)seeds[i];
            blocks.Key1[i] = (uint)(seeds[i] >> 32);
        }

        blocks.X1.Clear();
        blocks.X2.Clear();
        blocks.X3.Clear();
        blocks.Encrypt();
        blocks.Select(tokens, words);
    }

    private void Bias(ReadOnlySpan<int> context, ReadOnlySpan<int> tokens, Span<float> logits)
    {
        Span<ulong> seeds = stackalloc ulong[VllmBlocks.Rows];
        Span<uint> words = stackalloc uint[VllmBlocks.Rows];
        VllmSeeds.Tokens(seeding, key, context, tokens, seeds);
        Words(tokens, seeds, words);
        for (int i = 0; i < tokens.Length; i++)
            logits[i] += (words[i] & WordMask) < threshold ? delta : 0;
    }
}
