using System.Numerics;
using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Schemes.SynthId;

/// <summary>
/// The table of coin flips of transformers' SynthID: PyTorch's <c>randint(0, 2, (size,))</c> on a CPU after
/// <c>manual_seed(seed)</c>. A table drawn on a GPU is different. Without the layers' keys a table says nothing about a
/// text, so it stays in memory when the keys are erased.
/// </summary>
internal sealed class CoinTable
{
    private static CoinTable? last;

    private readonly ulong seed;
    private readonly ulong[] words;

    private CoinTable(ulong seed, ulong[] words, int size, long ones) =>
        (this.seed, this.words, Size, Ones) = (seed, words, size, ones);

    /// <summary>Entries.</summary>
    public int Size { get; }

    /// <summary>Entries that are 1.</summary>
    public long Ones { get; }

    /// <summary>The share of ones.</summary>
    /// <exception cref="InvalidOperationException">Every entry is the same: such a table marks nothing.</exception>
    public Fraction OnesFraction => Ones > 0 && Ones < Size
        ? new Fraction(Ones, Size)
        : throw new InvalidOperationException("Every entry of the sampling table is the same: such a table marks nothing.");

    /// <summary>The table of a seed. The last one is kept: a thousand random keys and every verdict use the same.</summary>
    /// <param name="seed">The seed; PyTorch keeps its low 32 bits.</param>
    /// <param name="size">Entries.</param>
    public static CoinTable Of(ulong seed, int size)
    {
        CoinTable? table = Volatile.Read(ref last);
        if (table is null || table.seed != seed || table.Size != size)
            Volatile.Write(ref last, table = Draw(seed, size));
        return table;
    }

    /// <summary>The coin at a hash modulo the size (floor modulus of the signed hash).</summary>
    /// <param name="hash">The hash.</param>
    public ulong Coin(ulong hash)
    {
        long index = (long)hash % Size;
        if (index < 0)
            index += Size;
        return words[index >> 6] >> (int)(index & 63) & 1;
    }

    /// <summary>The coin at a hash modulo a size that is a power of two.</summary>
    /// <param name="hash">The hash.</param>
    /// <param name="mask">Size − 1.</param>
    public ulong MaskedCoin(ulong hash, ulong mask)
    {
        ulong index = hash & mask;
        return words[index >> 6] >> (int)(index & 63) & 1;
    }

    private static CoinTable Draw(ulong seed, int size)
    {
        using var generator = new MersenneTwister(TorchRandom.EffectiveSeed(seed));
        var words = new ulong[(size + 63) / 64];
        Span<int> coin = stackalloc int[1];
        for (int i = 0; i < size; i++)
        {
            TorchRandom.Integers(generator, 2, coin);
            words[i >> 6] |= (ulong)coin[0] << (i & 63);
        }

        return new CoinTable(seed, words, size, words.Sum(word => (long)BitOperations.PopCount(word)));
    }
}
