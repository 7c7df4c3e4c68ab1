namespace Watermark.Statistics;

/// <summary>
/// The null of a sum of weights with independent fair signs, S = Σ w_i·X_i with X_i = ±1: what a codeword that has nothing to do
/// with the weights gives (a Rademacher sum). Its tail is exact where <see cref="TailMethod.Exact"/> says so.
/// </summary>
/// <remarks>
/// P(S ≥ s) is the tail of Σ w_i·B_i at (s + Σ w_i)/2 with fair coins B_i, for which the recursion or the discrete Fourier sum
/// of a weighted green count is used. The e-value is the mean of exp(λS)/Π cosh(λ·w_i) over a grid of λ that is
/// fixed once the weights are, λ = 2^(k/2)/√(Σ w²) for k = 0 … 20: the weights are given under H0, so each has mean 1.
/// </remarks>
public sealed class SignedSumNull
{
    private const int Tilts = 21;

    private readonly WeightClass[] classes;
    private readonly double[] tilts = new double[Tilts];
    private readonly double[] logMeans = new double[Tilts];
    private readonly Dictionary<long, (double LogP, TailMethod Method)> known = [];

    /// <summary>Creates the null.</summary>
    /// <param name="classes">How many terms have which weight; all weights above 0, their sum at most 2^53.</param>
    /// <exception cref="ArgumentOutOfRangeException">A weight or count is out of its range.</exception>
    public SignedSumNull(ReadOnlySpan<WeightClass> classes)
    {
        double squares = 0;
        foreach (WeightClass item in classes)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(item.Weight, 1, nameof(classes));
            SumOfWeights = checked(SumOfWeights + (item.Weight * item.Count));
            squares += (double)item.Weight * item.Weight * item.Count;
        }

        this.classes = WeightedBernoulliTail.Merge(classes);
        Variance = squares;
        for (int k = 0; k < Tilts; k++)
        {
            tilts[k] = squares == 0 ? 0 : Math.Pow(2, k / 2.0) / Math.Sqrt(squares);
            logMeans[k] = LogMean(tilts[k]);
        }
    }

    /// <summary>Σ w: the largest sum.</summary>
    public long SumOfWeights { get; }

    /// <summary>Σ w²: the variance of the sum.</summary>
    public double Variance { get; }

    /// <summary>ln P(S ≥ s) under H0; kept, so that a sum met again costs nothing. Not safe for concurrent use.</summary>
    /// <param name="sum">s, at most the sum of the weights in size.</param>
    public (double LogP, TailMethod Method) LogUpperTail(long sum)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Abs(sum), SumOfWeights, nameof(sum));
        if (classes.Length == 0)
            return (0, TailMethod.Exact);
        if (!known.TryGetValue(sum, out (double LogP, TailMethod Method) result))
        {
            // Σ wB ≥ (s + Σw)/2, rounded up where the parities differ.
            WeightedTail tail = WeightedBernoulliTail.LogUpperTail(classes, (sum + SumOfWeights + 1) >> 1, Fraction.Half);
            known[sum] = result = (tail.LogP, tail.Method);
        }

        return result;
    }

    /// <summary>ln of the e-value; rises with the sum.</summary>
    /// <param name="sum">s.</param>
    public double LogE(long sum)
    {
        Span<double> logs = stackalloc double[Tilts];
        for (int k = 0; k < Tilts; k++)
            logs[k] = (tilts[k] * sum) - logMeans[k];
        return Multiplicity.LogMeanE(logs);
    }

    /// <summary>ln of exp(λs)/Π cosh(λ·w_i), an e-value where λ was fixed before the sum was known.</summary>
    /// <param name="sum">s.</param>
    /// <param name="tilt">λ, above 0.</param>
    public double LogE(long sum, double tilt)
    {
        if (!(tilt > 0 && double.IsFinite(tilt)))
            throw new ArgumentOutOfRangeException(nameof(tilt), tilt, "Lambda must be a number above 0.");
        return (tilt * sum) - LogMean(tilt);
    }

    /// <summary>The smallest sum whose e-value reaches a threshold; null where none does.</summary>
    /// <param name="logThreshold">ln of the threshold.</param>
    public long? SmallestSum(double logThreshold)
    {
        if (LogE(SumOfWeights) < logThreshold)
            return null;
        (long low, long high) = (-SumOfWeights - 1, SumOfWeights);
        while (high - low > 1)
        {
            long middle = low + ((high - low) / 2);
            (low, high) = LogE(middle) >= logThreshold ? (low, middle) : (middle, high);
        }

        return high;
    }

    /// <summary>
    /// The smallest ρ whose e-value reaches a threshold with a given probability, where each sign is +1 with probability
    /// (1 + ρ)/2; a normal approximation. NaN where no sum reaches the threshold.
    /// </summary>
    /// <param name="logThreshold">ln of the threshold.</param>
    /// <param name="power">The probability, strictly between 0 and 1.</param>
    public double SmallestAgreement(double logThreshold, double power)
    {
        if (!(power is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(power), power, "Power must lie between 0 and 1.");
        if (SmallestSum(logThreshold) is not { } needed)
            return double.NaN;
        double quantile = NormalTail.UpperQuantile(Math.Log(1 - power));
        return Bisection.First(0.0, 1.0, share => (share * SumOfWeights) - (quantile * Math.Sqrt((1 - (share * share)) * Variance)) >= needed);
    }

    /// <summary>Σ ln cosh(λ·w).</summary>
    private double LogMean(double tilt)
    {
        double sum = 0;
        foreach (WeightClass item in classes)
        {
            double x = tilt * item.Weight;
            // ln cosh x = ln(1 + 2·sinh²(x/2)) keeps its digits for small x; the other form does not overflow.
            double half = Math.Sinh(Math.Min(x, 1) / 2);
            sum += item.Count * (x < 1 ? NearOne.Log1P(2 * half * half) : x + NearOne.Log1P(Math.Exp(-2 * x)) - Math.Log(2));
        }

        return sum;
    }
}
