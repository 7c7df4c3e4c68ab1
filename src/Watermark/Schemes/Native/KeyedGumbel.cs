using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;

namespace Watermark.Schemes.Native;

/// <summary>The Gumbel mark under its key: four uniforms of 32 bits in an AES block.</summary>
/// <remarks>
/// The choice is the smallest cost −ln(U)/p. −ln U is an integer in units of 2^-58, computed with integers only; its
/// conversion to double and the one division are single IEEE 754 operations, correctly rounded on every machine. So the same
/// probabilities give the same token on every machine.
/// </remarks>
internal sealed class KeyedGumbel : KeyedScheme, ISamplingWatermark
{
    private const int LaneShift = 2;
    private const int Lanes = 1 << LaneShift;

    private readonly TokenPrf prf;

    /// <summary>Keys the scheme.</summary>
    /// <param name="scheme">The parameters.</param>
    /// <param name="key">The secret; the keys derived from it are copied.</param>
    /// <param name="path">How AES is computed.</param>
    public KeyedGumbel(GumbelScheme scheme, WatermarkKey key, AesPath path)
        : base(scheme, key)
    {
        prf = new TokenPrf(key, GumbelScheme.SchemeName, scheme.ContextWidth, LaneShift, path);
    }

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
            ReadOnlySpan<int> tokens = chunk.Tokens;
            for (int i = 0; i < tokens.Length; i++)
                scores[start + i] = TokenScore(Lane(blocks, i, tokens[i]));
        }
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public override Int128 SumScores(NGramRows rows)
    {
        CheckRows(rows);
        using SecretUse use = Use();
        Span<byte> blocks = stackalloc byte[TokenPrf.ChunkBlocks * AesBlocks.BlockSize];
        Int128 sum = 0;
        for (int start = 0; start < rows.Count; start += TokenPrf.ChunkBlocks)
        {
            NGramRows chunk = rows.Slice(start, Math.Min(TokenPrf.ChunkBlocks, rows.Count - start));
            prf.EncryptRows(chunk, blocks);
            ReadOnlySpan<int> tokens = chunk.Tokens;
            long part = 0;
            for (int i = 0; i < tokens.Length; i++)
                part += TokenScore(Lane(blocks, i, tokens[i]));
            sum += part;
        }

        return sum;
    }

    /// <summary>
    /// The smallest cost −ln(U)/p among the candidates of positive probability; among equal costs the lowest id.
    /// </summary>
    /// <inheritdoc/>
    [SkipLocalsInit]
    public int ChooseCandidate(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, ReadOnlySpan<float> probabilities, double coin)
    {
        ArgumentOutOfRangeException.ThrowIfZero(candidates.Length, nameof(candidates));
        ArgumentOutOfRangeException.ThrowIfNotEqual(probabilities.Length, candidates.Length);
        using SecretUse use = Use();
        Vector128<uint> field = prf.ContextField(context);
        Span<byte> blocks = stackalloc byte[TokenPrf.ChunkBlocks * AesBlocks.BlockSize];
        var race = new GumbelRace();
        for (int start = 0; start < candidates.Length; start += TokenPrf.ChunkBlocks)
        {
            ReadOnlySpan<int> chunk = candidates.Slice(start, Math.Min(TokenPrf.ChunkBlocks, candidates.Length - start));
            prf.EncryptCandidates(field, chunk, blocks);
            for (int i = 0; i < chunk.Length; i++)
                race.Enter(start + i, chunk[i], NegativeLog.Fine(Lane(blocks, i, chunk[i])), probabilities[start + i]);
        }

        return race.Winner;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            prf.Dispose();
    }

    /// <summary>−ln(1 − U) in units of 2^-32: 1 − U is the uniform of the complemented bits.</summary>
    private static long TokenScore(uint r) => NegativeLog.Units(~r);

    private static uint Lane(ReadOnlySpan<byte> blocks, int index, int token) =>
        BinaryPrimitives.ReadUInt32LittleEndian(blocks[((index * AesBlocks.BlockSize) + ((token & (Lanes - 1)) * sizeof(uint)))..]);
}
