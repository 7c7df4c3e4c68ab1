namespace Watermark.Statistics;

/// <summary>
/// ln(1 + x) and e^x − 1 without cancellation near 0 (Kahan). <see cref="double.LogP1"/> and <see cref="double.ExpM1"/>
/// form 1 + x and e^x first and keep no digit of a small x.
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

    /// <summary>ln(1 − e^x), x &lt; 0; never the negative zero.</summary>
    public static double LogOneMinusExp(double x) => x < -0.5 ? Log1P(-Math.Exp(x)) + 0.0 : Math.Log(-ExpM1(x));
}
