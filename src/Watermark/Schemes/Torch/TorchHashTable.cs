using System.Buffers;
using Watermark.Randomness;

namespace Watermark.Schemes.Torch;

/// <summary>
/// The table hash of KGW and Hugging Face: H(x) = table[x mod 1000003] + 1, the table a permutation drawn by PyTorch's
/// generator. H is from 1 to 1000003, and has only the collisions that 1000003 places make unavoidable.
/// </summary>
internal sealed class TorchHashTable
{
    private const int Size = 1_000_003;

    // fib(47), as lm-watermarking has it.
    private const uint SharedSeed = 2_971_215_073;

    private static readonly Lazy<TorchHashTable> LazyShared = new(() => new TorchHashTable(SharedSeed));

    private readonly int[] table = new int[Size];

    /// <summary>Makes the table.</summary>
    /// <param name="seed">The seed of the generator.</param>
    public TorchHashTable(uint seed)
    {
        uint[] buffer = ArrayPool<uint>.Shared.Rent(Size - 1);
        Span<uint> partners = buffer.AsSpan(0, Size - 1);
        MersenneStream.FillPartners(seed, Size, partners);
        for (int i = 0; i < Size; i++)
            table[i] = i;
        for (int i = 0; i < partners.Length; i++)
        {
            ref int other = ref table[partners[i]];
            (table[i], other) = (other, table[i]);
        }

        ArrayPool<uint>.Shared.Return(buffer, clearArray: true);
    }

    /// <summary>The table of lm-watermarking, the same for every key; made at the first use.</summary>
    public static TorchHashTable Shared => LazyShared.Value;

    /// <summary>H(x), with a modulus that is never negative.</summary>
    public long Hash(long x)
    {
        long place = x % Size;
        return table[place < 0 ? place + Size : place] + 1;
    }

    /// <summary>Erases the table.</summary>
    public void Erase() => Array.Clear(table);
}
