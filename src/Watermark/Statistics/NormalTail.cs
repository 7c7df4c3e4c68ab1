namespace Watermark.Statistics;

/// <summary>
/// The upper tail of the standard normal distribution in logarithms; for planning only, never for a p-value.
/// </summary>
internal static class NormalTail
{
    private const double HalfLogTwoPi = 0.91893853320467274178;

    /// <summary>Below it the power series is used, above it the continued fraction.</summary>
    private const double SeriesBelow = 2;

    /// <summary>ln P(Z ≥ <paramref name="z"/>), to about 1e-13 relative; finite for every |z| up to 10^150.</summary>
    /// <param name="z">The value; not NaN.</param>
    public static double LogUpper(double z)
    {
        if (double.IsNaN(z))
            throw new ArgumentOutOfRangeException(nameof(z), z, "z must be a number.");
        if (z < -SeriesBelow)
            return NearOne.LogOneMinusExp(LogUpper(-z));
        if (z > SeriesBelow)
            return LogDensity(z) - Math.Log(ContinuedFraction.Evaluate(new MillsFraction(z)));
        // P(Z ≥ z) = ½ − φ(z)·Σ z^(2i+1)/(2i+1)!!.
        double term = z;
        double sum = z;
        for (int i = 3; Math.Abs(term) > 1e-17 * Math.Abs(sum); i += 2)
        {
            term *= z * z / i;
            sum += term;
        }

        return Math.Log(0.5 - (sum * Math.Exp(LogDensity(z))));
    }

    /// <summary>The z with P(Z ≥ z) = e^<paramref name="logP"/>, to about 1e-13 relative, however small the probability.</summary>
    /// <param name="logP">Natural log of the probability, below 0 and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">The log probability is not negative and finite.</exception>
    public static double UpperQuantile(double logP)
    {
        if (!(logP < 0) || double.IsInfinity(logP))
            throw new ArgumentOutOfRangeException(nameof(logP), logP, "The log probability must be negative and finite.");
        if (logP > -Math.Log(2))
            return -UpperQuantile(NearOne.LogOneMinusExp(logP));
        // ln P(Z ≥ z) is concave, so Newton's method comes down to the root from above without overshooting.
        double z = Math.Sqrt(-2 * logP);
        for (int i = 0; i < 60; i++)
        {
            double value = LogUpper(z);
            double next = z - ((logP - value) * Math.Exp(value - LogDensity(z)));
            if (Math.Abs(next - z) <= 1e-15 * Math.Abs(z))
                return next;
            z = next;
        }

        return z;
    }

    private static double LogDensity(double z) => -(z * z / 2) - HalfLogTwoPi;

    /// <summary>φ(z)/P(Z ≥ z) = z + 1/(z + 2/(z + 3/…)) (Laplace; DLMF 7.9.1).</summary>
    private readonly struct MillsFraction(double z) : IContinuedFraction
    {
        public double First => z;

        public (double Numerator, double Denominator) Term(double n) => (n, z);
    }
}
