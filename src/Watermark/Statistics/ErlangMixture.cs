namespace Watermark.Statistics;

/// <summary>
/// A weighted sum of few Exp(1) scores as a mixture of Gamma distributions of the smallest scale (Moschopoulos 1985): an
/// exponential of scale w is a sum of a geometric number of exponentials of a smaller scale. Only positive terms are added,
/// and since the weights are log-concave, a geometric series bounds the terms that are left out.
/// </summary>
internal static class ErlangMixture
{
    /// <summary>The largest number of rows and of mixture terms: a few tenths of a second.</summary>
    private const int MostRows = 64;
    private const int MostTerms = 1 << 17;

    /// <summary>ln P(Σ w_i·E_i ≥ t); null where there are too many rows or too many terms are needed.</summary>
    /// <param name="classes">The rows by falling multiplier.</param>
    /// <param name="total">t, above 0.</param>
    public static double? LogTail(ScaleClass[] classes, double total)
    {
        if (classes.Sum(item => (double)item.Count) > MostRows)
            return null;
        double smallest = classes[^1].Scale;
        double sum = total / smallest;
        int rows = (int)classes.Sum(item => item.Count);
        // Weight k is divided by r^k, r the slowest of the geometric ratios, so that it does not underflow.
        double logRatio = NearOne.Log1P(-smallest / classes[0].Scale);
        double logConstant = classes.Sum(item => item.Count * Math.Log(smallest / item.Scale));
        double[] previous = new double[rows];
        double top = double.NegativeInfinity;
        double scaled = 0;
        double last = 0;
        for (int k = 0; k < MostTerms; k++)
        {
            double weight = Next(classes, previous, logRatio, first: k == 0);
            double log = Math.Log(weight) + (k * logRatio) + logConstant;
            double term = log + GammaTail.LogUpperTail(rows + k, sum);
            double higher = Math.Max(top, term);
            scaled = (scaled * Math.Exp(top - higher)) + Math.Exp(term - higher);
            top = higher;
            // Σ of the weights beyond k ≤ weight·ρ/(1 − ρ), ρ the quotient of the last two.
            double logQuotient = log - last;
            if (k > 0 && logQuotient < 0 && log + logQuotient - NearOne.LogOneMinusExp(logQuotient) < top + Math.Log(scaled) - 36)
                return Math.Min(0, top + Math.Log(scaled));
            last = log;
        }

        return null;
    }

    /// <summary>The next weight, from one geometric recursion per row: f_k = g_k + (q/r)·f_(k−1).</summary>
    private static double Next(ScaleClass[] classes, double[] previous, double logRatio, bool first)
    {
        double value = first ? 1 : 0;
        int row = 0;
        foreach (ScaleClass item in classes)
        {
            double ratio = item.Scale == classes[^1].Scale ? 0 : Math.Exp(NearOne.Log1P(-classes[^1].Scale / item.Scale) - logRatio);
            for (long i = 0; i < item.Count; i++, row++)
            {
                value += ratio * previous[row];
                previous[row] = value;
            }
        }

        return value;
    }
}
