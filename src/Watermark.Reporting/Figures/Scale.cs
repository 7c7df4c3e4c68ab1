using System.Globalization;
using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Figures;

/// <summary>A number on an axis.</summary>
/// <param name="Value">The value.</param>
/// <param name="Label">How it is written.</param>
internal readonly record struct Tick(double Value, string Label);

/// <summary>From values to places on an axis, with round numbers to write beside it.</summary>
internal sealed class Scale
{
    private Scale(double low, double high, IReadOnlyList<Tick> ticks)
    {
        Low = low;
        High = high;
        Ticks = ticks;
    }

    /// <summary>The value at the beginning of the axis.</summary>
    public double Low { get; }

    /// <summary>The value at its end.</summary>
    public double High { get; }

    /// <summary>The numbers beside it, all within the axis.</summary>
    public IReadOnlyList<Tick> Ticks { get; }

    /// <summary>A scale that begins and ends at round numbers.</summary>
    /// <param name="low">The smallest value, finite.</param>
    /// <param name="high">The largest value, finite.</param>
    /// <param name="most">The most numbers beside the axis, at least 2.</param>
    /// <param name="whole">Whether only whole numbers make sense.</param>
    /// <param name="label">Writes a number; null for decimals.</param>
    /// <param name="tight">Whether the axis ends at the values, not at round numbers.</param>
    public static Scale Round(double low, double high, int most, bool whole = false, Func<double, string>? label = null, bool tight = false)
    {
        if (!(high > low))
            (low, high) = (low - Spread(low), high + Spread(high));
        double step = Step((high - low) / Math.Max(1, most - 1), whole);
        double first = Math.Floor((low / step) + 1e-9);
        double last = Math.Ceiling((high / step) - 1e-9);
        while (!tight && last - first > most - 1)
        {
            step = Step(step * 1.01, whole);
            first = Math.Floor((low / step) + 1e-9);
            last = Math.Ceiling((high / step) - 1e-9);
        }

        if (tight)
            (first, last) = (Math.Ceiling((low / step) - 1e-9), Math.Floor((high / step) + 1e-9));
        int digits = Math.Clamp((int)-Math.Floor(Math.Log10(step) + 1e-9), 0, 15);
        var ticks = new List<Tick>();
        for (double i = first; i <= last; i++)
        {
            double value = i * step;
            ticks.Add(new Tick(value, label is null ? Decimal(value, digits) : label(value)));
        }

        return tight ? new Scale(low, high, ticks) : new Scale(first * step, last * step, ticks);
    }

    /// <summary>A scale of log10 values, with powers of ten beside it.</summary>
    /// <param name="low">The smallest log10.</param>
    /// <param name="high">The largest log10.</param>
    /// <param name="most">The most numbers beside the axis.</param>
    public static Scale Powers(double low, double high, int most) => Round(low, high, most, whole: true, label: Numbers.PowerLabel);

    /// <summary>The place of a value; values outside the axis are put at its end.</summary>
    /// <param name="value">The value.</param>
    /// <param name="from">The place of <see cref="Low"/>.</param>
    /// <param name="to">The place of <see cref="High"/>.</param>
    public double At(double value, double from, double to) => from + ((Math.Clamp(value, Low, High) - Low) / (High - Low) * (to - from));

    private static double Spread(double value) => value == 0 ? 0.5 : Math.Abs(value) * 0.05;

    /// <summary>The smallest of 1, 2 and 5 times a power of ten that is at least so much.</summary>
    private static double Step(double least, bool whole)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        double step = power * 10;
        foreach (double factor in (ReadOnlySpan<double>)[1, 2, 5])
        {
            if (power * factor >= least * (1 - 1e-9))
            {
                step = power * factor;
                break;
            }
        }

        return whole ? Math.Max(1, step) : step;
    }

    private static string Decimal(double value, int digits)
    {
        string text = value.ToString("N" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return text.StartsWith('-') && text.All(character => character is '-' or '0' or '.' or ',') ? text[1..] : text.Replace('-', '−');
    }
}
