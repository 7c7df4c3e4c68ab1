using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes.Native;

namespace Watermark.Schemes.Payload;

/// <summary>
/// A payload mark under its key: the context has a position of the code, the token a colour; the colour that the payload
/// names at that position is favoured.
/// </summary>
internal sealed class KeyedPayload : KeyedScheme, ILogitWatermark, IPayloadRows
{
    private const int LaneShift = 3;
    private const int ColourMask = 3;

    // No token: its block, in the same context, gives the position.
    private const int PositionToken = -1;

    private readonly TokenPrf prf;
    private readonly byte[] colours;
    private readonly float delta;

    /// <summary>Keys the scheme.</summary>
    /// <param name="scheme">The parameters.</param>
    /// <param name="key">The secret; the keys derived from it are copied.</param>
    /// <param name="path">How AES is computed.</param>
    public KeyedPayload(PayloadScheme scheme, WatermarkKey key, AesPath path)
        : base(scheme, key)
    {
        prf = new TokenPrf(key, PayloadScheme.SchemeName, scheme.ContextWidth, LaneShift, path);
        delta = (float)scheme.Delta;
        colours = new byte[scheme.Positions];
        scheme.Colours(Convert.FromHexString(scheme.Payload), colours);
    }

    /// <inheritdoc/>
    public float? LargestBias => delta;

    /// <inheritdoc/>
    [SkipLocalsInit]
    public override void ScoreRows(NGramRows rows, Span<long> scores)
    {
        CheckRows(rows, scores.Length);
        Span<int> positions = stackalloc int[TokenPrf.ChunkBlocks];
        Span<byte> found = stackalloc byte[TokenPrf.ChunkBlocks];
        for (int start = 0; start < rows.Count; start += TokenPrf.ChunkBlocks)
        {
            NGramRows chunk = rows.Slice(start, Math.Min(TokenPrf.ChunkBlocks, rows.Count - start));
            Read(chunk, positions, found);
            for (int i = 0; i < chunk.Count; i++)
                scores[start + i] = found[i] == colours[positions[i]] ? 1 : 0;
        }
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public void Read(NGramRows rows, Span<int> positions, Span<byte> found)
    {
        CheckRows(rows, Math.Min(positions.Length, found.Length));
        using SecretUse use = Use();
        Span<byte> blocks = stackalloc byte[TokenPrf.ChunkBlocks * AesBlocks.BlockSize];
        int width = ContextWidth;
        int[] withoutToken = new int[Math.Min(rows.Count, TokenPrf.ChunkBlocks) * (width + 1)];
        for (int start = 0; start < rows.Count; start += TokenPrf.ChunkBlocks)
        {
            NGramRows chunk = rows.Slice(start, Math.Min(TokenPrf.ChunkBlocks, rows.Count - start));
            prf.EncryptRows(chunk, blocks);
            ReadOnlySpan<int> tokens = chunk.Tokens;
            for (int i = 0; i < chunk.Count; i++)
                found[start + i] = (byte)(GreenLanes.Lane(blocks, i, tokens[i]) & ColourMask);
            for (int column = 0; column < width; column++)
                chunk.Column(column).CopyTo(withoutToken.AsSpan(column * chunk.Count));
            withoutToken.AsSpan(width * chunk.Count, chunk.Count).Fill(PositionToken);
            prf.EncryptRows(new NGramRows(withoutToken, chunk.Count, width, chunk.Count), blocks);
            for (int i = 0; i < chunk.Count; i++)
                positions[start + i] = PositionOf(blocks[(i * AesBlocks.BlockSize)..]);
        }
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public void BiasLogits(ReadOnlySpan<int> context, Span<float> logits)
    {
        using SecretUse use = Use();
        Vector128<uint> field = prf.ContextField(context);
        Span<byte> blocks = stackalloc byte[TokenPrf.ChunkBlocks * AesBlocks.BlockSize];
        int colour = ColourOf(field, blocks);
        const int Lanes = 1 << LaneShift;
        for (int start = 0; start < logits.Length; start += TokenPrf.ChunkBlocks * Lanes)
        {
            Span<float> chunk = logits.Slice(start, Math.Min(TokenPrf.ChunkBlocks * Lanes, logits.Length - start));
            prf.EncryptVocabulary(field, (uint)(start / Lanes), blocks[..((chunk.Length + Lanes - 1) / Lanes * AesBlocks.BlockSize)]);
            for (int i = 0; i < chunk.Length; i++)
            {
                if ((blocks[i * sizeof(ushort)] & ColourMask) == colour)
                    chunk[i] += delta;
            }
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
        int colour = ColourOf(field, blocks);
        for (int start = 0; start < candidates.Length; start += TokenPrf.ChunkBlocks)
        {
            ReadOnlySpan<int> chunk = candidates.Slice(start, Math.Min(TokenPrf.ChunkBlocks, candidates.Length - start));
            prf.EncryptCandidates(field, chunk, blocks);
            for (int i = 0; i < chunk.Length; i++)
            {
                if ((GreenLanes.Lane(blocks, i, chunk[i]) & ColourMask) == colour)
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

    private int ColourOf(Vector128<uint> field, Span<byte> blocks)
    {
        prf.EncryptCandidates(field, [PositionToken], blocks);
        return colours[PositionOf(blocks)];
    }

    private int PositionOf(ReadOnlySpan<byte> block) => (int)(BinaryPrimitives.ReadUInt32LittleEndian(block) % (uint)colours.Length);
}
