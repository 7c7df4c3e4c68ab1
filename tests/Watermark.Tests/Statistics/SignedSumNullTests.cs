using System.Numerics;
using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Tests.Statistics;

public sealed class SignedSumNullTests
{
    [Fact]
    public void A_small_sum_is_enumerated()
    {
        // D = (3, 1, 2, 2): of 16 sign patterns, 4 give 4 or more; with lambda .3, e at 4 is exp(1.2)/(cosh .9·cosh .3·cosh² .6).
        SignedSumNull law = Of(3, 1, 2, 2);
        Assert.Equal(8, law.SumOfWeights);
        Assert.Equal(18, law.Variance);
        Assert.Equal(Math.Log(4.0 / 16), law.LogUpperTail(4).LogP, 1e-9);
        Assert.Equal(0.45555822655, law.LogE(4, 0.3), 1e-9);
        double mean = 0;
        double mixture = 0;
        for (int signs = 0; signs < 16; signs++)
        {
            int sum = Sum(signs, 3, 1, 2, 2);
            mean += Math.Exp(law.LogE(sum, 0.3)) / 16;
            mixture += Math.Exp(law.LogE(sum)) / 16;
        }

        Assert.Equal(1, mean, 1e-12);
        Assert.Equal(1, mixture, 1e-9);
    }

    [Fact]
    public void Tails_are_those_of_all_sign_patterns()
    {
        var random = new SeededRandomBits(8);
        for (int trial = 0; trial < 60; trial++)
        {
            int[] weights = [.. Enumerable.Range(0, 1 + (int)random.NextBelow(10)).Select(_ => 1 + (int)random.NextBelow(9))];
            SignedSumNull law = Of(weights);
            int patterns = 1 << weights.Length;
            for (int sum = -(int)law.SumOfWeights; sum <= law.SumOfWeights; sum++)
            {
                int reached = Enumerable.Range(0, patterns).Count(signs => Sum(signs, weights) >= sum);
                Assert.Equal(Math.Log((double)reached / patterns), law.LogUpperTail(sum).LogP, 1e-9);
            }
        }
    }

    [Theory]
    [InlineData(4096, 1, 300)]
    [InlineData(4096, 1, 1000)]
    [InlineData(3000, 7, 210)]
    public void Equal_weights_give_the_binomial_tail(int count, int weight, int excess)
    {
        // Counted with whole numbers: Σ C(n, k) from k = (n + s)/2 on, over 2^n.
        var law = new SignedSumNull([new WeightClass(weight, count)]);
        BigInteger choose = 1;
        BigInteger reached = 0;
        for (int k = 0; k <= count; k++)
        {
            if ((2 * k) - count >= excess)
                reached += choose;
            choose = choose * (count - k) / (k + 1);
        }

        double expected = BigInteger.Log(reached) - (count * Math.Log(2));
        Assert.Equal(expected, law.LogUpperTail((long)excess * weight).LogP, 1e-9);
    }

    [Fact]
    public void The_smallest_sum_is_the_first_whose_e_value_reaches_the_threshold()
    {
        SignedSumNull law = Of([.. Enumerable.Range(0, 400).Select(i => 1 + (i % 5))]);
        long first = law.SmallestSum(10)!.Value;
        Assert.True(law.LogE(first) >= 10 && law.LogE(first - 1) < 10);
        Assert.Null(law.SmallestSum(1000));

        // Ville: an e-value of e^10 has a p-value of at most e^-10.
        Assert.True(law.LogUpperTail(first).LogP <= -10);
    }

    [Fact]
    public void No_weight_and_sums_out_of_range()
    {
        var law = new SignedSumNull([]);
        Assert.Equal((0.0, TailMethod.Exact), law.LogUpperTail(0));
        Assert.Equal(0, law.LogE(0), 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>(() => Of(1, 2).LogUpperTail(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => Of(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Of(1).LogE(1, 0));
    }

    [Fact]
    public void E_values_reject_as_many_as_the_procedure_says()
    {
        // N/(k·alpha) = 100, 50, 33.3, 25, 20 against 900, 120, 60, 3, .2.
        double[] logE = [Math.Log(3), Math.Log(900), Math.Log(0.2), Math.Log(60), Math.Log(120)];
        Assert.Equal(3, Multiplicity.EBenjaminiHochberg(logE, 0.05));
        Assert.Equal(0, Multiplicity.EBenjaminiHochberg([Math.Log(19)], 0.05));
        Assert.Equal(0, Multiplicity.EBenjaminiHochberg([], 0.05));
        Assert.Throws<ArgumentOutOfRangeException>(() => Multiplicity.EBenjaminiHochberg(logE, 1));
    }

    private static SignedSumNull Of(params int[] weights) => new([.. weights.Select(weight => new WeightClass(weight, 1))]);

    private static int Sum(int signs, params int[] weights)
    {
        int sum = 0;
        for (int i = 0; i < weights.Length; i++)
            sum += ((signs >> i) & 1) == 0 ? weights[i] : -weights[i];
        return sum;
    }
}
