namespace Watermark.Statistics;

/// <summary>The partial numerators and denominators of b_0 + a_1/(b_1 + a_2/(b_2 + …)).</summary>
internal interface IContinuedFraction
{
    /// <summary>b_0.</summary>
    double First { get; }

    /// <summary>a_n and b_n for n ≥ 1; an a_n of 0 ends the fraction.</summary>
    (double Numerator, double Denominator) Term(double n);
}

/// <summary>
/// Continued fractions of the incomplete beta and gamma functions in the forms whose terms are all positive on the side
/// where they are used, so that nothing cancels and successive convergents enclose the value.
/// </summary>
/// <remarks>
/// Terms needed grow like the cube root of the number of trials at worst, where the count equals its mean: about 190
/// at 10^6 and 16,000 at 10^12 (a millisecond or two); one standard deviation away they are a few dozen.
/// </remarks>
internal static class ContinuedFraction
{
    /// <summary>
    /// Value by the modified Lentz method (Thompson and Barnett 1986), until a step changes it by no more than one unit in
    /// the last place.
    /// </summary>
    public static double Evaluate<T>(T fraction)
        where T : struct, IContinuedFraction
    {
        double value = fraction.First;
        double c = value;
        double d = 0;
        double step = 0;
        for (double n = 1; Math.Abs(step - 1) > 2.3e-16; n++)
        {
            (double a, double b) = fraction.Term(n);
            if (a == 0)
                break;
            d = 1 / (b + (a * d));
            c = b + (a / c);
            step = c * d;
            value *= step;
        }

        return value;
    }
}

/// <summary>
/// F in I_x(a,b) = x^a·(1−x)^b/(B(a,b)·F): the even part of DLMF 8.17.22, the form of Didonato and Morris (TOMS 708,
/// 1992). <paramref name="lambda"/> = a − (a+b)x comes from the caller, who knows it without rounding; for lambda ≥ −1 and
/// n below b every term is positive.
/// </summary>
internal readonly struct BetaFraction(double a, double b, double x, double y, double lambda) : IContinuedFraction
{
    public double First => a * (lambda + 1) / (a + 1);

    public (double Numerator, double Denominator) Term(double n)
    {
        double before = a + (2 * n) - 1;
        double share = n * (b - n) * x;
        double numerator = (a + n - 1) / before * ((a + b + n - 1) / before) * share * x;
        double denominator = n + (share / before) + ((a + n) * (lambda + 1 + (n * (1 + y))) / (a + (2 * n) + 1));
        return (numerator, denominator);
    }
}

/// <summary>F in Q(a,x) = x^a·e^(−x)/(Γ(a)·F), DLMF 8.9.2; terms are positive for x ≥ a − 1 and n below a.</summary>
internal readonly struct UpperGammaFraction(double a, double excess) : IContinuedFraction
{
    public double First => excess + 1;

    public (double Numerator, double Denominator) Term(double n) => (n * (a - n), excess + (2 * n) + 1);
}

/// <summary>
/// F in P(a,x) = x^a·e^(−x)/(Γ(a)·F): the limit of <see cref="BetaFraction"/> for b·x held fixed while b grows. Terms are
/// positive for x ≤ a + 1.
/// </summary>
internal readonly struct LowerGammaFraction(double a, double x, double shortfall) : IContinuedFraction
{
    public double First => a * (shortfall + 1) / (a + 1);

    public (double Numerator, double Denominator) Term(double n)
    {
        double before = a + (2 * n) - 1;
        double numerator = (a + n - 1) / before * (n * x / before) * x;
        double denominator = n + (n * x / before) + ((a + n) * (shortfall + 1 + (2 * n)) / (a + (2 * n) + 1));
        return (numerator, denominator);
    }
}
