using System.Globalization;

namespace Watermark.Forensics.Findings;

/// <summary>Writes numbers for sentences.</summary>
internal static class Words
{
    /// <summary>A ratio in words; above a thousand as a power of ten.</summary>
    public static string Times(double logRatio)
    {
        double log10 = logRatio / Math.Log(10);
        return log10 < 3
            ? $"about {Number(Math.Exp(logRatio))} times"
            : $"about {PowerOfTen(Math.Floor(log10))} times";
    }

    /// <summary>A ratio as a number; tiny and huge ones as a power of ten.</summary>
    public static string Ratio(double logRatio)
    {
        double log10 = logRatio / Math.Log(10);
        return log10 switch
        {
            < -5 => $"below {PowerOfTen(Math.Ceiling(log10))}",
            < 6 => Number(Math.Exp(logRatio)),
            _ => $"above {PowerOfTen(Math.Floor(log10))}",
        };
    }

    /// <summary>Three digits, whole numbers from a thousand with separators.</summary>
    public static string Number(double value) => value >= 1000
        ? Count(Math.Round(value))
        : value.ToString("G3", CultureInfo.InvariantCulture).Replace("E-0", "e-", StringComparison.Ordinal).Replace("E", "e", StringComparison.Ordinal);

    /// <summary>A whole number with separators; above 10^12 as a power of ten.</summary>
    public static string Count(double value) =>
        value < 1e15 ? value.ToString("N0", CultureInfo.InvariantCulture) : PowerOfTen(Math.Floor(Math.Log10(value)));

    /// <summary>"1 test", "6 tests".</summary>
    public static string Tests(long count) => count == 1 ? "1 test" : $"{Count(count)} tests";

    /// <summary>The sentence for a field that is out of its range.</summary>
    public static string Fault(string field, double value, string expected) =>
        string.Create(CultureInfo.InvariantCulture, $"The field '{field}' is {value}; {expected} was expected.");

    /// <summary>A number with all digits needed to read it back exactly.</summary>
    public static string Exact(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string PowerOfTen(double exponent) => $"10^{exponent.ToString("N0", CultureInfo.InvariantCulture)}";
}
