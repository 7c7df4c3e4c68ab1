namespace Watermark.Statistics;

/// <summary>
/// The number of marked items among some drawn without replacement: N items, K of them marked, n drawn. Given the total of two
/// independent binomial counts with the same probability, one of the counts has this distribution.
/// </summary>
/// <remarks>Terms are added in logarithms, each from its neighbour by a ratio of four integers: positive terms only, relative error below 1e-12 for up to 10^6 terms.</remarks>
public static class HypergeometricTail
{
    /// <summary>ln P(X ≤ k).</summary>
    /// <param name="population">N, at least 0.</param>
    /// <param name="marked">K, 0 … N.</param>
    /// <param name="drawn">n, 0 … N.</param>
    /// <param name="found">k, at least the fewest that can be, max(0, n + K − N).</param>
    /// <returns>Finite and at most 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static double LogLowerTail(long population, long marked, long drawn, long found)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(population);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)marked, (ulong)population, nameof(marked));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)drawn, (ulong)population, nameof(drawn));
        long least = Math.Max(0, drawn + marked - population);
        long most = Math.Min(drawn, marked);
        ArgumentOutOfRangeException.ThrowIfLessThan(found, least);
        if (found >= most)
            return 0;

        // Relative to the term at k: the terms below it, then all terms.
        double below = Sum(found, -1, least);
        double above = Sum(found + 1, 1, most);
        double step = Ratio(found + 1);
        return -Math.Log(1 + (above * step / below));

        // 1 + the terms beyond a start, relative to the term at the start.
        double Sum(long start, int direction, long end)
        {
            double term = 1, sum = 1;
            for (long k = start; k != end && term > 0; k += direction)
            {
                term *= direction > 0 ? Ratio(k + 1) : 1 / Ratio(k);
                sum += term;
                if (term < sum * 1e-18)
                    break;
            }

            return sum;
        }

        // P(X = k)/P(X = k − 1).
        double Ratio(long k) => (double)(marked - k + 1) / k * (drawn - k + 1) / (population - marked - drawn + k);
    }
}
