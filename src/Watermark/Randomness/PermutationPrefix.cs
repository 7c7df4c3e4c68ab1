using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Watermark.Randomness;

/// <summary>
/// The first places of <see cref="TorchRandom.Permutation"/> without the permutation: which items end there.
/// </summary>
internal static class PermutationPrefix
{
    /// <summary>
    /// Whether an item ends among the first places, by following its place; the scalar form of
    /// <see cref="PermutationLanes{TLanes,TVector}"/>.
    /// </summary>
    /// <param name="generator">The generator, seeded.</param>
    /// <param name="item">The item.</param>
    /// <param name="count">n, the number of items shuffled.</param>
    /// <param name="prefix">The number of first places, 0 … n−1.</param>
    public static bool Contains(MersenneTwister generator, int item, int count, int prefix)
    {
        int place = item;
        for (int i = 0; i < prefix; i++)
        {
            int other = i + (int)(generator.Next() % (uint)(count - i));
            if (place == other)
                return true;
            if (place == i)
                place = other;
        }

        return false;
    }

    /// <summary>
    /// All items that end among the first places. The swaps are undone, last one first, on the colours of the places instead
    /// of on the items: in the end the first places are green; undoing the swap of i and t gives i the colour of t, and t
    /// the colour of i, which is green because i was final. What remains are the colours of the items.
    /// </summary>
    /// <param name="seed">The seed of the generator.</param>
    /// <param name="prefix">The number of first places, 1 … n−1.</param>
    /// <param name="green">One byte per item, n its length: set to 255 for the items among the first places, else to 0.</param>
    /// <param name="scratch">At least <paramref name="prefix"/> long.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mark(uint seed, int prefix, Span<byte> green, Span<uint> scratch)
    {
        Span<uint> partners = scratch[..prefix];
        MersenneStream.FillPartners(seed, green.Length, partners);
        green[..prefix].Fill(byte.MaxValue);
        green[prefix..].Clear();
        ref byte colours = ref MemoryMarshal.GetReference(green);
        for (int i = prefix - 1; i >= 0; i--)
        {
            // A partner lies in i … n−1 by construction.
            ref byte other = ref Unsafe.Add(ref colours, partners[i]);
            Unsafe.Add(ref colours, i) = other;
            other = byte.MaxValue;
        }
    }
}
