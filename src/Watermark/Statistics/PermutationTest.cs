namespace Watermark.Statistics;

/// <summary>What a total is worth among the totals of the same data under exchanged labels.</summary>
/// <param name="LogP">Natural log of the p-value, at most 0.</param>
/// <param name="LogE">Natural log of the e-value, at most ln of the number of labellings.</param>
/// <param name="StandardDeviation">The standard deviation of the totals, in the unit of the totals.</param>
public readonly record struct PermutationResult(double LogP, double LogE, double StandardDeviation);

/// <summary>
/// The permutation test: under H0 the observed labelling of the data is one of many that are equally likely, so the observed total
/// has the same distribution as the total of any other labelling. Totals are integers, so ties are exact.
/// </summary>
/// <remarks>
/// With N labellings, the observed one among them, p = #{T_b ≥ T}/N (Phipson and Smyth, "Permutation p-values should never be
/// zero", 2010). The e-value is the mean over λ in {1, 2, 4} of N·e^(λT/s)/Σ_b e^(λT_b/s) with s the standard deviation of all N
/// totals: s does not depend on which labelling was observed, so each term has mean 1 under H0. p is bit-exact; the e-value may
/// differ between machines in the last place.
/// </remarks>
public static class PermutationTest
{
    /// <summary>The name of the e-value's prior with its version.</summary>
    public const string Prior = "permutation-tilt 1";

    private static readonly double[] Tilts = [1, 2, 4];

    /// <summary>The test against labellings drawn at random: the observed one is counted in addition, p = (1 + #{T_b ≥ T})/(B + 1).</summary>
    /// <param name="observed">T.</param>
    /// <param name="drawn">The totals of the B labellings that were drawn; at least one.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static PermutationResult Sampled(Int128 observed, ReadOnlySpan<Int128> drawn) => Test(observed, drawn, 1);

    /// <summary>The test against all labellings: p = #{T_b ≥ T}/N, exact.</summary>
    /// <param name="observed">T.</param>
    /// <param name="all">The totals of all N labellings, the observed one among them.</param>
    /// <exception cref="ArgumentException">There is none, or the observed total is not among them.</exception>
    public static PermutationResult Complete(Int128 observed, ReadOnlySpan<Int128> all) => all.Contains(observed)
        ? Test(observed, all, 0)
        : throw new ArgumentException("The totals of all labellings hold the observed one; it is missing.", nameof(all));

    /// <summary>
    /// The smallest mean of a total that reaches an e-value with a given probability, where totals are about normal: a planning
    /// figure, used in no test.
    /// </summary>
    /// <param name="standardDeviation">The standard deviation of the totals under H0.</param>
    /// <param name="labellings">N, the number of labellings with the observed one.</param>
    /// <param name="logThreshold">ln of the e-value to reach.</param>
    /// <param name="power">The probability of reaching it, strictly between 0 and 1.</param>
    /// <returns>The mean, in the unit of the totals; NaN where N labellings cannot give such an e-value.</returns>
    public static double SmallestMean(double standardDeviation, long labellings, double logThreshold, double power)
    {
        if (!(power is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(power), power, "Power must lie strictly between 0 and 1.");
        if (!(logThreshold < Math.Log(labellings)) || !(standardDeviation > 0))
            return double.NaN;

        // Of many labellings the e-value is about 1/(1/N + 1/m(z)) with m(z) the mean of e^(λz − λ²/2).
        double needed = -Math.Log(Math.Exp(-logThreshold) - (1.0 / labellings));
        double z = Bisection.First(0.0, 1e4, z => LogMean(Array.ConvertAll(Tilts, tilt => (tilt * z) - (tilt * tilt / 2))) >= needed);
        return (z + NormalTail.UpperQuantile(Math.Log(1 - power))) * standardDeviation;
    }

    private static PermutationResult Test(Int128 observed, ReadOnlySpan<Int128> totals, int added)
    {
        if (totals.IsEmpty)
            throw new ArgumentException("At least one labelling is needed.", nameof(totals));
        int count = totals.Length + added;
        long reached = added;
        double[] differences = new double[count];
        for (int i = 0; i < totals.Length; i++)
        {
            if (totals[i] >= observed)
                reached++;
            differences[i] = (double)(totals[i] - observed);
        }

        double mean = differences.Sum() / count;
        double deviation = Math.Sqrt(differences.Sum(difference => (difference - mean) * (difference - mean)) / count);
        double logP = Math.Log((double)reached / count);
        if (deviation == 0)
            return new PermutationResult(logP, 0, 0);
        double[] logs = Array.ConvertAll(Tilts, tilt => Math.Log(count) - LogSum(differences, tilt / deviation));
        return new PermutationResult(logP, Math.Min(LogMean(logs), Math.Log(count)), deviation);
    }

    private static double LogSum(double[] differences, double factor)
    {
        double top = differences.Max() * factor;
        double sum = 0;
        foreach (double difference in differences)
            sum += Math.Exp((difference * factor) - top);
        return top + Math.Log(sum);
    }

    private static double LogMean(double[] logs) => LogSum(logs, 1) - Math.Log(logs.Length);
}
