namespace Watermark.Statistics;

/// <summary>
/// The sign-flip test: where a fair coin decided the sign of every difference and H0 says that the coins did nothing, all 2^n
/// patterns of signs are equally likely given the sizes.
/// </summary>
/// <remarks>p = P(Σ ε_i·|d_i| ≥ Σ d_i) with independent fair signs ε_i. Exact to 1e-9 + 1e-14·|ln p|, or an upper bound, as the method says.</remarks>
public static class SignFlipTest
{
    /// <summary>ln of the one-sided p-value: are the differences larger than coins make them?</summary>
    /// <param name="differences">d_i in fixed point; their sizes add up to at most 2^53. Zeros change nothing.</param>
    /// <param name="method">Receives whether the value is exact or an upper bound.</param>
    /// <returns>At most 0; 0 without differences.</returns>
    public static double LogP(ReadOnlySpan<int> differences, out TailMethod method)
    {
        var classes = new List<WeightClass>(differences.Length);
        long positive = 0;
        foreach (int difference in differences)
        {
            if (difference == 0)
                continue;
            ArgumentOutOfRangeException.ThrowIfEqual(difference, int.MinValue, nameof(differences));
            classes.Add(new WeightClass(Math.Abs(difference), 1));
            positive += Math.Max(0, difference);
        }

        // Σ ε|d| ≥ Σ d exactly where the sizes with positive signs add up to those of the positive differences or more.
        method = TailMethod.Exact;
        if (classes.Count == 0 || positive == 0)
            return 0;
        WeightedTail tail = WeightedBernoulliTail.LogUpperTail([.. classes], positive, Fraction.Half);
        method = tail.Method;
        return Math.Min(0, tail.LogP);
    }
}
