namespace Watermark.Statistics;

/// <summary>What <see cref="TiltMixtureEValue"/> needs to know about a row's score under H0.</summary>
internal interface ITiltedRow
{
    /// <summary>K(θ) − θ·μ ≥ 0, the cumulant generating function about the mean.</summary>
    double Centred(double tilt);
}

/// <summary>
/// The e-value of a total of independent rows against H0 <em>the scored tokens are independent of the key</em>: the mean of
/// <c>exp(θ·S − n·K(θ))</c> over a fixed grid of tilts θ &gt; 0, K a row's cumulant generating function. It is valid after
/// every token while text is added, and for any rule that stops the collection: the probability that it ever reaches 1/α is
/// at most α.
/// </summary>
/// <remarks>
/// <para>Proof. For each θ one more row multiplies the term by exp(θ·x − K(θ)). Its expectation under H0 is 1, and at most 1
/// where the score is stochastically smaller, since the factor rises with x. So every term is a test (super)martingale that
/// starts at 1, and so is a mean of them with weights fixed beforehand. The claim then follows from Ville's inequality.
/// Every term rises with S, so the mean does too.</para>
/// <para>The grid covers the effects that may occur: tilts fall by factors of √2 from the largest. In units of 1/sd of a row
/// a tilt is the mean excess in null standard deviations, to first order. Nine tenths of the weight lie evenly on the first
/// <see cref="MainTilts"/>, for effects down to 1/256 of a standard deviation (green fraction 0.0017 above gamma 1/4); one
/// tenth on finer ones, which keep ln E above −6 near the mean for any text up to 10^12 rows. The best tilt of the grid
/// loses at most 3% of ln E.</para>
/// <para>θ·S − n·K(θ) is summed about the mean, without cancellation: absolute error at most 1e-9 + 1e-14·|ln E|.</para>
/// </remarks>
internal static class TiltMixtureEValue
{
    /// <summary>The number of tilts that share nine tenths of the weight.</summary>
    public const int MainTilts = 18;

    /// <summary>The number of all tilts.</summary>
    public const int Tilts = 46;

    private static readonly double MainLogWeight = Math.Log(0.9 / MainTilts);
    private static readonly double FineLogWeight = Math.Log(0.1 / (Tilts - MainTilts));

    /// <summary>The tilt of an index: <paramref name="largest"/>·2^(−j/2).</summary>
    /// <param name="index">j, from 0.</param>
    /// <param name="largest">The first tilt.</param>
    public static double Tilt(int index, double largest) => largest * Math.ScaleB((index & 1) == 0 ? 1 : Math.Sqrt(0.5), -(index >> 1));

    /// <summary>ln E.</summary>
    /// <param name="row">A row's cumulants.</param>
    /// <param name="rows">n, 0 or more.</param>
    /// <param name="excess">S − n·μ.</param>
    /// <param name="largest">The largest tilt, at which a row's cumulant is finite.</param>
    public static double LogE<T>(T row, long rows, double excess, double largest)
        where T : struct, ITiltedRow
    {
        if (rows == 0)
            return 0;
        Span<double> exponents = stackalloc double[Tilts];
        for (int i = 0; i < Tilts; i++)
        {
            double tilt = Tilt(i, largest);
            exponents[i] = (tilt * excess) - (rows * row.Centred(tilt)) + (i < MainTilts ? MainLogWeight : FineLogWeight);
        }

        return LogSum(exponents);
    }

    /// <summary>ln of the sum of exponentials.</summary>
    public static double LogSum(ReadOnlySpan<double> exponents)
    {
        double largest = double.NegativeInfinity;
        foreach (double exponent in exponents)
            largest = Math.Max(largest, exponent);
        double sum = 0;
        foreach (double exponent in exponents)
            sum += Math.Exp(exponent - largest);
        return largest + Math.Log(sum);
    }
}
