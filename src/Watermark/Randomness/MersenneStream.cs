using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Watermark.Randomness;

/// <summary>
/// One Mersenne Twister, many words at a time: a new word depends on words at least 227 places before it, so a vector
/// of neighbours is regenerated at once. The words are those of <see cref="MersenneTwister.Next"/>.
/// </summary>
internal static class MersenneStream
{
    /// <summary>The first words after seeding.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="words">Filled with words.</param>
    public static void Fill(uint seed, Span<uint> words)
    {
        if (Vector512.IsHardwareAccelerated)
            Fill<Lanes512, Vector512<uint>>(seed, words);
        else if (Vector256.IsHardwareAccelerated)
            Fill<Lanes256, Vector256<uint>>(seed, words);
        else
            Fill<Lanes128, Vector128<uint>>(seed, words);
    }

    /// <summary>The partners of the first steps of a shuffle: i + word mod (n − i).</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="count">n, the number of items shuffled, at least 2.</param>
    /// <param name="partners">Filled; at most n − 1 long.</param>
    public static void FillPartners(uint seed, int count, Span<uint> partners)
    {
        if (Vector512.IsHardwareAccelerated)
            FillPartners<Lanes512, Vector512<uint>>(seed, count, partners);
        else if (Vector256.IsHardwareAccelerated)
            FillPartners<Lanes256, Vector256<uint>>(seed, count, partners);
        else
            FillPartners<Lanes128, Vector128<uint>>(seed, count, partners);
    }

    /// <summary>The form of <see cref="Fill(uint, Span{uint})"/> for one vector width.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Fill<TLanes, TVector>(uint seed, Span<uint> words)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        Span<uint> state = stackalloc uint[MersenneTwister.StateLength + 1];
        Seed(seed, state);
        ref uint source = ref MemoryMarshal.GetReference(state);
        while (!words.IsEmpty)
        {
            Regenerate<TLanes, TVector>(state);
            int length = Math.Min(words.Length, MersenneTwister.StateLength);
            ref uint destination = ref MemoryMarshal.GetReference(words);
            int k = 0;
            for (; k <= length - TLanes.Count; k += TLanes.Count)
                TLanes.Store(MersenneLanes<TLanes, TVector>.Temper(TLanes.Load(ref source, (nuint)k)), ref destination, (nuint)k);
            for (; k < length; k++)
                words[k] = MersenneTwister.Temper(state[k]);
            words = words[length..];
        }

        state.Clear();
    }

    /// <summary>The form of <see cref="FillPartners(uint, int, Span{uint})"/> for one vector width.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void FillPartners<TLanes, TVector>(uint seed, int count, Span<uint> partners)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(partners.Length, count);
        Span<uint> state = stackalloc uint[MersenneTwister.StateLength + 1];
        Span<uint> ramp = stackalloc uint[TLanes.Count];
        for (int i = 0; i < ramp.Length; i++)
            ramp[i] = (uint)i;
        Seed(seed, state);
        ref uint source = ref MemoryMarshal.GetReference(state);
        ReadOnlySpan<uint> table = PermutationDivisors.For(count);
        TVector step = TLanes.Load(ref MemoryMarshal.GetReference(ramp), 0);
        TVector total = TLanes.Broadcast((uint)count);
        int done = 0;
        while (done < partners.Length)
        {
            Regenerate<TLanes, TVector>(state);
            int length = Math.Min(partners.Length - done, MersenneTwister.StateLength);
            ref uint destination = ref Unsafe.Add(ref MemoryMarshal.GetReference(partners), done);
            ref uint reciprocals = ref Unsafe.Add(ref MemoryMarshal.GetReference(table), done);
            int k = 0;
            for (; k <= length - TLanes.Count; k += TLanes.Count)
            {
                TVector index = TLanes.Add(step, TLanes.Broadcast((uint)(done + k)));
                TVector word = MersenneLanes<TLanes, TVector>.Temper(TLanes.Load(ref source, (nuint)k));
                TVector z = MersenneLanes<TLanes, TVector>.Remainder(word, TLanes.Subtract(total, index), TLanes.Load(ref reciprocals, (nuint)k));
                TLanes.Store(TLanes.Add(index, z), ref destination, (nuint)k);
            }

            for (; k < length; k++)
                partners[done + k] = (uint)(done + k) + (MersenneTwister.Temper(state[k]) % (uint)(count - done - k));
            done += length;
        }

        state.Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Seed(uint seed, Span<uint> state)
    {
        uint word = seed;
        state[0] = word;
        for (int k = 1; k < MersenneTwister.StateLength; k++)
        {
            word = (MersenneTwister.SeedMultiplier * (word ^ (word >> 30))) + (uint)k;
            state[k] = word;
        }
    }

    private static void Regenerate<TLanes, TVector>(Span<uint> state)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        const int Ahead = MersenneTwister.StateLength - MersenneTwister.Shift;
        Regenerate<TLanes, TVector>(state, 0, Ahead, MersenneTwister.Shift);
        state[MersenneTwister.StateLength] = state[0];
        Regenerate<TLanes, TVector>(state, Ahead, MersenneTwister.StateLength, -Ahead);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Regenerate<TLanes, TVector>(Span<uint> state, int start, int end, int far)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        ref uint words = ref MemoryMarshal.GetReference(state);
        int k = start;
        for (; k <= end - TLanes.Count; k += TLanes.Count)
        {
            TVector word = MersenneLanes<TLanes, TVector>.Twist(
                TLanes.Load(ref words, (nuint)k), TLanes.Load(ref words, (nuint)(k + 1)), TLanes.Load(ref words, (nuint)(k + far)));
            TLanes.Store(word, ref words, (nuint)k);
        }

        for (; k < end; k++)
            state[k] = MersenneTwister.Twist(state[k], state[k + 1], state[k + far]);
    }
}
