using System.Buffers;
using Watermark.Keys;
using Watermark.NGrams;

namespace Watermark.Schemes.Torch;

/// <summary>
/// A permuted green list under its key. The schemes differ in the seed of a list, and in whether the list for a token is
/// seeded with the token itself.
/// </summary>
internal abstract class KeyedTorchList : KeyedScheme, ILogitWatermark
{
    // Large blocks bring many rows of one list together.
    private const int BlockRows = 1 << 16;

    private readonly int vocabularySize;
    private readonly int greenCount;
    private readonly int selfSalted;
    private readonly int candidatesTried;
    private readonly float delta;

    /// <summary>Creates the base part.</summary>
    /// <param name="scheme">The parameters.</param>
    /// <param name="secret">The secret, from which the id is made.</param>
    /// <param name="candidatesTried">
    /// 0 where one list serves a whole position. Otherwise the seed covers the token itself, and marking tries this many
    /// tokens with the largest logits, each in the list seeded with it.
    /// </param>
    protected KeyedTorchList(TorchListScheme scheme, IntegerSecret secret, int candidatesTried)
        : base(scheme, secret)
    {
        vocabularySize = scheme.VocabularySize;
        greenCount = scheme.GreenCount;
        delta = (float)scheme.Delta;
        this.candidatesTried = candidatesTried;
        selfSalted = candidatesTried > 0 ? 1 : 0;
    }

    /// <inheritdoc/>
    public float? LargestBias => selfSalted == 1 ? null : delta;

    /// <inheritdoc/>
    public sealed override void ScoreRows(NGramRows rows, Span<long> scores)
    {
        CheckRows(rows, scores.Length);
        using SecretUse use = Use();
        for (int start = 0; start < rows.Count; start += BlockRows)
        {
            int count = Math.Min(BlockRows, rows.Count - start);
            ScoreBlock(rows.Slice(start, count), scores.Slice(start, count));
        }
    }

    /// <inheritdoc/>
    public sealed override Int128 SumScores(NGramRows rows)
    {
        CheckRows(rows);
        long[] scores = ArrayPool<long>.Shared.Rent(Math.Clamp(rows.Count, 1, BlockRows));
        Int128 sum = 0;
        for (int start = 0; start < rows.Count; start += BlockRows)
        {
            NGramRows block = rows.Slice(start, Math.Min(BlockRows, rows.Count - start));
            ScoreRows(block, scores);
            long green = 0;
            foreach (long score in scores.AsSpan(0, block.Count))
                green += score;
            sum += green;
        }

        ArrayPool<long>.Shared.Return(scores);
        return sum;
    }

    /// <inheritdoc/>
    public sealed override void Seeds(NGramRows rows, Span<ulong> seeds)
    {
        CheckRows(rows, seeds.Length);
        using SecretUse use = Use();
        uint[] kept = ArrayPool<uint>.Shared.Rent(Math.Clamp(rows.Count, 1, BlockRows));
        bool[] keyless = ArrayPool<bool>.Shared.Rent(Math.Clamp(rows.Count, 1, BlockRows));
        for (int start = 0; start < rows.Count; start += BlockRows)
        {
            int count = Math.Min(BlockRows, rows.Count - start);
            SeedBlock(rows.Slice(start, count), kept.AsSpan(0, count), keyless.AsSpan(0, count));
            for (int i = 0; i < count; i++)
                seeds[start + i] = keyless[i] ? NoCoin : kept[i];
        }

        ArrayPool<bool>.Shared.Return(keyless);
        ArrayPool<uint>.Shared.Return(kept, clearArray: true);
    }

    /// <inheritdoc/>
    public sealed override void ScoreCoins(ReadOnlySpan<ulong> seeds, ReadOnlySpan<int> tokens, Span<long> scores)
    {
        CheckCoins(seeds, tokens, scores);
        using SecretUse use = Use();
        uint[] kept = ArrayPool<uint>.Shared.Rent(Math.Clamp(seeds.Length, 1, BlockRows));
        int[] asked = ArrayPool<int>.Shared.Rent(Math.Clamp(seeds.Length, 1, BlockRows));
        for (int start = 0; start < seeds.Length; start += BlockRows)
        {
            int count = Math.Min(BlockRows, seeds.Length - start);
            for (int i = 0; i < count; i++)
            {
                kept[i] = (uint)seeds[start + i];
                // No list has the token −1.
                asked[i] = seeds[start + i] == NoCoin ? -1 : tokens[start + i];
            }

            TorchListScorer.Score(kept.AsSpan(0, count), asked.AsSpan(0, count), vocabularySize, greenCount, scores.Slice(start, count));
        }

        ArrayPool<int>.Shared.Return(asked);
        ArrayPool<uint>.Shared.Return(kept, clearArray: true);
    }

