namespace Watermark.Statistics;

/// <summary>Finds where a monotone condition becomes true.</summary>
internal static class Bisection
{
    /// <summary>
    /// The first <see cref="double"/> above <paramref name="low"/> for which the condition holds, given that it holds at
    /// <paramref name="high"/>; both at least 0. It bisects the representable numbers, so it is as fast and as precise near
    /// 0 as elsewhere.
    /// </summary>
    public static double First(double low, double high, Func<double, bool> holds)
    {
        long below = BitConverter.DoubleToInt64Bits(low);
        long above = BitConverter.DoubleToInt64Bits(high);
        while (above - below > 1)
        {
            long middle = below + ((above - below) / 2);
            if (holds(BitConverter.Int64BitsToDouble(middle)))
                above = middle;
            else
                below = middle;
        }

        return BitConverter.Int64BitsToDouble(above);
    }

    /// <summary>
    /// The first integer above <paramref name="low"/> for which the condition holds, given that it holds at
    /// <paramref name="high"/>.
    /// </summary>
    public static long First(long low, long high, Func<long, bool> holds)
    {
        while (high - low > 1)
        {
            long middle = low + ((high - low) / 2);
            if (holds(middle))
                high = middle;
            else
                low = middle;
        }

        return high;
    }

    /// <summary>
    /// The first integer above <paramref name="low"/> for which the condition holds, given that it holds at
    /// <paramref name="high"/>.
    /// </summary>
    public static Int128 First(Int128 low, Int128 high, Func<Int128, bool> holds)
    {
        while (high - low > 1)
        {
            Int128 middle = low + ((high - low) / 2);
            if (holds(middle))
                high = middle;
            else
                low = middle;
        }

        return high;
    }
}
