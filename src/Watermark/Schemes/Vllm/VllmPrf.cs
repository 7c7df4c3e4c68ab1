using Watermark.NGrams;
using Watermark.Randomness;

namespace Watermark.Schemes.Vllm;

/// <summary>
/// vLLM's <c>philox4x32-10-v1</c>: a chain of Philox blocks over the context, then one over the token. Not cryptographic:
/// Philox does not protect its key from being recovered. Bit-exact.
/// </summary>
/// <remarks>
/// State (0x574D4358, h, 0, 0). Per four context words, missing ones 0xFFFFFFFF − index:
/// <c>state ← philox(state xor words, (k₀ xor offset, k₁))</c>. Then
/// <c>philox((v &gt;&gt; 2, state₀, state₁, state₂), (k₀ xor state₃ xor streamHigh, k₁ xor 0x574D544B xor streamLow))</c>,
/// word v mod 4.
/// </remarks>
internal readonly struct VllmPrf
{
    private const uint ContextDomain = 0x574D4358;
    private const uint TokenDomain = 0x574D544B;
    private const int BlockWords = 4;

    private readonly uint key0;
    private readonly uint key1;

    /// <summary>Keys the function.</summary>
    /// <param name="key">The 64-bit key.</param>
    public VllmPrf(ulong key) => (key0, key1) = ((uint)key, (uint)(key >> 32));

    /// <summary>The state after a context.</summary>
    /// <param name="context">The tokens, oldest first; −1 before the text.</param>
    public (uint X0, uint X1, uint X2, uint X3) State(ReadOnlySpan<int> context)
    {
        (uint X0, uint X1, uint X2, uint X3) state = (ContextDomain, (uint)context.Length, 0, 0);
        for (int offset = 0; offset < context.Length; offset += BlockWords)
        {
            state.X0 ^= Word(context, offset, 0);
            state.X1 ^= Word(context, offset, 1);
            state.X2 ^= Word(context, offset, 2);
            state.X3 ^= Word(context, offset, 3);
            state = Philox4x32.Block(state, key0 ^ (uint)offset, key1);
        }

        return state;
    }

    /// <summary>The words of tokens after one context.</summary>
    /// <param name="state">The context's state.</param>
    /// <param name="tokens">The tokens, at most <see cref="VllmBlocks.Rows"/>.</param>
    /// <param name="words">One word per token.</param>
    /// <param name="stream">An independent stream of the same key; vLLM's detectors use 0.</param>
    public void Words((uint X0, uint X1, uint X2, uint X3) state, ReadOnlySpan<int> tokens, Span<uint> words, ulong stream = 0)
    {
        var blocks = new VllmBlocks(stackalloc uint[VllmBlocks.Size], tokens.Length);
        for (int i = 0; i < tokens.Length; i++)
            blocks.X0[i] = (uint)tokens[i] >> 2;
        blocks.X1.Fill(state.X0);
        blocks.X2.Fill(state.X1);
        blocks.X3.Fill(state.X2);
        blocks.Key0.Fill(key0 ^ state.X3 ^ (uint)(stream >> 32));
        blocks.Key1.Fill(key1 ^ TokenDomain ^ (uint)stream);
        blocks.Encrypt();
        blocks.Select(tokens, words);
    }

    /// <summary>The words of rows.</summary>
    /// <param name="rows">The rows, at most <see cref="VllmBlocks.Rows"/>.</param>
    /// <param name="words">One word per row.</param>
    public void Words(NGramRows rows, Span<uint> words)
    {
        var blocks = new VllmBlocks(stackalloc uint[VllmBlocks.Size], rows.Count);
        blocks.X0.Fill(ContextDomain);
        blocks.X1.Fill((uint)rows.ContextWidth);
        blocks.X2.Clear();
        blocks.X3.Clear();
        for (int offset = 0; offset < rows.ContextWidth; offset += BlockWords)
        {
            Absorb(rows, offset, 0, blocks.X0);
            Absorb(rows, offset, 1, blocks.X1);
            Absorb(rows, offset, 2, blocks.X2);
            Absorb(rows, offset, 3, blocks.X3);
            blocks.Key0.Fill(key0 ^ (uint)offset);
            blocks.Key1.Fill(key1);
            blocks.Encrypt();
        }

        ReadOnlySpan<int> tokens = rows.Tokens;
        for (int i = 0; i < tokens.Length; i++)
        {
            blocks.Key0[i] = key0 ^ blocks.X3[i];
            (blocks.X1[i], blocks.X2[i], blocks.X3[i]) = (blocks.X0[i], blocks.X1[i], blocks.X2[i]);
            blocks.X0[i] = (uint)tokens[i] >> 2;
        }

        blocks.Key1.Fill(key1 ^ TokenDomain);
        blocks.Encrypt();
        blocks.Select(tokens, words);
    }

    private static uint Word(ReadOnlySpan<int> context, int offset, int index) =>
        offset + index < context.Length ? (uint)context[offset + index] : uint.MaxValue - (uint)index;

    private static void Absorb(NGramRows rows, int offset, int index, Span<uint> words)
    {
        if (offset + index >= rows.ContextWidth)
        {
            foreach (ref uint word in words)
                word ^= uint.MaxValue - (uint)index;
            return;
        }

        ReadOnlySpan<int> column = rows.Column(offset + index);
        for (int i = 0; i < words.Length; i++)
            words[i] ^= (uint)column[i];
    }
}

/// <summary>Philox blocks of up to 256 rows, word by word, on a caller's buffer.</summary>
internal readonly ref struct VllmBlocks
{
    /// <summary>The most rows.</summary>
    public const int Rows = 256;

    /// <summary>Length of the buffer.</summary>
    public const int Size = 6 * Rows;

    /// <summary>Lays the words out.</summary>
    /// <param name="buffer">At least <see cref="Size"/> words.</param>
    /// <param name="count">The number of rows, at most <see cref="Rows"/>.</param>
    public VllmBlocks(Span<uint> buffer, int count)
    {
        X0 = buffer.Slice(0, count);
        X1 = buffer.Slice(Rows, count);
        X2 = buffer.Slice(2 * Rows, count);
        X3 = buffer.Slice(3 * Rows, count);
        Key0 = buffer.Slice(4 * Rows, count);
        Key1 = buffer.Slice(5 * Rows, count);
    }

    /// <summary>First words: counters, then output.</summary>
    public Span<uint> X0 { get; }

    /// <summary>Second words.</summary>
    public Span<uint> X1 { get; }

    /// <summary>Third words.</summary>
    public Span<uint> X2 { get; }

    /// <summary>Fourth words.</summary>
    public Span<uint> X3 { get; }

    /// <summary>First key words.</summary>
    public Span<uint> Key0 { get; }

    /// <summary>Second key words.</summary>
    public Span<uint> Key1 { get; }

    /// <summary>Runs Philox over every row.</summary>
    public void Encrypt() => Philox4x32Blocks.Encrypt(X0, X1, X2, X3, Key0, Key1);

    /// <summary>Takes word v mod 4 of each row's block.</summary>
    /// <param name="tokens">v, one per row.</param>
    /// <param name="words">One word per row.</param>
    public void Select(ReadOnlySpan<int> tokens, Span<uint> words)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            words[i] = (tokens[i] & 3) switch
            {
                0 => X0[i],
                1 => X1[i],
                2 => X2[i],
                _ => X3[i],
            };
        }
    }
}
