using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;

namespace Watermark.Schemes.Native;

/// <summary>
/// A green list under its key: scores rows and biases logits, one AES block per row or eight vocabulary entries.
/// </summary>
internal sealed class KeyedGreenList : KeyedScheme, ILogitWatermark
{
    private const int LaneShift = 3;
    private const int Lanes = 1 << LaneShift;

    private readonly TokenPrf prf;
    private readonly uint threshold;
    private readonly float delta;

    /// <summary>Keys the scheme.</summary>
    /// <param name="scheme">The parameters.</param>
    /// <param name="key">The secret; the keys derived from it are copied.</param>
    /// <param name="path">How AES is computed.</param>
    public KeyedGreenList(GreenListScheme scheme, WatermarkKey key, AesPath path)
        : base(scheme, key)
    {
        prf = new TokenPrf(key, GreenListScheme.SchemeName, scheme.ContextWidth, LaneShift, path);
        threshold = (uint)scheme.Threshold;
        delta = (float)scheme.Delta;
    }

    /// <inheritdoc/>
    public float? LargestBias => delta;

    /// <inheritdoc/>
    [SkipLocalsInit]
    public override void ScoreRows(NGramRows rows, Span<long> scores)
    {
        CheckRows(rows, scores.Length);
        using SecretUse use = Use();
        Span<byte> blocks = stackalloc byte[TokenPrf.ChunkBlocks * AesBlocks.BlockSize];
        for (int start = 0; start < rows.Count; start += TokenPrf.ChunkBlocks)
        {
            NGramRows chunk = rows.Slice(start, Math.Min(TokenPrf.ChunkBlocks, rows.Count - start));
            prf.EncryptRows(chunk, blocks);
            GreenLanes.Score(blocks, chunk.Tokens, threshold, scores[start..]);
        }
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public override Int128 SumScores(NGramRows rows)
    {
        CheckRows(rows);
        using SecretUse use = Use();
        Span<byte> blocks = stackalloc byte[TokenPrf.ChunkBlocks * AesBlocks.BlockSize];
        long green = 0;
        for (int start = 0; start < rows.Count; start += TokenPrf.ChunkBlocks)
        {
            NGramRows chunk = rows.Slice(start, Math.Min(TokenPrf.ChunkBlocks, rows.Count - start));
            prf.EncryptRows(chunk, blocks);
            green += GreenLanes.Count(blocks, chunk.Tokens, threshold);
        }

        return green;
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public void BiasLogits(ReadOnlySpan<int> context, Span<float> logits)
    {
        using SecretUse use = Use();
        Vector128<uint> field = prf.ContextField(context);
        Span<byte> blocks = stackalloc byte[TokenPrf.ChunkBlocks * AesBlocks.BlockSize];
        for (int start = 0; start < logits.Length; start += TokenPrf.ChunkBlocks * Lanes)
        {
            Span<float> chunk = logits.Slice(start, Math.Min(TokenPrf.ChunkBlocks * Lanes, logits.Length - start));
            Span<byte> used = blocks[..((chunk.Length + Lanes - 1) / Lanes * AesBlocks.BlockSize)];
            prf.EncryptVocabulary(field, (uint)(start / Lanes), used);
            GreenLanes.Bias(used, threshold, delta, chunk);
        }
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public void BiasLogits(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, Span<float> logits)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(logits.Length, candidates.Length);
        using SecretUse use = Use();
        Vector128<uint> field = prf.ContextField(context);
        Span<byte> blocks = stackalloc byte[TokenPrf.ChunkBlocks * AesBlocks.BlockSize];
        for (int start = 0; start < candidates.Length; start += TokenPrf.ChunkBlocks)
        {
            ReadOnlySpan<int> chunk = candidates.Slice(start, Math.Min(TokenPrf.ChunkBlocks, candidates.Length - start));
            prf.EncryptCandidates(field, chunk, blocks);
            for (int i = 0; i < chunk.Length; i++)
            {
                if (GreenLanes.Lane(blocks, i, chunk[i]) < threshold)
                    logits[start + i] += delta;
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            prf.Dispose();
    }
}
