using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;

namespace Watermark.Schemes.Native;

/// <summary>
/// The keyed pseudo-random function of the native marks: AES-128 of (context field, token / lanes), one block for several
/// neighbouring tokens, each of which has one lane of it. Bit-exact; <c>prf.md</c> defines every bit.
/// </summary>
/// <remarks>
/// Token ids enter as unsigned 32-bit integers. Safe for concurrent use until disposed. The caller owns the block
/// buffers; nothing is allocated.
/// </remarks>
internal sealed class TokenPrf : IDisposable
{
    /// <summary>The widest context.</summary>
    public const int MaximumContextWidth = 8;

    /// <summary>
    /// Rows or vocabulary blocks that callers handle at a time: their buffer stays in the first-level cache, and a call of
    /// the platform's cipher, which costs as much as some hundred blocks, is shared by many blocks.
    /// </summary>
    public const int ChunkBlocks = 768;

    private const int DirectTokens = 3;
    private const int WordsPerBlock = 4;

    private readonly AesBlocks prf;
    private readonly AesBlocks? chain;
    private readonly int contextWidth;
    private readonly int laneShift;

    /// <summary>Derives the scheme key and keys the function.</summary>
    /// <param name="key">The secret.</param>
    /// <param name="purpose"><c>green-list</c> or <c>gumbel</c>.</param>
    /// <param name="contextWidth">h, 0 to 8.</param>
    /// <param name="laneShift">Base-2 logarithm of the lanes in a block.</param>
    /// <param name="path">How AES is computed.</param>
    public TokenPrf(WatermarkKey key, string purpose, int contextWidth, int laneShift, AesPath path)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(contextWidth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(contextWidth, MaximumContextWidth);
        this.contextWidth = contextWidth;
        this.laneShift = laneShift;
        Span<byte> schemeKey = stackalloc byte[WatermarkKey.Size];
        key.DeriveSchemeKey(purpose, contextWidth, schemeKey);
        prf = AesBlocks.Create(schemeKey[..AesBlocks.KeySize], path);
        if (contextWidth > DirectTokens)
            chain = AesBlocks.Create(schemeKey[AesBlocks.KeySize..], path);
        CryptographicOperations.ZeroMemory(schemeKey);
    }

    /// <summary>The blocks of rows, each in its own context.</summary>
    /// <param name="rows">Rows with h context columns.</param>
    /// <param name="blocks">16 bytes per row.</param>
    public void EncryptRows(NGramRows rows, Span<byte> blocks)
    {
        blocks = blocks[..(rows.Count * AesBlocks.BlockSize)];
        if (chain is null)
        {
            PrfBlocks.Gather(Column(rows, 0), Column(rows, 1), Column(rows, 2), rows.Tokens, laneShift, blocks);
        }
        else
        {
            blocks.Clear();
            for (int first = 0; first < contextWidth; first += WordsPerBlock)
            {
                PrfBlocks.Mix(Column(rows, first), Column(rows, first + 1), Column(rows, first + 2), Column(rows, first + 3), blocks);
                chain.Encrypt(blocks);
            }

            PrfBlocks.SetCounters(rows.Tokens, laneShift, blocks);
        }

        prf.Encrypt(blocks);
    }

    /// <summary>The context field of one context, in the first three words; the fourth is zero.</summary>
    /// <param name="context">h tokens, oldest first.</param>
    public Vector128<uint> ContextField(ReadOnlySpan<int> context)
    {
        if (context.Length != contextWidth)
            throw new ArgumentException($"The context has {context.Length} tokens; this scheme reads {contextWidth}.", nameof(context));
        Span<byte> block = stackalloc byte[AesBlocks.BlockSize];
        block.Clear();
        for (int i = 0; i < context.Length; i++)
        {
            Span<byte> word = block[(i % WordsPerBlock * sizeof(uint))..];
            BinaryPrimitives.WriteUInt32LittleEndian(word, BinaryPrimitives.ReadUInt32LittleEndian(word) ^ (uint)context[i]);
            if (chain is not null && (i % WordsPerBlock == WordsPerBlock - 1 || i == context.Length - 1))
                chain.Encrypt(block);
        }

        Span<uint> words = stackalloc uint[WordsPerBlock];
        for (int i = 0; i < DirectTokens; i++)
            words[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(i * sizeof(uint))..]);
        words[DirectTokens] = 0;
        return Vector128.Create<uint>(words);
    }

    /// <summary>Neighbouring blocks of the vocabulary in one context.</summary>
    /// <param name="field">The context field.</param>
    /// <param name="first">The first block's number: its first token divided by the lanes.</param>
    /// <param name="blocks">Whole blocks; its length says how many.</param>
    public void EncryptVocabulary(Vector128<uint> field, uint first, Span<byte> blocks)
    {
        PrfBlocks.Count(field, first, blocks);
        prf.Encrypt(blocks);
    }

    /// <summary>The blocks of candidates in one context.</summary>
    /// <param name="field">The context field.</param>
    /// <param name="candidates">Token ids.</param>
    /// <param name="blocks">16 bytes per candidate.</param>
    public void EncryptCandidates(Vector128<uint> field, ReadOnlySpan<int> candidates, Span<byte> blocks)
    {
        blocks = blocks[..(candidates.Length * AesBlocks.BlockSize)];
        PrfBlocks.Fill(field, blocks);
        PrfBlocks.SetCounters(candidates, laneShift, blocks);
        prf.Encrypt(blocks);
    }

    /// <summary>Erases the keys.</summary>
    public void Dispose()
    {
        prf.Dispose();
        chain?.Dispose();
    }

    private ReadOnlySpan<int> Column(NGramRows rows, int index) => index < contextWidth ? rows.Column(index) : default;
}
