using System.Numerics;

namespace Watermark.Tests.Statistics;

/// <summary>Real numbers with 320 bits after the point, for check values that owe nothing to the code under test.</summary>
internal readonly struct HighPrecision(BigInteger bits) : IComparable<HighPrecision>
{
    private const int Point = 320;
    private static readonly HighPrecision LogTwo = Atanh(Of(1, 3)).Times(2);

    private readonly BigInteger bits = bits;

    public static HighPrecision One { get; } = new(BigInteger.One << Point);

    public static HighPrecision Of(BigInteger top, BigInteger bottom) => new((top << Point) / bottom);

    /// <summary>The value of a double, exactly if above 2^-260.</summary>
    public static HighPrecision Of(double value)
    {
        int exponent = value == 0 ? 0 : Math.ILogB(value) - 60;
        return new(Shift((BigInteger)Math.ScaleB(value, -exponent), exponent + Point));
    }

    public static HighPrecision operator +(HighPrecision left, HighPrecision right) => new(left.bits + right.bits);

    public static HighPrecision operator -(HighPrecision left, HighPrecision right) => new(left.bits - right.bits);

    public static HighPrecision operator *(HighPrecision left, HighPrecision right) => new((left.bits * right.bits) >> Point);

    public static HighPrecision operator /(HighPrecision left, HighPrecision right) => new((left.bits << Point) / right.bits);

    public HighPrecision Times(BigInteger factor) => new(bits * factor);

    public int CompareTo(HighPrecision other) => bits.CompareTo(other.bits);

    public HighPrecision Exp()
    {
        var turns = (int)(bits / LogTwo.bits);
        HighPrecision rest = new HighPrecision(bits - (LogTwo.bits * turns)).Halved(8);
        HighPrecision sum = One;
        HighPrecision term = One;
        for (int i = 1; !term.bits.IsZero && i < 200; i++)
        {
            term = new HighPrecision((term * rest).bits / i);
            sum += term;
        }

        for (int i = 0; i < 8; i++)
            sum *= sum;
        return new HighPrecision(Shift(sum.bits, turns));
    }

    /// <summary>ln of a value above 0: 2·atanh((x − 1)/(x + 1)) of what is left after a power of 2.</summary>
    public HighPrecision Log()
    {
        int turns = (int)bits.GetBitLength() - Point;
        HighPrecision rest = new(Shift(bits, -turns));
        return Atanh((rest - One) / (rest + One)).Times(2) + LogTwo.Times(turns);
    }

    public double ToDouble()
    {
        int spare = Math.Max(0, (int)bits.GetBitLength() - 100);
        return Math.ScaleB((double)(bits >> spare), spare - Point);
    }

    private static HighPrecision Atanh(HighPrecision x)
    {
        HighPrecision square = x * x;
        HighPrecision sum = x;
        HighPrecision power = x;
        for (int i = 3; !power.bits.IsZero && i < 2000; i += 2)
        {
            power *= square;
            sum += new HighPrecision(power.bits / i);
        }

        return sum;
    }

    private HighPrecision Halved(int times) => new(bits >> times);

    private static BigInteger Shift(BigInteger value, int left) => left >= 0 ? value << left : value >> -left;
}
