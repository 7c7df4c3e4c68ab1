using System.Globalization;

namespace Watermark.Reporting.Texts;

/// <summary>How numbers are written in a report.</summary>
internal static class Numbers
{
    private static readonly double Ln10 = Math.Log(10);

    /// <summary>What is written where a number does not exist.</summary>
    public const string None = "none";

    /// <summary>A number with so many significant digits; a huge or tiny one with a power of ten.</summary>
    /// <param name="value">The number.</param>
    /// <param name="digits">Significant digits.</param>
    public static string Of(double value, int digits = 4)
    {
        if (!double.IsFinite(value))
            return None;
        if (value == 0)
            return "0";
        double size = Math.Abs(value);
        if (size is >= 1e9 or < 1e-5)
            return Scientific(value, digits);
        int decimals = Math.Clamp(digits - 1 - (int)Math.Floor(Math.Log10(size)), 0, 12);
        return value.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    /// <summary>A whole number with separators.</summary>
    /// <param name="value">The number.</param>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A whole number with its noun.</summary>
    /// <param name="value">The number.</param>
    /// <param name="one">The noun for one.</param>
    /// <param name="many">The noun for others; null adds an s.</param>
    public static string Count(long value, string one, string? many = null) => $"{Count(value)} {(value == 1 ? one : many ?? one + "s")}";

    /// <summary>A share as per cent.</summary>
    /// <param name="share">Between 0 and 1.</param>
    public static string Percent(double share) => double.IsFinite(share) ? $"{Of(100 * share, 2)} %" : None;

    /// <summary>An interval.</summary>
    /// <param name="low">Its lower end.</param>
    /// <param name="high">Its upper end.</param>
    public static string Interval(double low, double high) => $"{Of(low)} to {Of(high)}";

    /// <summary>A probability or ratio from its natural logarithm: decimals near 1, else a power of ten.</summary>
    /// <param name="ln">The natural logarithm.</param>
    public static string FromLn(double ln)
    {
        if (double.IsNaN(ln))
            return None;
        if (double.IsInfinity(ln))
            return ln > 0 ? "infinite" : "0";
        double log10 = ln / Ln10;
        if (log10 is > -4 and < 6)
            return Of(Math.Exp(ln), 3);
        double exponent = Math.Floor(log10);
        double mantissa = Math.Round(Math.Pow(10, log10 - exponent), 1);
        if (mantissa >= 10)
            (mantissa, exponent) = (1, exponent + 1);
        return string.Create(CultureInfo.InvariantCulture, $"{mantissa:0.#} × 10^{exponent:N0}");
    }

    /// <summary>A natural logarithm with as many digits as a reader compares.</summary>
    /// <param name="ln">The natural logarithm.</param>
    public static string Ln(double ln) => double.IsFinite(ln) ? ln.ToString("N3", CultureInfo.InvariantCulture) : None;

    /// <summary>
    /// A likelihood ratio in words, rounded down: "about 12 to 1", "more than 10^9 to 1"; against H1 "about 1 to 20".
    /// </summary>
    /// <param name="ln">Its natural logarithm.</param>
    public static string Ratio(double ln)
    {
        if (!double.IsFinite(ln))
            return None;
        double log10 = Math.Abs(ln) / Ln10;
        string number = log10 < 3 ? Of(Math.Exp(Math.Abs(ln)), log10 < 1 ? 2 : 3) : log10 < 6 ? Of(Math.Exp(Math.Abs(ln)), 2) : string.Create(CultureInfo.InvariantCulture, $"10^{Math.Floor(log10):N0}");
        string about = log10 < 6 ? "about" : "more than";
        return ln < 0 ? $"{about} 1 to {number}" : $"{about} {number} to 1";
    }

    /// <summary>A power of ten beside an axis: 0.01, 1, 10, 100, 1,000, then 10⁴.</summary>
    /// <param name="exponent">The exponent, whole.</param>
    public static string PowerLabel(double exponent)
    {
        if (exponent is >= -3 and <= 3)
            return Math.Pow(10, exponent).ToString(exponent < 0 ? "0.###" : "N0", CultureInfo.InvariantCulture);
        return "10" + Raised(exponent.ToString("N0", CultureInfo.InvariantCulture));
    }

    /// <summary>UTC to the second.</summary>
    /// <param name="time">The time; null where there is none.</param>
    public static string Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture) ?? None;

    /// <summary>The first digits of a digest.</summary>
    /// <param name="digest">The digest; null or empty where there is none.</param>
    public static string Short(string? digest) => string.IsNullOrEmpty(digest) ? None : digest.Length <= 16 ? digest : digest[..16] + "…";

    private static string Raised(string number) => string.Concat(number.Select(character => character switch
    {
        '-' or '−' => "⁻",
        ',' => "",
        '1' => "¹",
        '2' => "²",
        '3' => "³",
        >= '0' and <= '9' => ((char)('⁰' + (character - '0'))).ToString(),
        _ => character.ToString(),
    }));

    private static string Scientific(double value, int digits)
    {
        double exponent = Math.Floor(Math.Log10(Math.Abs(value)));
        double mantissa = value / Math.Pow(10, exponent);
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Round(mantissa, Math.Max(0, digits - 1))} × 10^{exponent:N0}");
    }
}
