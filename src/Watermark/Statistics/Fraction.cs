using System.Globalization;
using System.Numerics;

namespace Watermark.Statistics;

/// <summary>
/// An exact rational number, used for gamma, the probability that a token is green when the text is unrelated to the key.
/// The null distribution never uses a rounded gamma: for long text, rounding would change the p-value by a factor.
/// </summary>
/// <remarks>Always in lowest terms with a positive denominator, so equality is value equality. Bit-exact.</remarks>
public readonly record struct Fraction : IComparable<Fraction>, ISpanFormattable
{
    private readonly long denominator;

    /// <summary>Creates a fraction and reduces it to lowest terms.</summary>
    /// <param name="numerator">The numerator.</param>
    /// <param name="denominator">The denominator, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="denominator"/> is below 1.</exception>
    public Fraction(long numerator, long denominator)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(denominator, 1);
        ArgumentOutOfRangeException.ThrowIfEqual(numerator, long.MinValue);
        long divisor = (long)BigInteger.GreatestCommonDivisor(numerator, denominator);
        Numerator = numerator / divisor;
        this.denominator = denominator / divisor;
    }

    /// <summary>The numerator, in lowest terms.</summary>
    public long Numerator { get; }

    /// <summary>The denominator, in lowest terms, at least 1.</summary>
    public long Denominator => denominator == 0 ? 1 : denominator;

    /// <summary>1/2.</summary>
    public static Fraction Half { get; } = new(1, 2);

    /// <summary>1/4, the default gamma.</summary>
    public static Fraction Quarter { get; } = new(1, 4);

    /// <summary>Whether the fraction lies strictly between 0 and 1, as a gamma must.</summary>
    public bool IsProperProbability => Numerator > 0 && Numerator < Denominator;

    /// <summary>The nearest <see cref="double"/>, for display and final statistics only.</summary>
    public double ToDouble() => (double)Numerator / Denominator;

    /// <summary>1 − this, exactly.</summary>
    public Fraction Complement() => new(Denominator - Numerator, Denominator);

    /// <summary>
    /// The nearest multiple of 1/<paramref name="denominator"/>, halves rounded up: a gamma of 1/10 becomes
    /// 6554/65536 for a scheme whose lanes have 16 bits.
    /// </summary>
    /// <param name="denominator">The grid, at least 1.</param>
    public Fraction RoundToGrid(long denominator)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(denominator, 1);
        Int128 doubled = (2 * (Int128)Numerator * denominator) + Denominator;
        Int128 floor = doubled / (2 * (Int128)Denominator);
        if (doubled < 0 && floor * 2 * Denominator != doubled)
            floor--;
        return new Fraction((long)floor, denominator);
    }

    /// <summary>
    /// k − n·p as an exact reduced numerator over <see cref="Denominator"/>: the sign and size of an excess without
    /// rounding. The result of k·b − n·a for p = a/b; fits for n, k up to 10^12 and any b below 2^60.
    /// </summary>
    /// <param name="trials">n.</param>
    /// <param name="successes">k.</param>
    public Int128 ExcessNumerator(long trials, long successes) =>
        ((Int128)successes * Denominator) - ((Int128)trials * Numerator);

    /// <summary>Reads <c>a/b</c>, an integer, or a plain decimal such as <c>0.25</c> (taken exactly as 25/100).</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The fraction, in lowest terms.</param>
    /// <returns>Whether the text is a fraction.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Fraction value)
    {
        value = default;
        text = text.Trim();
        int slash = text.IndexOf('/');
        if (slash >= 0)
        {
            if (!TryParseInteger(text[..slash], out long top) || !TryParseInteger(text[(slash + 1)..], out long bottom) || bottom < 1)
                return false;
            value = new Fraction(top, bottom);
            return true;
        }

        int point = text.IndexOf('.');
        if (point < 0)
        {
            if (!TryParseInteger(text, out long whole))
                return false;
            value = new Fraction(whole, 1);
            return true;
        }

        ReadOnlySpan<char> decimals = text[(point + 1)..];
        if (decimals.Length is 0 or > 15 || decimals.ContainsAnyExceptInRange('0', '9'))
            return false;
        long scale = 1;
        for (int i = 0; i < decimals.Length; i++)
            scale *= 10;
        bool negative = text[0] == '-';
        ReadOnlySpan<char> head = negative ? text[1..point] : text[..point];
        long units = 0;
        if (head.Length > 0 && (head.ContainsAnyExceptInRange('0', '9') || !TryParseInteger(head, out units)))
            return false;
        if (units > 1000)
            return false;
        long numerator = (units * scale) + long.Parse(decimals, NumberStyles.None, CultureInfo.InvariantCulture);
        value = new Fraction(negative ? -numerator : numerator, scale);
        return true;
    }

    /// <summary>Reads a fraction; see <see cref="TryParse"/>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">The text is not a fraction.</exception>
    public static Fraction Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out Fraction value)
            ? value
            : throw new FormatException($"'{text}' is not a fraction: write a/b such as 1/4, or a decimal such as 0.25.");

    /// <summary>Compares two fractions exactly.</summary>
    /// <param name="other">The other fraction.</param>
    public int CompareTo(Fraction other) =>
        ((Int128)Numerator * other.Denominator).CompareTo((Int128)other.Numerator * Denominator);

    /// <summary>Whether <paramref name="left"/> is smaller.</summary>
    public static bool operator <(Fraction left, Fraction right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> is greater.</summary>
    public static bool operator >(Fraction left, Fraction right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> is at most <paramref name="right"/>.</summary>
    public static bool operator <=(Fraction left, Fraction right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> is at least <paramref name="right"/>.</summary>
    public static bool operator >=(Fraction left, Fraction right) => left.CompareTo(right) >= 0;

    /// <summary>Value equality; the fractions are in lowest terms.</summary>
    /// <param name="other">The other fraction.</param>
    public bool Equals(Fraction other) => Numerator == other.Numerator && Denominator == other.Denominator;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Numerator, Denominator);

    /// <summary>The text <c>a/b</c>, or <c>a</c> where b is 1.</summary>
    public override string ToString() => Denominator == 1
        ? Numerator.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        string text = ToString();
        bool fits = text.TryCopyTo(destination);
        charsWritten = fits ? text.Length : 0;
        return fits;
    }

    private static bool TryParseInteger(ReadOnlySpan<char> text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && value != long.MinValue;
}
