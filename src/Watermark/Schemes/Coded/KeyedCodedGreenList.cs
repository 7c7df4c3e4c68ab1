using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes.Native;

namespace Watermark.Schemes.Coded;

/// <summary>A coded green list under its key: scores rows, reads positions and halves, and biases logits for an account or for none.</summary>
internal sealed class KeyedCodedGreenList : KeyedScheme, ILogitWatermark, ICodedRows
{
    private const string PositionPurpose = CodedGreenListScheme.SchemeName + "-position";
    private const string CodePurpose = CodedGreenListScheme.SchemeName + "-code";
    private const int LaneShift = 3;
    private const int Lanes = 1 << LaneShift;
    private const uint PositionMask = CodedGreenListScheme.Positions - 1;

    private readonly TokenPrf prf;
    private readonly TokenPrf positionPrf;
    private readonly byte[]? codeword;
    private readonly uint threshold;
    private readonly float delta;
    private readonly float more;
    private readonly float less;

    /// <summary>Keys the scheme.</summary>
    /// <param name="scheme">The parameters.</param>
    /// <param name="key">The secret; the keys derived from it are copied.</param>
    /// <param name="account">The account that text is marked for; null for none.</param>
    /// <param name="path">How AES is computed.</param>
    public KeyedCodedGreenList(CodedGreenListScheme scheme, WatermarkKey key, string? account, AesPath path)
        : base(scheme, key)
    {
        prf = new TokenPrf(key, CodedGreenListScheme.SchemeName, scheme.ContextWidth, LaneShift, path);
        positionPrf = new TokenPrf(key, PositionPurpose, scheme.ContextWidth, LaneShift, path);
        Span<byte> codeKey = stackalloc byte[WatermarkKey.Size];
        key.DeriveSchemeKey(CodePurpose, scheme.ContextWidth, codeKey);
        Code = new AccountCode(codeKey, path);
        CryptographicOperations.ZeroMemory(codeKey);
        threshold = (uint)scheme.Threshold;
        delta = (float)scheme.Delta;
        more = (float)(scheme.Delta + scheme.Eta);
        less = (float)(scheme.Delta - scheme.Eta);
        if (account is not null)
        {
            codeword = GC.AllocateUninitializedArray<byte>(AccountCode.CodewordBytes, pinned: true);
            Code.Write(account, codeword);
        }
    }

    /// <inheritdoc/>
    public float? LargestBias => codeword is null ? delta : more;

    /// <inheritdoc/>
    public AccountCode Code { get; }

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
    public void Read(NGramRows rows, Span<int> positions, Span<sbyte> halves)
    {
        CheckRows(rows, Math.Min(positions.Length, halves.Length));
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
            {
                uint lane = GreenLanes.Lane(blocks, i, tokens[i]);
                halves[start + i] = (sbyte)(lane >= threshold ? 0 : (lane & 1) == 0 ? 1 : -1);
            }

            for (int column = 0; column < width; column++)
                chunk.Column(column).CopyTo(withoutToken.AsSpan(column * chunk.Count));
            withoutToken.AsSpan(width * chunk.Count, chunk.Count).Clear();
            positionPrf.EncryptRows(new NGramRows(withoutToken, chunk.Count, width, chunk.Count), blocks);
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
        (float a, float b) = Halves(context, blocks);
        for (int start = 0; start < logits.Length; start += TokenPrf.ChunkBlocks * Lanes)
        {
            Span<float> chunk = logits.Slice(start, Math.Min(TokenPrf.ChunkBlocks * Lanes, logits.Length - start));
            Span<byte> used = blocks[..((chunk.Length + Lanes - 1) / Lanes * AesBlocks.BlockSize)];
            prf.EncryptVocabulary(field, (uint)(start / Lanes), used);
            if (codeword is null)
            {
                GreenLanes.Bias(used, threshold, delta, chunk);
                continue;
            }

            for (int i = 0; i < chunk.Length; i++)
            {
                uint lane = BinaryPrimitives.ReadUInt16LittleEndian(used[(i * sizeof(ushort))..]);
                if (lane < threshold)
                    chunk[i] += (lane & 1) == 0 ? a : b;
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
        (float a, float b) = Halves(context, blocks);
        for (int start = 0; start < candidates.Length; start += TokenPrf.ChunkBlocks)
        {
            ReadOnlySpan<int> chunk = candidates.Slice(start, Math.Min(TokenPrf.ChunkBlocks, candidates.Length - start));
            prf.EncryptCandidates(field, chunk, blocks);
            for (int i = 0; i < chunk.Length; i++)
            {
                uint lane = GreenLanes.Lane(blocks, i, chunk[i]);
                if (lane < threshold)
                    logits[start + i] += (lane & 1) == 0 ? a : b;
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        prf.Dispose();
        positionPrf.Dispose();
        Code.Dispose();
        CryptographicOperations.ZeroMemory(codeword);
    }

    /// <summary>What green tokens of the halves A and B get in a context.</summary>
    private (float A, float B) Halves(ReadOnlySpan<int> context, Span<byte> blocks)
    {
        if (codeword is null)
            return (delta, delta);
        positionPrf.EncryptCandidates(positionPrf.ContextField(context), [0], blocks);
        int position = PositionOf(blocks);
        return ((codeword[position >> 3] >> (position & 7)) & 1) == 0 ? (more, less) : (less, more);
    }

    private static int PositionOf(ReadOnlySpan<byte> block) => (int)(BinaryPrimitives.ReadUInt32LittleEndian(block) & PositionMask);
}
