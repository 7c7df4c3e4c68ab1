namespace Watermark.Statistics;

/// <summary>The inversion of the moment-generating function of Σ w_i·E_i at one total; the largest w_i is 1.</summary>
internal sealed class ExponentialSum
{
    private const int MostSteps = 1 << 14;
    private const double RelativeErrorAllowed = 1e-9;

    private readonly ScaleClass[] classes;
    private readonly double total;
    private readonly double mean;

    public ExponentialSum(ScaleClass[] classes, double total)
    {
        (this.classes, this.total) = (classes, total);
        foreach (ScaleClass item in classes)
            mean += item.Scale * item.Count;
        SaddlePoint = total > mean
            ? Bisection.First(0.0, 1.0, z => z >= 1 || MeanAt(z) >= total)
            : -Bisection.First(0.0, classes.Sum(item => (double)item.Count) / total, z => MeanAt(-z) <= total);
        if (SaddlePoint >= 1)
            SaddlePoint = Math.BitDecrement(1.0);
    }

    /// <summary>The z below 1 with K'(z) = t; above 0 exactly where t is above the mean.</summary>
    public double SaddlePoint { get; }

    /// <summary>z·t − K(z), with the terms of the mean removed from both, so that nothing cancels near 0.</summary>
    public double RateAt(double z)
    {
        double rate = z * (total - mean);
        foreach (ScaleClass item in classes)
            rate -= item.Count * Cumulant.Exponential(item.Scale * z);
        return rate;
    }

    /// <summary>K''(z).</summary>
    public double VarianceAt(double z)
    {
        double variance = 0;
        foreach (ScaleClass item in classes)
            variance += item.Count * Square(item.Scale / (1 - (item.Scale * z)));
        return variance;
    }

    /// <summary>ln P(T ≥ t), or null where its error could not be kept small enough.</summary>
    public double? LogTail()
    {
        // Near the mean the saddle point comes close to the pole at 0, and half a standard deviation is the better line.
        double least = 0.5 / Math.Sqrt(VarianceAt(0));
        double line = SaddlePoint > 0 ? Math.Max(SaddlePoint, least) : Math.Min(SaddlePoint, -least);
        double rate = RateAt(line);
        double spread = Math.Sqrt(VarianceAt(line));
        double scale = 1 + (Math.Abs(line) * spread);
        double period = (Math.Max(0, rate) + 40 + Math.Log(scale)) / Math.Abs(line);
        while (AliasLog(line, rate, period) > -40 - Math.Log(scale))
            period *= 1.5;

        if (Integrate(line, period, scale) is not { } integral)
            return null;
        double error = integral.Error + (2 * Math.Exp(rate - (Math.Abs(line) * period))) + (2 * Math.Exp(AliasLog(line, rate, period)));
        // Left of the pole at 0 the integral is −P(T < t).
        double part = line > 0 ? integral.Value : -integral.Value;
        if (!(error <= RelativeErrorAllowed * part))
            return null;
        double log = Math.Log(part) - rate;
        return line > 0 ? log : log < 0 ? NearOne.LogOneMinusExp(log) : null;
    }

    /// <summary>
    /// ∫ e^(K(z)−K(a)−i·y·t)/z dy/2π along z = a + iy by the trapezoidal rule with step 2π/period, cut off where the
    /// remaining part is negligible; null where that is too far.
    /// </summary>
    private (double Value, double Error)? Integrate(double line, double period, double scale)
    {
        double step = 2 * Math.PI / period;
        double drift = MeanAt(line) - total;
        double sum = 0.5 / line;
        double rounding = 0;
        for (int k = 1; k < MostSteps; k++)
        {
            double y = k * step;
            double log = 0;
            double phase = y * drift;
            double decay = 0;
            foreach (ScaleClass item in classes)
            {
                double u = item.Scale * y / (1 - (item.Scale * line));
                log -= item.Count * 0.5 * NearOne.Log1P(u * u);
                phase += item.Count * ArcTangentBeyondLinear(u);
                decay += item.Count * u * u / (1 + (u * u));
            }

            double size = Math.Exp(log);
            (double sin, double cos) = Math.SinCos(phase);
            double norm = (line * line) + (y * y);
            sum += size * ((cos * line) + (sin * y)) / norm;
            rounding += size / Math.Sqrt(norm) * 2.3e-16 * (8 + (y * total) + Math.Abs(phase));
            // |e^K| falls beyond y at least like y^−decay.
            if (size / decay < 1e-15 / scale)
                return (sum * step / Math.PI, (rounding * step / Math.PI) + (size / decay / Math.PI));
        }

        return null;
    }

    /// <summary>
    /// ln of a bound on the trapezoidal rule's error from the tails one period and more beyond t, relative to e^−rate:
    /// e^(K(a+δ)−K(a)−δt−|δ|·period) for any δ pointing away from 0.
    /// </summary>
    private double AliasLog(double line, double rate, double period)
    {
        double best = double.PositiveInfinity;
        for (int i = 1; i <= 60; i++)
        {
            double delta = line > 0 ? (1 - line) * Math.ScaleB(1, -i) : line * Math.ScaleB(1, 20 - i);
            best = Math.Min(best, rate - RateAt(line + delta) - (Math.Abs(delta) * period));
        }

        return best;
    }

    private double MeanAt(double z)
    {
        double value = 0;
        foreach (ScaleClass item in classes)
            value += item.Count * item.Scale / (1 - (item.Scale * z));
        return value;
    }

    /// <summary>arctan(u) − u.</summary>
    private static double ArcTangentBeyondLinear(double u)
    {
        if (Math.Abs(u) > 0.1)
            return Math.Atan(u) - u;
        double square = u * u;
        double power = -u * square;
        double sum = 0;
        for (int j = 3; j < 21; j += 2)
        {
            sum += power / j;
            power *= -square;
        }

        return sum;
    }

    private static double Square(double x) => x * x;
}
