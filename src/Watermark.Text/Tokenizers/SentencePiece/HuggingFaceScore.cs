using System.Globalization;

namespace Watermark.Text.Tokenizers.SentencePiece;

/// <summary>
/// Reads the scores of a <c>tokenizer.json</c> as the library tokenizers does. Its JSON reader (serde_json) rounds twice: the
/// digits to a double, then that number times or divided by a power of ten. One score of nine is another double than the
/// nearest one, and sums of scores that are almost equal then choose other tokens.
/// </summary>
internal static class HuggingFaceScore
{
    /// <summary>Reads a score.</summary>
    /// <param name="number">The number as it stands in the file; valid JSON.</param>
    /// <returns>The score; infinite where it is too large.</returns>
    public static double Parse(ReadOnlySpan<char> number)
    {
        ulong digits = 0;
        int exponent = 0;
        bool full = false;
        bool fraction = false;
        int at = 0;
        for (; at < number.Length && number[at] is not ('e' or 'E'); at++)
        {
            if (number[at] == '.')
                (fraction, full) = (true, false);
            if (!char.IsAsciiDigit(number[at]))
                continue;
            ulong digit = (ulong)(number[at] - '0');
            // Digits that do not fit into 64 bits are left out, those before and those after the point alone.
            full |= digits > (ulong.MaxValue - digit) / 10;
            if (!full)
                digits = 10 * digits + digit;
            if (full != fraction)
                exponent += full ? 1 : -1;
        }

        if (at < number.Length)
            exponent += Exponent(number[(at + 1)..]);
        double value = Scale(digits, exponent);
        return number[0] == '-' ? -value : value;
    }

    private static int Exponent(ReadOnlySpan<char> text)
    {
        int value = 0;
        foreach (char digit in text)
        {
            if (char.IsAsciiDigit(digit))
                value = Math.Min(10 * value + (digit - '0'), 100_000_000);
        }

        return text[0] == '-' ? -value : value;
    }

    private static double Scale(double digits, int exponent)
    {
        for (; exponent < -308 && digits != 0; exponent += 308)
            digits /= 1e308;
        if (digits == 0 || exponent == 0)
            return digits;
        if (exponent > 308)
            return double.PositiveInfinity;
        double power = double.Parse($"1e{Math.Abs(exponent)}", CultureInfo.InvariantCulture);
        return exponent > 0 ? digits * power : digits / power;
    }
}
