namespace Watermark.Statistics;

/// <summary>A probability p strictly between 0 and 1 with 1 − p and both logarithms, each rounded once.</summary>
internal readonly record struct SuccessProbability(double P, double Q, double LogP, double LogQ)
{
    public static SuccessProbability Of(Fraction p)
    {
        Fraction q = p.Complement();
        return new SuccessProbability(p.ToDouble(), q.ToDouble(), Log(p.ToDouble(), q.ToDouble()), Log(q.ToDouble(), p.ToDouble()));
    }

    public static SuccessProbability Of(double p) => new(p, 1 - p, Log(p, 1 - p), Log(1 - p, p));

    public SuccessProbability Complement() => new(Q, P, LogQ, LogP);

    private static double Log(double value, double complement) =>
        complement < value ? NearOne.Log1P(-complement) : Math.Log(value);
}

/// <summary>
/// Loader's saddle-point forms of the binomial and Poisson probabilities (C. Loader, "Fast and accurate computation of
/// binomial probabilities", 2000): a deviance and Stirling errors in place of factorials, whose logarithms would cancel
/// to eight wrong digits at 10^12 trials. Arguments may be fractional.
/// </summary>
internal static class SaddlePoint
{
    private const double HalfLogTwoPi = 0.91893853320467274178;

    /// <summary>Where Stirling's series to the eighth term is exact to the last place.</summary>
    private const double SeriesFrom = 15;

    /// <summary>
    /// Largest |v| = |x − m|/(x + m) for the series of <see cref="Deviance"/>; beyond it the closed form loses less than
    /// a digit.
    /// </summary>
    private const double SeriesBelow = 0.3;

    private static readonly double[] Integers =
    [
        0.081061466795327258220, 0.041340695955409294094, 0.027677925684998339149, 0.020790672103765093112,
        0.016644691189821192163, 0.013876128823070747999, 0.011896709945891770095, 0.010411265261972096497,
        0.0092554621827127329177, 0.0083305634333628712565, 0.0075736754879518407950, 0.0069428401072095298657,
        0.0064089941880042070684, 0.0059513701127588477356, 0.0055547335519628013710,
    ];

    /// <summary>ln Γ(x+1) − (x + ½)·ln x + x − ½·ln 2π for x &gt; 0.</summary>
    public static double StirlingError(double x)
    {
        if (x <= Integers.Length && x == Math.Floor(x) && x >= 1)
            return Integers[(int)x - 1];
        double sum = 0;
        // δ(x) = δ(x+1) + (x + ½)·ln(1 + 1/x) − 1 carries small fractional arguments to the series.
        for (; x < SeriesFrom; x++)
            sum += ((x + 0.5) * NearOne.Log1P(1 / x)) - 1;
        double y = 1 / (x * x);
        return sum + ((1.0 / 12) - (y * ((1.0 / 360) - (y * ((1.0 / 1260) - (y * ((1.0 / 1680) - (y * ((1.0 / 1188)
            - (y * ((691.0 / 360360) - (y * ((1.0 / 156) - (y * 3617.0 / 122400)))))))))))))) / x;
    }

    /// <summary>x·ln(x/mean) − (x − mean) ≥ 0, to a few units in the last place, near the mean too.</summary>
    /// <param name="x">The value, above 0.</param>
    /// <param name="mean">The mean, above 0.</param>
    /// <param name="excess">x − mean, computed by the caller without cancellation.</param>
    public static double Deviance(double x, double mean, double excess)
    {
        double v = excess / (x + mean);
        if (Math.Abs(v) >= SeriesBelow)
            return (x * Math.Log(x / mean)) - excess;
        double square = v * v;
        double power = 2 * x * v;
        double sum = excess * v;
        for (int j = 3; ; j += 2)
        {
            power *= square;
            double next = sum + (power / j);
            if (next == sum)
                return sum;
            sum = next;
        }
    }

    /// <summary>ln of Γ(n+1)/(Γ(k+1)·Γ(m+1))·p^k·q^m with n = k + m; k, m ≥ 0, not both 0 unless the result is 0.</summary>
    /// <param name="k">Successes.</param>
    /// <param name="m">Failures.</param>
    /// <param name="p">The success probability.</param>
    /// <param name="excess">k − (k + m)·p.</param>
    public static double LogBinomial(double k, double m, SuccessProbability p, double excess)
    {
        if (k == 0)
            return m == 0 ? 0 : m * p.LogQ;
        if (m == 0)
            return k * p.LogP;
        double n = k + m;
        double deviance = Deviance(k, n * p.P, excess) + Deviance(m, n * p.Q, -excess);
        double errors = StirlingError(n) - StirlingError(k) - StirlingError(m);
        return errors - deviance - HalfLogTwoPi - (0.5 * (Math.Log(k) + Math.Log(m / n)));
    }

    /// <summary>ln of mean^x·e^(−mean)/Γ(x+1), x &gt; 0 and mean &gt; 0.</summary>
    /// <param name="x">The count.</param>
    /// <param name="mean">The mean.</param>
    /// <param name="excess">x − mean.</param>
    public static double LogPoisson(double x, double mean, double excess) =>
        -Deviance(x, mean, excess) - StirlingError(x) - HalfLogTwoPi - (0.5 * Math.Log(x));
}
