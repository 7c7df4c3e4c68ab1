using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Tests.Statistics;

public sealed class PermutationTestTests
{
    [Fact]
    public void The_observed_labelling_counts_among_those_drawn()
    {
        PermutationResult result = PermutationTest.Sampled(5, [1, 5, 3, 7, 2, 0, 0, 0, 4]);

        Assert.Equal(Math.Log(3.0 / 10), result.LogP, 12);
    }

    [Fact]
    public void Nothing_is_more_extreme_than_one_in_all_labellings()
    {
        Int128[] drawn = [.. Enumerable.Range(0, 99).Select(i => (Int128)i)];

        PermutationResult result = PermutationTest.Sampled((Int128)1 << 100, drawn);

        Assert.Equal(Math.Log(1.0 / 100), result.LogP, 12);
        Assert.InRange(result.LogE, Math.Log(90), Math.Log(100));
    }

    [Fact]
    public void Equal_totals_give_no_evidence()
    {
        PermutationResult result = PermutationTest.Sampled(4, [4, 4, 4]);

        Assert.Equal(0, result.LogP);
        Assert.Equal(0, result.LogE);
    }

    // Under H0 every labelling is as likely as any other, so both means are over all of them, exactly.
    [Fact]
    public void Over_all_labellings_the_e_value_has_mean_one_and_the_p_value_its_level()
    {
        var random = new SeededRandomBits(3);
        Int128[] all = [.. Enumerable.Range(0, 200).Select(_ => (Int128)random.NextBelow(40))];
        PermutationResult[] results = [.. all.Select(total => PermutationTest.Complete(total, all))];

        Assert.Equal(1, results.Average(result => Math.Exp(result.LogE)), 9);
        foreach (double level in new[] { 0.01, 0.05, 0.2, 0.5 })
            Assert.True(results.Count(result => result.LogP <= Math.Log(level)) <= level * results.Length);
    }

    [Fact]
    public void The_observed_total_must_be_among_all() =>
        Assert.Throws<ArgumentException>(() => PermutationTest.Complete(3, [1, 2]));

    // With N labellings no e-value is above N.
    [Fact]
    public void The_smallest_mean_follows_the_normal_distribution()
    {
        double mean = PermutationTest.SmallestMean(2, 10_000, Math.Log(1000), 0.9);
        double z = (mean / 2) - 1.2815515655446004;
        double large = new[] { 1.0, 2, 4 }.Average(tilt => Math.Exp((tilt * z) - (tilt * tilt / 2)));

        Assert.Equal(1000, 1 / ((1 / large) + 1e-4), 6);
        Assert.True(double.IsNaN(PermutationTest.SmallestMean(2, 1_000, Math.Log(1000), 0.9)));
    }
}
