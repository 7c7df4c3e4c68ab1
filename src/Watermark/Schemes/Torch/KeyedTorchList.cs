using System.Buffers;
using Watermark.NGrams;

namespace Watermark.Schemes.Torch;

/// <summary>
/// A permuted green list under its key. What differs between the schemes is the seed of a list, and whether the list
/// that a token is looked up in is seeded with the token itself.
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
    /// <param name="keyId">The public id of the secret.</param>
    /// <param name="candidatesTried">
    /// 0 where one list serves a whole position. Otherwise the seed covers the token itself, and marking tries so many
    /// tokens of the greatest logits, each in the list seeded with it.
    /// </param>
    protected KeyedTorchList(TorchListScheme scheme, string keyId, int candidatesTried)
        : base(scheme, keyId)
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
        ThrowIfErased();
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
    public void BiasLogits(ReadOnlySpan<int> context, Span<float> logits)
    {
        CheckContext(context);
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
        CheckContext(context);
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
    /// <param name="window">The context, and behind it the token where the list is seeded with it.</param>
    protected abstract uint SeedOf(ReadOnlySpan<int> window);

    /// <summary>Throws where the secret was erased.</summary>
    protected abstract void ThrowIfErased();

    private void ScoreBlock(NGramRows rows, Span<long> scores)
    {
        int width = ContextWidth + selfSalted;
        int[] windows = ArrayPool<int>.Shared.Rent(rows.Count * width);
        uint[] seeds = ArrayPool<uint>.Shared.Rent(rows.Count);
        for (int j = 0; j < width; j++)
        {
            ReadOnlySpan<int> column = rows.Column(j);
            for (int i = 0; i < column.Length; i++)
                windows[(i * width) + j] = column[i];
        }

        for (int i = 0; i < rows.Count; i++)
            seeds[i] = SeedOf(windows.AsSpan(i * width, width));
        TorchListScorer.Score(seeds.AsSpan(0, rows.Count), rows.Tokens, vocabularySize, greenCount, scores);
        ArrayPool<int>.Shared.Return(windows);
        ArrayPool<uint>.Shared.Return(seeds, clearArray: true);
    }

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

    private void CheckContext(ReadOnlySpan<int> context)
    {
        ThrowIfErased();
        CheckContextLength(context);
    }
}
