using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Watermark.Randomness;

/// <summary>
/// Tells, for one shuffle per lane, whether given items end among the first places, without making the permutation: it
/// follows the item's place. It starts at p = v; at step i the shuffle swaps the places i and i + z. If p = i + z the item
/// ends at i, among the first; if p = i it moves to i + z. The scalar form is <see cref="PermutationPrefix.Contains"/>.
/// </summary>
/// <typeparam name="TLanes">The vector operations.</typeparam>
/// <typeparam name="TVector">The vector type.</typeparam>
internal static class PermutationLanes<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int Ahead = MersenneTwister.StateLength - MersenneTwister.Shift;

    /// <summary>Follows one item per lane.</summary>
    /// <param name="state">Scratch, at least <see cref="MersenneLanes{TLanes,TVector}.StateLength"/> long.</param>
    /// <param name="seeds">One seed per lane.</param>
    /// <param name="items">One item per lane; values outside 0 … n−1 are never among the first. Overwritten.</param>
    /// <param name="count">n, the number of items shuffled.</param>
    /// <param name="prefix">The number of first places, 1 … n−1.</param>
    /// <param name="hits">Set to all ones for the lanes whose item is among them, else to zero.</param>
    public static void FollowOne(Span<uint> state, Span<uint> seeds, Span<uint> items, int count, int prefix, Span<uint> hits)
    {
        CheckLengths(state, seeds, items, hits, 1);
        ref uint words = ref MemoryMarshal.GetReference(state);
        ref uint places = ref MemoryMarshal.GetReference(items);
        ref uint answers = ref MemoryMarshal.GetReference(hits);
        ref uint reciprocals = ref MemoryMarshal.GetArrayDataReference(PermutationDivisors.For(count));
        MersenneLanes<TLanes, TVector>.Seed(ref words, ref MemoryMarshal.GetReference(seeds));
        hits[..TLanes.Count].Clear();
        var steps = new Steps(prefix);
        while (steps.Next(ref words))
        {
            for (int done = 0; done < steps.Length;)
            {
                int still = StepsUntilMove(items, 1, steps.Length - done);
                if (still > 0)
                    RunOne<Still>(ref words, steps.Slice(done, still), ref reciprocals, (uint)count, ref places, ref answers);
                done += still;
                if (done < steps.Length)
                    RunOne<Moving>(ref words, steps.Slice(done++, 1), ref reciprocals, (uint)count, ref places, ref answers);
            }
        }
    }

    /// <summary>Follows four items a lane; the parameters are those of <see cref="FollowOne"/>.</summary>
    /// <param name="state">Scratch.</param>
    /// <param name="seeds">One seed per lane.</param>
    /// <param name="items">Four runs of one item per lane. Overwritten.</param>
    /// <param name="count">n.</param>
    /// <param name="prefix">The number of first places.</param>
    /// <param name="hits">Four runs of one answer per lane.</param>
    public static void FollowFour(Span<uint> state, Span<uint> seeds, Span<uint> items, int count, int prefix, Span<uint> hits)
    {
        CheckLengths(state, seeds, items, hits, 4);
        ref uint words = ref MemoryMarshal.GetReference(state);
        ref uint places = ref MemoryMarshal.GetReference(items);
        ref uint answers = ref MemoryMarshal.GetReference(hits);
        ref uint reciprocals = ref MemoryMarshal.GetArrayDataReference(PermutationDivisors.For(count));
        MersenneLanes<TLanes, TVector>.Seed(ref words, ref MemoryMarshal.GetReference(seeds));
        hits[..(4 * TLanes.Count)].Clear();
        var steps = new Steps(prefix);
        while (steps.Next(ref words))
        {
            for (int done = 0; done < steps.Length;)
            {
                int still = StepsUntilMove(items, 4, steps.Length - done);
                if (still > 0)
                    RunFour<Still>(ref words, steps.Slice(done, still), ref reciprocals, (uint)count, ref places, ref answers);
                done += still;
                if (done < steps.Length)
                    RunFour<Moving>(ref words, steps.Slice(done++, 1), ref reciprocals, (uint)count, ref places, ref answers);
            }
        }
    }

    // The runs are methods of their own: vectors that live across a call would be kept on the stack inside the loop.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void RunOne<TMove>(ref uint words, in Run run, ref uint reciprocals, uint count, ref uint places, ref uint hits)
        where TMove : struct, IMove
    {
        TVector one = TLanes.Broadcast(1);
        TVector divisor = TLanes.Broadcast(count - (uint)run.Step);
        reciprocals = ref Unsafe.Add(ref reciprocals, run.Step);
        TVector place = TLanes.Load(ref places, 0);
        TVector hit = TLanes.Load(ref hits, 0);
        nuint end = run.End;
        nint far = run.Far;
        TVector current = TLanes.Load(ref words, run.Start);
        for (nuint at = run.Start; at < end; at += (nuint)TLanes.Count)
        {
            TVector z = Draw(ref words, at, far, ref current, divisor, ref reciprocals);
            reciprocals = ref Unsafe.Add(ref reciprocals, 1);
            divisor = TLanes.Subtract(divisor, one);
            hit = TLanes.Or(hit, TLanes.AreEqual(place, z));
            place = TMove.Move(place, z, one);
        }

        TLanes.Store(place, ref places, 0);
        TLanes.Store(hit, ref hits, 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void RunFour<TMove>(ref uint words, in Run run, ref uint reciprocals, uint count, ref uint places, ref uint hits)
        where TMove : struct, IMove
    {
        nuint lanes = (nuint)TLanes.Count;
        TVector one = TLanes.Broadcast(1);
        TVector divisor = TLanes.Broadcast(count - (uint)run.Step);
        reciprocals = ref Unsafe.Add(ref reciprocals, run.Step);
        TVector place0 = TLanes.Load(ref places, 0);
        TVector place1 = TLanes.Load(ref places, lanes);
        TVector place2 = TLanes.Load(ref places, 2 * lanes);
        TVector place3 = TLanes.Load(ref places, 3 * lanes);
        TVector hit0 = TLanes.Load(ref hits, 0);
        TVector hit1 = TLanes.Load(ref hits, lanes);
        TVector hit2 = TLanes.Load(ref hits, 2 * lanes);
        TVector hit3 = TLanes.Load(ref hits, 3 * lanes);
        nuint end = run.End;
        nint far = run.Far;
        TVector current = TLanes.Load(ref words, run.Start);
        for (nuint at = run.Start; at < end; at += lanes)
        {
            TVector z = Draw(ref words, at, far, ref current, divisor, ref reciprocals);
            reciprocals = ref Unsafe.Add(ref reciprocals, 1);
            divisor = TLanes.Subtract(divisor, one);
            hit0 = TLanes.Or(hit0, TLanes.AreEqual(place0, z));
            hit1 = TLanes.Or(hit1, TLanes.AreEqual(place1, z));
            hit2 = TLanes.Or(hit2, TLanes.AreEqual(place2, z));
            hit3 = TLanes.Or(hit3, TLanes.AreEqual(place3, z));
            place0 = TMove.Move(place0, z, one);
            place1 = TMove.Move(place1, z, one);
            place2 = TMove.Move(place2, z, one);
            place3 = TMove.Move(place3, z, one);
        }

        TLanes.Store(place0, ref places, 0);
        TLanes.Store(place1, ref places, lanes);
        TLanes.Store(place2, ref places, 2 * lanes);
        TLanes.Store(place3, ref places, 3 * lanes);
        TLanes.Store(hit0, ref hits, 0);
        TLanes.Store(hit1, ref hits, lanes);
        TLanes.Store(hit2, ref hits, 2 * lanes);
        TLanes.Store(hit3, ref hits, 3 * lanes);
    }

    /// <summary>Regenerates the word at an offset in place and draws z = word mod (n − i) from it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Draw(ref uint words, nuint at, nint far, ref TVector current, TVector divisor, ref uint reciprocal)
    {
        TVector next = TLanes.Load(ref words, at + (nuint)TLanes.Count);
        TVector word = MersenneLanes<TLanes, TVector>.Twist(current, next, TLanes.Load(ref words, (nuint)((nint)at + far)));
        current = next;
        TLanes.Store(word, ref words, at);
        return MersenneLanes<TLanes, TVector>.RemainderUniform(MersenneLanes<TLanes, TVector>.Temper(word), divisor, TLanes.Broadcast(reciprocal));
    }

    /// <summary>The number of steps before the next one at which some item is moved: the smallest place.</summary>
    private static int StepsUntilMove(ReadOnlySpan<uint> places, int itemsPerLane, int limit)
    {
        uint smallest = (uint)limit;
        foreach (uint place in places[..(itemsPerLane * TLanes.Count)])
            smallest = Math.Min(smallest, place);
        return (int)smallest;
    }

    private static void CheckLengths(Span<uint> state, Span<uint> seeds, Span<uint> items, Span<uint> hits, int itemsPerLane)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(state.Length, MersenneLanes<TLanes, TVector>.StateLength, nameof(state));
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds.Length, TLanes.Count, nameof(seeds));
        ArgumentOutOfRangeException.ThrowIfLessThan(items.Length, itemsPerLane * TLanes.Count, nameof(items));
        ArgumentOutOfRangeException.ThrowIfLessThan(hits.Length, itemsPerLane * TLanes.Count, nameof(hits));
    }

    /// <summary>
    /// What a step does to places, which are kept relative to the step. Items are moved rarely, so most steps need no check.
    /// </summary>
    private interface IMove
    {
        static abstract TVector Move(TVector place, TVector z, TVector one);
    }

    /// <summary>A step at which no place is 0.</summary>
    private readonly struct Still : IMove
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Move(TVector place, TVector z, TVector one) => TLanes.Subtract(place, one);
    }

    /// <summary>A step at which the items at place 0 move to z.</summary>
    private readonly struct Moving : IMove
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Move(TVector place, TVector z, TVector one) =>
            TLanes.Subtract(TLanes.Or(place, TLanes.And(TLanes.AreEqual(place, TLanes.Broadcast(0)), z)), one);
    }

    /// <summary>Steps whose words have their far word at one distance.</summary>
    /// <param name="Step">The first step.</param>
    /// <param name="Start">Offset of its word.</param>
    /// <param name="End">Offset behind the last word.</param>
    /// <param name="Far">Distance from a word to its far word.</param>
    private readonly record struct Run(int Step, nuint Start, nuint End, nint Far);

    /// <summary>
    /// Cuts a number of draws into runs in which the distance to the far word does not change: 397 words ahead for the
    /// first 227 of a block of 624, then 227 words behind.
    /// </summary>
    private struct Steps(int draws)
    {
        private int remaining = draws;
        private int first;
        private bool second = true;

        /// <summary>The number of steps in the current run.</summary>
        public int Length { get; private set; }

        /// <summary>Part of the current run.</summary>
        public readonly Run Slice(int start, int length)
        {
            int word = (second ? Ahead : 0) + start;
            return new Run(
                first + start, (nuint)(word * TLanes.Count), (nuint)((word + length) * TLanes.Count), (second ? -Ahead : MersenneTwister.Shift) * TLanes.Count);
        }

        /// <summary>Goes to the next run; false behind the last.</summary>
        public bool Next(ref uint words)
        {
            first += Length;
            remaining -= Length;
            second = !second;
            Length = Math.Min(remaining, second ? MersenneTwister.Shift : Ahead);
            // The new first word stands behind the last one before that is regenerated.
            if (second)
                TLanes.Store(TLanes.Load(ref words, 0), ref words, (nuint)(MersenneTwister.StateLength * TLanes.Count));
            return remaining > 0;
        }
    }
}
