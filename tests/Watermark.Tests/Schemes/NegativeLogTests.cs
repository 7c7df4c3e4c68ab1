using System.Numerics;
using FsCheck.Xunit;
using Watermark.Randomness;
using Watermark.Schemes;

namespace Watermark.Tests.Schemes;

public sealed class NegativeLogTests
{
    // −ln((r + 1/2)/2^32)·2^32 rounded, by mpmath 1.3.0 at 60 digits.
    [Theory]
    [InlineData(0u, 98242467570L)]
    [InlineData(1u, 93523963719L)]
    [InlineData(2u, 91329984371L)]
    [InlineData(7u, 86611480520L)]
    [InlineData(1000u, 65594693139L)]
    [InlineData(65535u, 47632744317L)]
    [InlineData(65536u, 47632678781L)]
    [InlineData(123456789u, 15244161817L)]
    [InlineData(2147483647u, 2977044473L)]
    [InlineData(2147483648u, 2977044471L)]
    [InlineData(3814820912u, 509169319L)]
    [InlineData(3000000000u, 1541170211L)]
    [InlineData(4000000000u, 305585118L)]
    [InlineData(4294967290u, 6L)]
    [InlineData(4294967294u, 2L)]
    [InlineData(4294967295u, 1L)]
    public void Check_values_of_mpmath_come_out(uint r, long expected) => Assert.Equal(expected, NegativeLog.Units(r));

    [Property(MaxTest = 2000)]
    public bool Random_values_are_correctly_rounded(uint r) => IsCorrect(r);

    [Fact]
    public void Values_around_every_power_of_two_and_table_edge_are_correctly_rounded()
    {
        for (int shift = 0; shift < 32; shift++)
        {
            for (int step = -3; step <= 3; step++)
                Assert.True(IsCorrect(unchecked((1u << shift) + (uint)step)), $"2^{shift} + {step}");
        }

        for (uint edge = 0; edge < 128; edge++)
        {
            Assert.True(IsCorrect((1u << 31) + (edge << 24)), $"edge {edge}");
            Assert.True(IsCorrect((1u << 31) + (edge << 24) - 1), $"edge {edge}");
        }
    }

    [Fact]
    public void A_rounding_that_64_bits_do_not_decide_is_correct()
    {
        // About one r in four million; the first ones of a seeded search.
        var random = new SeededRandomBits(11);
        int found = 0;
        for (int i = 0; i < 20_000_000 && found < 5; i++)
        {
            uint r = (uint)random.NextUInt64();
            long dropped = (NegativeLog.Fine(r) + (1L << 25)) & ((1L << 26) - 1);
            if (dropped is >= NegativeLog.FineError and <= (1L << 26) - NegativeLog.FineError)
                continue;
            found++;
            Assert.True(IsCorrect(r), $"r = {r}");
        }

        Assert.InRange(found, 1, 5);
    }

    [Fact]
    public void The_order_is_that_of_the_uniforms()
    {
        long last = long.MaxValue;
        for (ulong r = 0; r <= uint.MaxValue; r += 65_537)
        {
            long fine = NegativeLog.Fine((uint)r);
            Assert.True(fine > 0 && fine < last);
            last = fine;
        }
    }

    private static bool IsCorrect(uint r)
    {
        // A logarithm by another way: the bits of log2 by repeated squaring, at 200 bits.
        BigInteger exact = ByRepeatedSquaring(r);
        BigInteger units = (exact + (BigInteger.One << 87)) >> 88;
        BigInteger fine = exact >> (120 - NegativeLog.FineBits);
        BigInteger sum = exact >> (120 - 96);
        return NegativeLog.Units(r) == units
            && BigInteger.Abs(NegativeLog.Fine(r) - fine) <= NegativeLog.FineError
            && BigInteger.Abs((BigInteger)NegativeLog.Sum(r) - sum) <= BigInteger.One << 17;
    }

    private static BigInteger ByRepeatedSquaring(uint r)
    {
        const int Bits = 200;
        BigInteger x = (2 * (BigInteger)r) + 1;
        int top = (int)x.GetBitLength() - 1;
        BigInteger mantissa = x << (Bits - top);
        BigInteger log2 = (BigInteger)(33 - top) << 120;
        for (int bit = 119; bit >= 0; bit--)
        {
            mantissa = mantissa * mantissa >> Bits;
            if (mantissa >> (Bits + 1) != 0)
            {
                mantissa >>= 1;
                log2 -= BigInteger.One << bit;
            }
        }

        return log2 * LogTwo >> 120;
    }

    /// <summary>ln 2·2^120 from 1/(n·2^n).</summary>
    private static readonly BigInteger LogTwo = Enumerable.Range(1, 200)
        .Aggregate(BigInteger.Zero, (sum, n) => sum + ((BigInteger.One << 300) / (n * (BigInteger.One << n)))) >> 180;
}
