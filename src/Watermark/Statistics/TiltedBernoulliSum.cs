namespace Watermark.Statistics;

/// <summary>Rows that share a positive whole weight and the probability of a one.</summary>
internal readonly record struct TiltClass(int Weight, long Count, SuccessProbability P)
{
    /// <summary>The same rows with ones and zeros exchanged.</summary>
    public TiltClass Complement() => this with { P = P.Complement() };
}

/// <summary>A sum of Bernoulli variables with positive weights, by rising weight, tilted so that its mean is a given total above the old mean.</summary>
internal sealed class TiltedBernoulliSum
{
    /// <summary>The largest number of characteristic-function factors that are evaluated: about half a second.</summary>
    private const double FourierBudget = 1 << 23;

    /// <summary>Minus the log of the probability that may lie outside the window on one side.</summary>
    private const double OutsideLog = 45;

    private const double RelativeErrorAllowed = 1e-10;

    private readonly TiltClass[] classes;
    private readonly double[] probabilities;
    private readonly long span;
    private readonly long total;

    private TiltedBernoulliSum(TiltClass[] classes, long span, long total, double tilt)
    {
        (this.classes, this.span, this.total, Tilt) = (classes, span, total, tilt);
        probabilities = Array.ConvertAll(classes, item => Tilted(item, tilt));
        double cumulant = 0;
        for (int i = 0; i < classes.Length; i++)
        {
            double weight = classes[i].Weight;
            double q = probabilities[i];
            cumulant += classes[i].Count * LogMoment(weight * tilt, classes[i].P);
            Variance += classes[i].Count * weight * weight * q * (1 - q);
        }

        Rate = Math.Max(0, (tilt * total) - cumulant);
    }

    /// <summary>θ, above 0.</summary>
    public double Tilt { get; }

    /// <summary>θ·t − K(θ), at least 0.</summary>
    public double Rate { get; }

    /// <summary>The variance of the tilted sum.</summary>
    public double Variance { get; }

    /// <summary>Tilts to the total, which lies above the mean and below the sum of all weights.</summary>
    public static TiltedBernoulliSum At(TiltClass[] classes, long span, long total)
    {
        bool Reaches(double tilt) => classes.Sum(item => (double)item.Count * item.Weight * Tilted(item, tilt)) >= total;
        double high = 1;
        while (!Reaches(high))
            high *= 2;
        return new TiltedBernoulliSum(classes, span, total, Bisection.First(0.0, high, Reaches));
    }

    /// <summary>Σ_{j≥0} P_θ(T = t+j)·e^(−θj) by adding one row after another; only positive terms are added.</summary>
    public double SumByRecursion()
    {
        double[] masses = new double[span + 1];
        masses[0] = 1;
        long reach = 0;
        for (int i = 0; i < classes.Length; i++)
        {
            int weight = classes[i].Weight;
            double q = probabilities[i];
            for (long row = 0; row < classes[i].Count; row++)
            {
                reach += weight;
                for (long j = reach; j >= weight; j--)
                    masses[j] = (masses[j] * (1 - q)) + (masses[j - weight] * q);
                for (long j = weight - 1; j >= 0; j--)
                    masses[j] *= 1 - q;
            }
        }

        double sum = 0;
        for (long j = span; j >= total; j--)
            sum += masses[j] * Math.Exp(-Tilt * (j - total));
        return sum;
    }

    /// <summary>
    /// The same sum from the characteristic function at the M-th roots of unity, M the length of the window: the inverse
    /// transform of every mass and its summation over j are one geometric series per frequency, so no transform of all
    /// masses is formed. Null where it would take too long or rounding errors would be too large.
    /// </summary>
    public double? SumByFourier()
    {
        double third = OutsideLog * classes[^1].Weight / 3;
        double reach = third + Math.Sqrt((third * third) + (2 * OutsideLog * Variance));
        if (3 * reach * classes.Length > FourierBudget)
            return null;
        long above = Math.Min((long)reach, span - total);
        long window = above + Math.Min((long)reach + 1, total) + 1;
        double sum = 0;
        double error = 0;
        for (long m = 0; 2 * m <= window; m++)
        {
            (double magnitude, double phase, double turns) = Characteristic(m, window);
            if (magnitude < 1e-30)
                continue;
            (double real, double imaginary) = Series(m, window, above);
            // Frequencies m and M − m are conjugate.
            double share = (m == 0 || 2 * m == window ? magnitude : 2 * magnitude) / window;
            (double sin, double cos) = Math.SinCos(phase);
            sum += share * ((cos * real) - (sin * imaginary));
            error += share * (Math.Abs(real) + Math.Abs(imaginary)) * 2.3e-16 * (8 + turns);
        }

        return error <= RelativeErrorAllowed * sum ? sum : null;
    }

    /// <summary>
    /// The characteristic function of the tilted sum at 2πm/M times e^(−2πi·m·t/M): magnitude, phase, and the size of the
    /// terms that were added, which determines the rounding error.
    /// </summary>
    private (double Magnitude, double Phase, double Turns) Characteristic(long m, long window)
    {
        double log = 0;
        double phase = 0;
        double turns = 0;
        for (int i = 0; i < classes.Length && log > -80; i++)
        {
            double q = probabilities[i];
            double angle = Angle(m * (classes[i].Weight % window), window);
            (double sin, double cos) = Math.SinCos(angle);
            double half = Math.Sin(angle / 2);
            double size = classes[i].Count * 0.5 * NearOne.Log1P(-4 * q * (1 - q) * half * half);
            double turn = classes[i].Count * Math.Atan2(q * sin, 1 - q + (q * cos));
            log += size;
            phase += turn;
            turns += Math.Abs(size) + Math.Abs(turn);
        }

        return (Math.Exp(log), phase - Angle(m * (total % window), window), turns);
    }

    /// <summary>Σ_{j=0…above} e^(−(θ + iω)j), ω = 2πm/M, without cancellation for small θ and ω.</summary>
    private (double Real, double Imaginary) Series(long m, long window, long above)
    {
        (double topReal, double topImaginary) = OneMinusPower(Tilt * (above + 1), Angle(m * ((above + 1) % window), window));
        (double real, double imaginary) = OneMinusPower(Tilt, Angle(m, window));
        double norm = (real * real) + (imaginary * imaginary);
        return (((topReal * real) + (topImaginary * imaginary)) / norm, ((topImaginary * real) - (topReal * imaginary)) / norm);
    }

    /// <summary>1 − e^(−(x + iy)).</summary>
    private static (double Real, double Imaginary) OneMinusPower(double x, double y)
    {
        double half = Math.Sin(y / 2);
        double size = Math.Exp(-x);
        return (-NearOne.ExpM1(-x) + (2 * size * half * half), size * Math.Sin(y));
    }

    /// <summary>2π·n/M, reduced in integers to (−π, π].</summary>
    private static double Angle(long n, long window)
    {
        long rest = n % window;
        if (2 * rest > window)
            rest -= window;
        return 2 * Math.PI * rest / window;
    }

    private static double Tilted(TiltClass item, double tilt) =>
        1 / (1 + Math.Exp(-((item.Weight * tilt) + item.P.LogP - item.P.LogQ)));

    /// <summary>ln(1 − p + p·e^x).</summary>
    private static double LogMoment(double x, SuccessProbability p) => x < 1
        ? NearOne.Log1P(p.P * NearOne.ExpM1(x))
        : x + p.LogP + NearOne.Log1P(Math.Exp(p.LogQ - p.LogP - x));
}
