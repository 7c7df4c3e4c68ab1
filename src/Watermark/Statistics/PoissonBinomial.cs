namespace Watermark.Statistics;

/// <summary>The number of successes of independent trials that each have their own probability.</summary>
/// <remarks>
/// The distribution is built trial by trial, P_i(k) = P_{i−1}(k)·(1 − p_i) + P_{i−1}(k − 1)·p_i, in logarithms: positive terms only,
/// relative error about one unit in the last place a trial. Time grows with the square of the number of trials.
/// </remarks>
public static class PoissonBinomial
{
    /// <summary>The most trials.</summary>
    public const int MostTrials = 20_000;

    /// <summary>ln P(successes ≥ k).</summary>
    /// <param name="probabilities">The probability of each trial, 0 … 1; at most <see cref="MostTrials"/>.</param>
    /// <param name="successes">k, at most the number of trials with a probability above 0.</param>
    /// <returns>Finite and at most 0; 0 for k at most 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A probability is out of range, or there are too many trials or successes.</exception>
    public static double LogUpperTail(ReadOnlySpan<double> probabilities, int successes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(probabilities.Length, MostTrials);
        var possible = new List<double>(probabilities.Length);
        foreach (double p in probabilities)
        {
            if (!(p is >= 0 and <= 1))
                throw new ArgumentOutOfRangeException(nameof(probabilities), p, "A probability must lie from 0 to 1.");
            if (p > 0)
                possible.Add(p);
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, possible.Count);
        if (successes <= 0)
            return 0;

        // logs[k] for k < successes; the last one gathers everything from there on.
        double[] logs = new double[successes + 1];
        Array.Fill(logs, double.NegativeInfinity);
        logs[0] = 0;
        foreach (double p in possible)
        {
            double logP = Math.Log(p);
            double logQ = NearOne.Log1P(-p);
            logs[successes] = Add(logs[successes], logs[successes - 1] + logP);
            for (int k = successes - 1; k > 0; k--)
                logs[k] = Add(logs[k] + logQ, logs[k - 1] + logP);
            logs[0] += logQ;
        }

        return Math.Min(0, logs[successes]);
    }

    /// <summary>ln(e^a + e^b).</summary>
    private static double Add(double a, double b)
    {
        double greater = Math.Max(a, b);
        return double.IsNegativeInfinity(greater) ? greater : greater + NearOne.Log1P(Math.Exp(Math.Min(a, b) - greater));
    }
}
