using Watermark.Randomness;

namespace Watermark.Schemes.Vllm;

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
    /// <param name="tokens">v, one a row.</param>
    /// <param name="words">One word a row.</param>
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
