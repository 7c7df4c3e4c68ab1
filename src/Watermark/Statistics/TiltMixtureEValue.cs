namespace Watermark.Statistics;

/// <summary>
/// The e-value of a total whose rows have a known cumulant generating function K under H0 <em>the scored tokens are
/// independent of the key</em>: the mean of <c>exp(θ·S − n·K(θ))</c> over a fixed grid of tilts θ &gt; 0. It may be looked at
/// after every token and the collection stopped at will.
/// </summary>
/// <remarks>
/// For each θ the factor of a row has expectation 1 under H0 (at most 1 where scores are stochastically smaller, θ being
/// positive), so the product is a test martingale and so is the mean. The grid steps by √2: the best tilt on it gives
/// up at most 4% of ln E, the mean at most ln(tilts). θ·S − n·K(θ) is summed about the mean, without cancellation.
/// </remarks>
internal static class TiltMixtureEValue
{
    /// <summary>The tilts of the grid.</summary>
    public const int Tilts = 44;

    /// <summary>The tilt of an index: <paramref name="largest"/>·2^(−(j+1)/2).</summary>
    /// <param name="index">j, from 0.</param>
    /// <param name="largest">What every tilt stays below.</param>
    public static double Tilt(int index, double largest) => largest * Math.ScaleB((index & 1) == 0 ? Math.Sqrt(0.5) : 0.5, -(index >> 1));

    /// <summary>ln of the mean of exponentials.</summary>
    /// <param name="exponents">θ·(S − n·μ) − n·(K(θ) − θ·μ) for each tilt.</param>
    public static double LogMean(ReadOnlySpan<double> exponents)
    {
        double largest = double.NegativeInfinity;
        foreach (double exponent in exponents)
            largest = Math.Max(largest, exponent);
        double sum = 0;
        foreach (double exponent in exponents)
            sum += Math.Exp(exponent - largest);
        return largest + Math.Log(sum / exponents.Length);
    }
}
