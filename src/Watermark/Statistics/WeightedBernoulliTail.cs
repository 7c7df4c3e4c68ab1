using System.Numerics;

namespace Watermark.Statistics;

/// <summary>
/// The tail of a weighted green count Σ w_i·B_i with independent B_i ~ Bernoulli(gamma) and whole weights. H0 is
/// <em>the scored tokens are independent of the key</em>; weights must not depend on the key's bits.
/// </summary>
/// <remarks>
/// The sum is tilted exponentially so that its mean lies at the total, P(T ≥ t) = e^(K(θ)−θt)·Σ_{j≥0} P_θ(T = t+j)·e^(−θj), and
/// the tilted probabilities come, in this order, from a recursion over rows (positive terms only) while rows × sum of
/// weights stays below 2^25; from a discrete Fourier sum over a window outside which Bernstein's inequality leaves less than
/// e^−45, if its own error estimate is below 1e-10; both exact to 1e-9 + 1e-14·|ln p|. Otherwise the result is Chernoff's
/// bound e^(K(θ)−θt), which holds always, with the saddle-point value beside it.
/// </remarks>
public static class WeightedBernoulliTail
{
    private const long RecursionBudget = 1L << 25;

    /// <summary>ln P(T ≥ <paramref name="total"/>).</summary>
    /// <param name="classes">The rows by weight, in any order; the weights must add up to at most 2^53.</param>
    /// <param name="total">t, at most the sum of all weights; 0 or less gives 0.</param>
    /// <param name="gamma">The probability of a one, strictly between 0 and 1.</param>
    /// <returns>Finite and at most 0, with the method.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static WeightedTail LogUpperTail(ReadOnlySpan<WeightClass> classes, long total, Fraction gamma)
    {
        if (!gamma.IsProperProbability)
            throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "Gamma must lie strictly between 0 and 1.");
        WeightClass[] merged = Merge(classes, out long divisor, out long span);
        if (total > span * divisor)
            throw new ArgumentOutOfRangeException(nameof(total), total, $"The weights add up to {span * divisor} only.");
        if (total <= 0)
            return WeightedTail.Exact(0);
        long reduced = ((total - 1) / divisor) + 1;
        if (merged.Length == 1)
            return WeightedTail.Exact(BinomialTail.LogUpperTail(merged[0].Count, reduced, gamma));

        if (gamma.ExcessNumerator(span, reduced) > 0)
            return FarTail(merged, span, reduced, SuccessProbability.Of(gamma));
        WeightedTail complement = FarTail(merged, span, span - reduced + 1, SuccessProbability.Of(gamma).Complement());
        return complement.Method == TailMethod.Exact
            ? WeightedTail.Exact(NearOne.LogOneMinusExp(complement.LogP))
            : new WeightedTail(0, TailMethod.UpperBound, NearOne.LogOneMinusExp(complement.LogSaddlePoint));
    }

    private static WeightedTail FarTail(WeightClass[] classes, long span, long total, SuccessProbability p)
    {
        long rows = classes.Sum(item => item.Count);
        if (total > span - classes[0].Weight)
            return WeightedTail.Exact(rows * p.LogP);
        var tilted = TiltedBernoulliSum.At(classes, span, total, p);
        if ((double)rows * span <= RecursionBudget)
            return WeightedTail.Exact(Math.Log(tilted.SumByRecursion()) - tilted.Rate);
        return tilted.SumByFourier() is { } sum
            ? WeightedTail.Exact(Math.Log(sum) - tilted.Rate)
            : WeightedTail.Bound(tilted.Rate, -NearOne.ExpM1(-tilted.Tilt) * Math.Sqrt(tilted.Variance));
    }

    /// <summary>The classes by rising weight, each weight once, divided by their common divisor, without empty ones.</summary>
    private static WeightClass[] Merge(ReadOnlySpan<WeightClass> classes, out long divisor, out long span)
    {
        var counts = new SortedDictionary<int, long>();
        divisor = 0;
        Int128 sum = 0;
        foreach (WeightClass item in classes)
        {
            if (item.Weight < 1)
                throw new ArgumentOutOfRangeException(nameof(classes), item.Weight, "A weight is at least 1.");
            if (item.Count < 0)
                throw new ArgumentOutOfRangeException(nameof(classes), item.Count, "A count is at least 0.");
            if (item.Count == 0)
                continue;
            counts[item.Weight] = checked(counts.GetValueOrDefault(item.Weight) + item.Count);
            divisor = (long)BigInteger.GreatestCommonDivisor(divisor, item.Weight);
            sum += (Int128)item.Weight * item.Count;
        }

        if (sum > 1L << 53)
            throw new ArgumentOutOfRangeException(nameof(classes), sum, "The weights must add up to at most 2^53.");
        divisor = Math.Max(1, divisor);
        long scale = divisor;
        span = (long)sum / divisor;
        return [.. counts.Select(item => new WeightClass((int)(item.Key / scale), item.Value))];
    }
}
