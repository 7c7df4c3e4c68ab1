using System.Numerics;

namespace Watermark.Statistics;

/// <summary>Rows that share a whole weight.</summary>
/// <param name="Weight">The weight, not 0. A row of negative weight counts against the key when its token is green.</param>
/// <param name="Count">Rows that have it, 0 or more.</param>
public readonly record struct WeightClass(int Weight, long Count);

/// <summary>
/// The tail of a weighted green count Σ w_i·B_i with independent B_i ~ Bernoulli(gamma) and whole weights of either sign: a
/// row of negative weight is evidence for the key when its token is <em>not</em> green. H0 is <em>the scored tokens are
/// independent of the key</em>; weights must not depend on the key's bits.
/// </summary>
/// <remarks>
/// A row of weight −w adds −w·B = w·(1 − B) − w, so the sum is one of positive weights whose ones have probability gamma or
/// 1 − gamma, shifted. It is tilted exponentially so that its mean lies at the total, P(T ≥ t) = e^(K(θ)−θt)·Σ_{j≥0} P_θ(T =
/// t+j)·e^(−θj), and the tilted probabilities come, in this order, from a recursion over rows (positive terms only) while
/// rows × sum of weights stays below 2^25; from a discrete Fourier sum over a window outside which Bernstein's inequality
/// leaves less than e^−45, if its own error estimate is below 1e-10; both exact to 1e-9 + 1e-14·|ln p|. Otherwise the result
/// is Chernoff's bound e^(K(θ)−θt), which always holds, and the saddle-point value is given beside it.
/// </remarks>
internal static class WeightedBernoulliTail
{
    private const long RecursionBudget = 1L << 25;

    /// <summary>ln P(T ≥ <paramref name="total"/>).</summary>
    /// <param name="classes">The rows by weight, in any order; the weights' sizes must add up to at most 2^53.</param>
    /// <param name="total">t, at most the sum of the positive weights; the sum of the negative ones or less gives 0.</param>
    /// <param name="gamma">The probability of a one, strictly between 0 and 1.</param>
    /// <returns>Finite and at most 0, with the method.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static WeightedTail LogUpperTail(ReadOnlySpan<WeightClass> classes, long total, Fraction gamma)
    {
        if (!gamma.IsProperProbability)
            throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "Gamma must lie strictly between 0 and 1.");
        SortedDictionary<int, long> counts = Count(classes, out long positive, out long negative);
        if (total > positive)
            throw new ArgumentOutOfRangeException(nameof(total), total, $"The positive weights add up to {positive} only.");
        if (total <= -negative)
            return WeightedTail.Exact(0);
        long divisor = counts.Keys.Aggregate(0L, (common, weight) => (long)BigInteger.GreatestCommonDivisor(common, weight));
        long span = (positive + negative) / divisor;
        long reduced = ((total + negative - 1) / divisor) + 1;
        if (counts.Count == 1)
            return WeightedTail.Exact(BinomialTail.LogUpperTail(counts.Values.First(), reduced, negative == 0 ? gamma : gamma.Complement()));

        TiltClass[] shifted = Shift(counts, divisor, SuccessProbability.Of(gamma));
        if (gamma.ExcessNumerator(positive - negative, total) > 0)
            return FarTail(shifted, span, reduced);
        WeightedTail complement = FarTail(Array.ConvertAll(shifted, item => item.Complement()), span, span - reduced + 1);
        return complement.Method == TailMethod.Exact
            ? WeightedTail.Exact(NearOne.LogOneMinusExp(complement.LogP))
            : new WeightedTail(0, TailMethod.UpperBound, NearOne.LogOneMinusExp(complement.LogSaddlePoint));
    }

    /// <summary>The classes with each weight once, by rising weight, without empty ones.</summary>
    internal static WeightClass[] Merge(ReadOnlySpan<WeightClass> classes) =>
        [.. Count(classes, out _, out _).Select(item => new WeightClass(item.Key, item.Value))];

    private static WeightedTail FarTail(TiltClass[] classes, long span, long total)
    {
        if (total > span - classes[0].Weight)
            return WeightedTail.Exact(classes.Sum(item => item.Count * item.P.LogP));
        long rows = classes.Sum(item => item.Count);
        var tilted = TiltedBernoulliSum.At(classes, span, total);
        if ((double)rows * span <= RecursionBudget)
            return WeightedTail.Exact(Math.Log(tilted.SumByRecursion()) - tilted.Rate);
        return tilted.SumByFourier() is { } sum
            ? WeightedTail.Exact(Math.Log(sum) - tilted.Rate)
            : WeightedTail.Bound(tilted.Rate, -NearOne.ExpM1(-tilted.Tilt) * Math.Sqrt(tilted.Variance));
    }

    /// <summary>The rows of each weight, without empty classes, and the sums of the weights' sizes.</summary>
    private static SortedDictionary<int, long> Count(ReadOnlySpan<WeightClass> classes, out long positive, out long negative)
    {
        var counts = new SortedDictionary<int, long>();
        Int128 above = 0;
        Int128 below = 0;
        foreach (WeightClass item in classes)
        {
            if (item.Weight is 0 or int.MinValue)
                throw new ArgumentOutOfRangeException(nameof(classes), item.Weight, "A weight is not 0, and its size is at most 2^31 - 1.");
            if (item.Count < 0)
                throw new ArgumentOutOfRangeException(nameof(classes), item.Count, "A count is at least 0.");
            if (item.Count == 0)
                continue;
            counts[item.Weight] = checked(counts.GetValueOrDefault(item.Weight) + item.Count);
            above += Math.Max(0, item.Weight) * (Int128)item.Count;
            below += Math.Max(0, -item.Weight) * (Int128)item.Count;
        }

        if (above + below > 1L << 53)
            throw new ArgumentOutOfRangeException(nameof(classes), above + below, "The sizes of the weights must add up to at most 2^53.");
        (positive, negative) = ((long)above, (long)below);
        return counts;
    }

    /// <summary>The same rows with positive weights, by rising weight and divided by the common divisor.</summary>
    private static TiltClass[] Shift(SortedDictionary<int, long> counts, long divisor, SuccessProbability gamma) =>
    [
        .. counts
            .Select(item => new TiltClass((int)(Math.Abs(item.Key) / divisor), item.Value, item.Key > 0 ? gamma : gamma.Complement()))
            .OrderBy(item => item.Weight),
    ];
}