    /// <inheritdoc/>
    public void BiasLogits(ReadOnlySpan<int> context, Span<float> logits)
    {
        CheckContextLength(context);
        using SecretUse use = Use();
        ArgumentOutOfRangeException.ThrowIfLessThan(logits.Length, vocabularySize, nameof(logits));
        if (selfSalted == 1)
        {
            BiasTried(context, [], logits[..vocabularySize]);
            return;
        }

        using var list = new WholeList(SeedOf(context), vocabularySize, greenCount);
        ListBias.Add(list.Green, delta, logits);
    }

    /// <inheritdoc/>
    public void BiasLogits(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, Span<float> logits)
    {
        CheckContextLength(context);
        using SecretUse use = Use();
        ArgumentOutOfRangeException.ThrowIfNotEqual(logits.Length, candidates.Length);
        if (candidates.IsEmpty)
            return;
        if (selfSalted == 1)
        {
            BiasTried(context, candidates, logits);
            return;
        }

        using var list = new WholeList(SeedOf(context), vocabularySize, greenCount);
        for (int i = 0; i < candidates.Length; i++)
        {
            if (list.Contains(candidates[i]))
                logits[i] += delta;
        }
    }

    /// <summary>The seed of a list: the 32 bits that PyTorch's generator keeps.</summary>
    /// <param name="window">The context, followed by the token where the list is seeded with it.</param>
    protected abstract uint SeedOf(ReadOnlySpan<int> window);

    /// <summary>Whether the seed of a window is the same under every key, so that its list says nothing about this one.</summary>
    /// <param name="window">The context, followed by the token where the list is seeded with it.</param>
    protected virtual bool IsKeyless(ReadOnlySpan<int> window) => false;

    private void ScoreBlock(NGramRows rows, Span<long> scores)
    {
        uint[] buffer = ArrayPool<uint>.Shared.Rent(rows.Count);
        Span<uint> seeds = buffer.AsSpan(0, rows.Count);
        SeedBlock(rows, seeds, []);
        TorchListScorer.Score(seeds, rows.Tokens, vocabularySize, greenCount, scores);
        ArrayPool<uint>.Shared.Return(buffer, clearArray: true);
    }

    /// <summary>The seeds of rows and, where requested, which of them say nothing about the key.</summary>
    private void SeedBlock(NGramRows rows, Span<uint> seeds, Span<bool> keyless)
    {
        int width = ContextWidth + selfSalted;
        int[] windows = ArrayPool<int>.Shared.Rent(rows.Count * width);
        for (int j = 0; j < width; j++)
        {
            ReadOnlySpan<int> column = rows.Column(j);
            for (int i = 0; i < column.Length; i++)
                windows[(i * width) + j] = column[i];
        }

        for (int i = 0; i < rows.Count; i++)
            seeds[i] = SeedOf(windows.AsSpan(i * width, width));
        for (int i = 0; i < keyless.Length; i++)
            keyless[i] = !HasCoin(rows.Tokens[i]) || IsKeyless(windows.AsSpan(i * width, width));
        ArrayPool<int>.Shared.Return(windows);
    }

    /// <summary>
    /// Whether a token can be in a list. A missing token can be in a list of its context, but seeds no list of its own.
    /// </summary>
    private bool HasCoin(int token) => (uint)token < (uint)vocabularySize || (token == int.MinValue && selfSalted == 0);

    private void BiasTried(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, Span<float> logits)
    {
        Span<int> best = stackalloc int[candidatesTried];
        Span<int> tokens = stackalloc int[candidatesTried];
        Span<uint> seeds = stackalloc uint[candidatesTried];
        Span<long> green = stackalloc long[candidatesTried];
        Span<int> window = stackalloc int[context.Length + 1];
        int count = TopCandidates.Find(logits, candidates, best);
        context.CopyTo(window);
        for (int i = 0; i < count; i++)
        {
            window[^1] = tokens[i] = candidates.IsEmpty ? best[i] : candidates[best[i]];
            seeds[i] = SeedOf(window);
        }

        TorchListScorer.Score(seeds[..count], tokens[..count], vocabularySize, greenCount, green);
        for (int i = 0; i < count; i++)
        {
            if (green[i] == 1)
                logits[best[i]] += delta;
        }
    }
}
