using System.Runtime.CompilerServices;

namespace Watermark.Randomness;

/// <summary>
/// Independent Mersenne Twisters side by side, one per lane: word k of the generator in lane j lies at
/// <c>state[k·lanes + j]</c>. The steps are those of <see cref="MersenneTwister"/>, each on all lanes at once.
/// </summary>
/// <typeparam name="TLanes">The vector operations.</typeparam>
/// <typeparam name="TVector">The vector type.</typeparam>
internal static class MersenneLanes<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>
    /// Length of a state: one word per lane more than the generator has. The first word is repeated after the last, so that
    /// no index wraps.
    /// </summary>
    public static int StateLength => (MersenneTwister.StateLength + 1) * TLanes.Count;

    /// <summary>Fills the state from one seed per lane (<c>init_genrand</c>).</summary>
    /// <param name="state">The state, at least <see cref="StateLength"/> long.</param>
    /// <param name="seeds">One seed per lane.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Seed(ref uint state, ref uint seeds)
    {
        TVector multiplier = TLanes.Broadcast(MersenneTwister.SeedMultiplier);
        TVector one = TLanes.Broadcast(1);
        TVector index = one;
        TVector word = TLanes.Load(ref seeds, 0);
        TLanes.Store(word, ref state, 0);
        for (nuint k = 1; k < MersenneTwister.StateLength; k++)
        {
            word = TLanes.Xor(word, TLanes.ShiftRight(word, 30));
            word = TLanes.Add(TLanes.MultiplyLow(word, multiplier), index);
            TLanes.Store(word, ref state, k * (nuint)TLanes.Count);
            index = TLanes.Add(index, one);
        }
    }

    /// <summary>The state word 624 places after <paramref name="current"/>.</summary>
    /// <param name="current">Word k.</param>
    /// <param name="next">Word k + 1.</param>
    /// <param name="far">Word k + 397.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Twist(TVector current, TVector next, TVector far)
    {
        TVector mixed = TLanes.Or(
            TLanes.And(current, TLanes.Broadcast(0x80000000)),
            TLanes.And(next, TLanes.Broadcast(0x7FFFFFFF)));
        TVector matrix = TLanes.MultiplyLow(TLanes.And(next, TLanes.Broadcast(1)), TLanes.Broadcast(MersenneTwister.Matrix));
        return TLanes.Xor(TLanes.Xor(far, matrix), TLanes.ShiftRight(mixed, 1));
    }

    /// <summary>The output function.</summary>
    /// <param name="word">A word of state.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Temper(TVector word)
    {
        word = TLanes.Xor(word, TLanes.ShiftRight(word, 11));
        word = TLanes.Xor(word, TLanes.And(TLanes.ShiftLeft(word, 7), TLanes.Broadcast(MersenneTwister.TemperB)));
        word = TLanes.Xor(word, TLanes.And(TLanes.ShiftLeft(word, 15), TLanes.Broadcast(MersenneTwister.TemperC)));
        return TLanes.Xor(word, TLanes.ShiftRight(word, 18));
    }

    /// <summary>
    /// Words modulo a divisor m, exactly. With M = ⌊2^32/m⌋ the quotient ⌊x·M/2^32⌋ is right or one too small, so the
    /// remainder is below 2m, and one conditional
    /// subtraction ends it: x/m − 1 &lt; x·M/2^32 ≤ x/m because M falls short of 2^32/m by less than one.
    /// </summary>
    /// <param name="words">x.</param>
    /// <param name="divisors">m, from 2 to 2^31 − 1.</param>
    /// <param name="reciprocals">⌊2^32/m⌋.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Remainder(TVector words, TVector divisors, TVector reciprocals) =>
        Reduce(words, TLanes.MultiplyHigh(words, reciprocals), divisors);

    /// <summary>Words modulo one divisor, exactly; see the other overload.</summary>
    /// <param name="words">x.</param>
    /// <param name="divisors">m.</param>
    /// <param name="reciprocals">⌊2^32/m⌋.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector RemainderUniform(TVector words, TVector divisors, TVector reciprocals) =>
        Reduce(words, TLanes.MultiplyHighUniform(words, reciprocals), divisors);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Reduce(TVector words, TVector quotients, TVector divisors)
    {
        TVector remainders = TLanes.Subtract(words, TLanes.MultiplyLow(quotients, divisors));
        // Below m the subtraction wraps to a huge number, so the minimum picks the right one.
        return TLanes.Min(remainders, TLanes.Subtract(remainders, divisors));
    }
}
