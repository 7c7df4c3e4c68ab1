using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Watermark.Randomness;

/// <summary>
/// One word of one generator per lane, at any place of its sequence: the state is regenerated up to the block that holds it,
/// and only the wanted words are tempered. The scalar form draws the words before it and discards them.
/// </summary>
/// <typeparam name="TLanes">The vector operations.</typeparam>
/// <typeparam name="TVector">The vector type.</typeparam>
internal static class UniformLanes<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>Draws the word at an index, one per lane. Fastest where the indices are close to each other.</summary>
    /// <param name="state">Scratch, at least <see cref="MersenneLanes{TLanes,TVector}.StateLength"/> long.</param>
    /// <param name="seeds">One seed per lane.</param>
    /// <param name="indices">One index per lane, 0 for the first word after seeding.</param>
    /// <param name="words">Set to one word per lane.</param>
    public static void WordsAt(Span<uint> state, Span<uint> seeds, ReadOnlySpan<int> indices, Span<uint> words)
    {
        int lanes = TLanes.Count;
        ArgumentOutOfRangeException.ThrowIfLessThan(state.Length, MersenneLanes<TLanes, TVector>.StateLength, nameof(state));
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds.Length, lanes, nameof(seeds));
        indices = indices[..lanes];
        int last = 0;
        foreach (int index in indices)
            last = Math.Max(last, index);
        MersenneLanes<TLanes, TVector>.Seed(ref MemoryMarshal.GetReference(state), ref MemoryMarshal.GetReference(seeds));
        for (int start = 0; start <= last; start += MersenneTwister.StateLength)
        {
            Regenerate(state, Math.Min(MersenneTwister.StateLength, last - start + 1));
            for (int lane = 0; lane < lanes; lane++)
            {
                int offset = indices[lane] - start;
                if ((uint)offset < MersenneTwister.StateLength)
                    words[lane] = MersenneTwister.Temper(state[(offset * lanes) + lane]);
            }
        }
    }

    private static void Regenerate(Span<uint> state, int count)
    {
        const int Ahead = MersenneTwister.StateLength - MersenneTwister.Shift;
        Regenerate(state, 0, Math.Min(count, Ahead), MersenneTwister.Shift);
        ref uint words = ref MemoryMarshal.GetReference(state);
        TLanes.Store(TLanes.Load(ref words, 0), ref words, (nuint)(MersenneTwister.StateLength * TLanes.Count));
        Regenerate(state, Ahead, count, -Ahead);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Regenerate(Span<uint> state, int start, int end, int far)
    {
        ref uint words = ref MemoryMarshal.GetReference(state);
        nint distance = far * TLanes.Count;
        nint width = TLanes.Count;
        nint stop = end * width;
        TVector current = TLanes.Load(ref words, (nuint)(start * width));
        for (nint at = start * width; at < stop; at += width)
        {
            TVector next = TLanes.Load(ref words, (nuint)(at + width));
            TVector word = MersenneLanes<TLanes, TVector>.Twist(current, next, TLanes.Load(ref words, (nuint)(at + distance)));
            current = next;
            TLanes.Store(word, ref words, (nuint)at);
        }
    }
}
