using System.Numerics;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes.TextSeal;
using Watermark.Statistics;

namespace Watermark.Tests.Schemes.TextSeal;

public sealed class TextSealNumberTests
{
    [Theory]
    [InlineData("1/4")]
    [InlineData("1/2")]
    [InlineData("1/10")]
    [InlineData("0.3333")]
    [InlineData("2048/8191")]
    [InlineData("1/8191")]
    [InlineData("8190/8191")]
    [InlineData("1/8192")]
    public void The_float32_comparison_and_the_exact_one_agree_for_all_8191_values(string text)
    {
        Fraction gamma = Fraction.Parse(text);
        int threshold = TextSealScores.GreenThreshold(gamma.ToDouble());
        for (int h = 0; h < TextSealHash.Modulus; h++)
        {
            Assert.Equal(h / (float)TextSealHash.Modulus < (float)gamma.ToDouble(), h < threshold);
            Assert.Equal((Int128)h * gamma.Denominator < (Int128)gamma.Numerator * TextSealHash.Modulus, h < threshold);
        }

        Assert.Equal((int)(((TextSealHash.Modulus * gamma.Numerator) + gamma.Denominator - 1) / gamma.Denominator), threshold);
    }

    [Fact]
    public void A_gamma_within_half_a_float32_step_above_the_grid_follows_float32()
    {
        // 2048/8191 + 10^-9 lies above the grid point, but rounds to the same float32: the release calls h = 2048 red.
        double gamma = (2048.0 / 8191) + 1e-9;
        Assert.Equal(2048, TextSealScores.GreenThreshold(gamma));
        Assert.True(2048 < gamma * 8191);
    }

    [Fact]
    public void Every_score_is_the_logarithm_rounded_down()
    {
        for (int h = 0; h < TextSealHash.Modulus; h++)
        {
            double exact = -Math.Log((TextSealHash.Modulus - h) / (double)TextSealHash.Modulus) * (1L << 32);
            long units = TextSealScores.OfComplement(h);
            Assert.InRange(units, exact - 1.0001, exact + 0.0001);
            if (h > 0)
                Assert.Equal(TextSealScores.OfComplement(TextSealHash.Modulus - h), TextSealScores.Of(h));
        }

        Assert.Equal(0, TextSealScores.OfComplement(0));
        Assert.Equal(TextSealScores.Infinite, TextSealScores.Of(0));
    }

    [Fact]
    public void The_vector_kernel_agrees_with_the_scalar_twin_for_every_length_width_and_offset()
    {
        var random = new SeededRandomBits(21);
        int[] data = [.. Enumerable.Range(0, 12 * 300).Select(i => i % 50 == 0 ? -1 : (int)(random.NextUInt64() >> 33))];
        for (int length = 0; length <= 257; length++)
        {
            int offset = length % 5;
            int width = length % 11;
            var rows = new NGramRows(data.AsSpan(offset), length, width, length % 2 == 0 ? 280 : 1);
            ulong term = random.NextUInt64();
            var expected = new int[length];
            var actual = new int[length];
            TextSealHash.ResiduesScalar(term, rows, expected);
            TextSealHash.Residues(term, rows, actual);
            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void The_residue_is_the_definitions_in_unbounded_integers()
    {
        var random = new SeededRandomBits(22);
        BigInteger modulus = BigInteger.One << 64;
        for (int i = 0; i < 500; i++)
        {
            int[] row = [.. Enumerable.Range(0, 4).Select(_ => (int)(random.NextUInt64() >> 40))];
            long key = (long)random.NextUInt64();
            BigInteger sum = (new BigInteger(row[0]) * 10000019) + (new BigInteger(row[1]) * 10000247) + (new BigInteger(row[2]) * 10000439)
                + (new BigInteger(100000007) * row[3]) + (new BigInteger(500001713) * key);
            BigInteger hash = ((sum * 15485863 * 40499 % modulus) + modulus) % modulus;
            long signed = (long)(ulong)hash;
            signed ^= signed >> 13;
            var residues = new int[1];
            TextSealHash.Residues(unchecked((ulong)key * TextSealHash.KeyFactor), new NGramRows(row, 1, 3, 1), residues);
            Assert.Equal((int)(((signed % 8191) + 8191) % 8191), residues[0]);
        }
    }
}
