namespace Watermark.Statistics;

/// <summary>The inversions of a uniform permutation (the Mahonian distribution): few of them mean that an order was kept.</summary>
/// <remarks>
/// I is a sum of independent uniform numbers on 0 … i − 1, i = 1 … m (Kendall 1938; Knuth, TAOCP 3, section 5.1.1). Up to 300 elements the
/// tail is exact; beyond it is Chernoff's bound, which always holds. Kendall's tau is 1 − 4·I/(m(m − 1)).
/// </remarks>
public static class Inversions
{
    private const int MostExact = 300;

    /// <summary>The inversions of a sequence: pairs in which the earlier one is larger.</summary>
    /// <param name="sequence">Distinct numbers.</param>
    public static long Count(IReadOnlyList<int> sequence)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        int[] values = [.. sequence];
        return Sort(values, new int[values.Length], 0, values.Length);
    }

    /// <summary>ln P(I ≤ inversions).</summary>
    /// <param name="elements">m, at least 0.</param>
    /// <param name="inversions">At least 0.</param>
    /// <param name="method">Whether the result is exact or a bound.</param>
    public static double LogLowerTail(int elements, long inversions, out TailMethod method)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(elements);
        ArgumentOutOfRangeException.ThrowIfNegative(inversions);
        long most = (long)elements * (elements - 1) / 2;
        method = TailMethod.Exact;
        if (inversions >= most)
            return 0;
        if (elements <= MostExact)
            return Exact(elements, inversions);
        method = TailMethod.UpperBound;
        return 2 * inversions >= most ? 0 : Chernoff(elements, inversions);
    }

    /// <summary>The counts of permutations by inversions, each divided by m!, in one pass a length; sums are of positive terms.</summary>
    private static double Exact(int elements, long inversions)
    {
        double[] shares = [1];
        double log = 0;
        for (int i = 2; i <= elements; i++)
        {
            var next = new double[(int)Math.Min(shares.Length + i - 1, inversions + 1)];
            double window = 0;
            for (int s = 0; s < next.Length; s++)
            {
                window += s < shares.Length ? shares[s] : 0;
                if (s >= i)
                    window = shares.Length > s - i ? Sum(shares, s - i + 1, Math.Min(s, shares.Length - 1)) : window;
                next[s] = window / i;
            }

            double greatest = next.Max();
            for (int s = 0; s < next.Length; s++)
                next[s] /= greatest;
            log += Math.Log(greatest);
            shares = next;
        }

        return Math.Min(0, log + Math.Log(shares.Sum()));
    }

    private static double Sum(double[] values, int first, int last)
    {
        double sum = 0;
        for (int i = first; i <= last; i++)
            sum += values[i];
        return sum;
    }

    /// <summary>min over θ > 0 of θ·t + Σ ln E[e^(−θ·U_i)].</summary>
    private static double Chernoff(int elements, long inversions)
    {
        double Rate(double tilt)
        {
            double sum = tilt * inversions;
            for (int i = 2; i <= elements; i++)
                sum += Math.Log(-NearOne.ExpM1(-tilt * i) / (i * -NearOne.ExpM1(-tilt)));
            return sum;
        }

        // The rate is convex in the tilt: golden-section search on its logarithm.
        (double low, double high) = (Math.Log(1e-12), Math.Log(50));
        double ratio = (Math.Sqrt(5) - 1) / 2;
        for (int i = 0; i < 100; i++)
        {
            double first = high - (ratio * (high - low));
            double second = low + (ratio * (high - low));
            if (Rate(Math.Exp(first)) < Rate(Math.Exp(second)))
                high = second;
            else
                low = first;
        }

        return Math.Min(0, Rate(Math.Exp((low + high) / 2)));
    }

    private static long Sort(int[] values, int[] buffer, int start, int end)
    {
        if (end - start < 2)
            return 0;
        int middle = (start + end) / 2;
        long count = Sort(values, buffer, start, middle) + Sort(values, buffer, middle, end);
        int left = start, right = middle;
        for (int i = start; i < end; i++)
        {
            if (right >= end || (left < middle && values[left] <= values[right]))
            {
                buffer[i] = values[left++];
            }
            else
            {
                buffer[i] = values[right++];
                count += middle - left;
            }
        }

        Array.Copy(buffer, start, values, start, end - start);
        return count;
    }
}
