namespace Watermark.Statistics;

/// <summary>
/// The exact tail of a count of independent events with probabilities of their own, by convolution over the events: O(n²)
/// time, O(n) memory, in logarithms by an exponential tilt that keeps the terms near the count from underflowing.
/// </summary>
public static class PoissonBinomialTail
{
    /// <summary>ln P(X ≥ <paramref name="successes"/>), X the number of events that happen.</summary>
    /// <param name="probabilities">The events' probabilities, each 0 … 1.</param>
    /// <param name="successes">k, 0 … the number of events.</param>
    /// <returns>
    /// At most 0, to 1e-12 relative for some thousand events; −∞ where the count is impossible because too many events
    /// have probability 0.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">A probability or the count is out of its range.</exception>
    public static double LogUpperTail(ReadOnlySpan<double> probabilities, int successes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, probabilities.Length);
        double mean = 0;
        int certain = 0;
        var open = new List<double>(probabilities.Length);
        foreach (double p in probabilities)
        {
            if (!(p is >= 0 and <= 1))
                throw new ArgumentOutOfRangeException(nameof(probabilities), p, "A probability lies between 0 and 1.");
            if (p == 1)
                certain++;
            else if (p > 0)
                open.Add(p);
            mean += p == 1 ? 0 : p;
        }

        int needed = successes - certain;
        if (needed <= 0)
            return 0;
        if (needed > open.Count)
            return double.NegativeInfinity;
        double[] odds = [.. open.Select(p => Math.Log(p) - NearOne.Log1P(-p))];
        if (needed > mean)
            return Math.Min(0, LogFarTail(odds, needed));
        double[] failures = Array.ConvertAll(odds, value => -value);
        return NearOne.LogOneMinusExp(LogFarTail(failures, odds.Length - needed + 1));
    }

    /// <summary>The tail from a count at or above the mean, from the events' log odds.</summary>
    private static double LogFarTail(double[] logOdds, int count)
    {
        if (count == logOdds.Length)
            return logOdds.Sum(value => -SoftPlus(-value));
        bool Reaches(double theta) => logOdds.Sum(value => Logistic(value + theta)) >= count;
        double high = 1;
        while (!Reaches(high))
            high *= 2;
        double tilt = Bisection.First(0.0, high, Reaches);

        double[] masses = new double[logOdds.Length + 1];
        masses[0] = 1;
        double log = -tilt * count;
        for (int i = 0; i < logOdds.Length; i++)
        {
            double happens = Logistic(logOdds[i] + tilt);
            double fails = Logistic(-logOdds[i] - tilt);
            for (int j = i + 1; j > 0; j--)
                masses[j] = (masses[j] * fails) + (masses[j - 1] * happens);
            masses[0] *= fails;
            log += SoftPlus(logOdds[i] + tilt) - SoftPlus(logOdds[i]);
        }

        double sum = 0;
        for (int j = logOdds.Length; j >= count; j--)
            sum += masses[j] * Math.Exp(-tilt * (j - count));
        return log + Math.Log(sum);
    }

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>ln(1 + e^x).</summary>
    private static double SoftPlus(double x) => x > 0 ? x + NearOne.Log1P(Math.Exp(-x)) : NearOne.Log1P(Math.Exp(x));
}
