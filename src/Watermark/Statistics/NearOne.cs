namespace Watermark.Statistics;

/// <summary>
/// ln(1 + x) and e^x − 1 without cancellation near 0 (Kahan). <see cref="double.LogP1"/> and <see cref="double.ExpM1"/>
/// compute 1 + x and e^x first and so lose the digits of a small x.
/// </summary>
internal static class NearOne
{
    /// <summary>ln(1 + x), x &gt; −1.</summary>
    public static double Log1P(double x)
    {
        double sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * (x / (sum - 1));
    }

    /// <summary>e^x − 1.</summary>
    public static double ExpM1(double x)
    {
        if (Math.Abs(x) > 1)
            return Math.Exp(x) - 1;
        double power = Math.Exp(x);
        return power == 1 ? x : (power - 1) * (x / Math.Log(power));
    }

    /// <summary>e^x − 1 − x ≥ 0.</summary>
    public static double ExpBeyondLinear(double x)
    {
        if (Math.Abs(x) > 0.5)
            return Math.Exp(x) - 1 - x;
        double term = x * x / 2;
        double sum = term;
        for (int j = 3; j < 18; j++)
        {
            term *= x / j;
            sum += term;
        }

        return sum;
    }

    /// <summary>ln(1 − e^x), x &lt; 0; never the negative zero.</summary>
    public static double LogOneMinusExp(double x) => x < -0.5 ? Log1P(-Math.Exp(x)) + 0.0 : Math.Log(-ExpM1(x));
}

/// <summary>
/// Cumulant generating functions about the mean, ln E[e^(x·(X − E X))], to a few units in the last place for every x,
/// however small. With them θ·S − n·K(θ) can be summed for 10^12 rows without cancellation.
/// </summary>
internal static class Cumulant
{
    /// <summary>ln(q·e^(−p·x) + p·e^(q·x)) ≥ 0: one Bernoulli variable.</summary>
    /// <param name="x">The tilt, of either sign.</param>
    /// <param name="p">Its probability of a one.</param>
    public static double Bernoulli(double x, SuccessProbability p)
    {
        // Both parts of the sum are positive: the linear terms −q·p·x and p·q·x have been taken out.
        if (Math.Abs(x) < 30)
            return NearOne.Log1P((p.Q * NearOne.ExpBeyondLinear(-p.P * x)) + (p.P * NearOne.ExpBeyondLinear(p.Q * x)));
        return x > 0
            ? (p.Q * x) + p.LogP + NearOne.Log1P(Math.Exp(p.LogQ - p.LogP - x))
            : (-p.P * x) + p.LogQ + NearOne.Log1P(Math.Exp(p.LogP - p.LogQ + x));
    }

    /// <summary>
    /// The mean of the tilted Bernoulli variable minus the mean of the variable itself: p·q·(e^x − 1)/(q + p·e^x).
    /// </summary>
    /// <param name="x">The tilt, of either sign.</param>
    /// <param name="p">Its probability of a one.</param>
    public static double BernoulliShift(double x, SuccessProbability p) => x <= 0
        ? p.P * p.Q * NearOne.ExpM1(x) / (p.Q + (p.P * Math.Exp(x)))
        : p.P * p.Q * -NearOne.ExpM1(-x) / (p.P + (p.Q * Math.Exp(-x)));

    /// <summary>−ln(1 − x) − x ≥ 0 for x &lt; 1: one Exp(1) variable.</summary>
    /// <param name="x">The tilt.</param>
    public static double Exponential(double x)
    {
        if (Math.Abs(x) > 0.1)
            return -NearOne.Log1P(-x) - x;
        double sum = 0;
        double power = x * x;
        for (int j = 2; j < 20; j++)
        {
            sum += power / j;
            power *= x;
        }

        return sum;
    }
}
