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
