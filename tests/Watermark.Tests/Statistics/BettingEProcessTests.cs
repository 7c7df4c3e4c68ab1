using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Tests.Statistics;

public sealed class BettingEProcessTests
{
    // By hand: 1 + 1/2 · 3/4.
    [Fact]
    public void Wealth_grows_by_stake_times_gain()
    {
        var process = new BettingEProcess(0.5);
        process.Bet(0.75);

        Assert.Equal(Math.Log(1.375), process.LogWealth, 12);
        Assert.Equal(-Math.Log(1.375), process.LogP, 12);
    }

    [Fact]
    public void The_p_value_remembers_the_largest_wealth()
    {
        var process = new BettingEProcess(0.5);
        process.Bet(1);
        process.Bet(-1);

        Assert.Equal(Math.Log(0.75), process.LogWealth, 12);
        Assert.Equal(-Math.Log(1.5), process.LogP, 12);
    }

    // W_t = Π(1 + λ_t·g_t), with the stake that the process states before each bet.
    [Fact]
    public void The_mixture_is_a_sequence_of_predictable_stakes()
    {
        var process = new BettingEProcess();
        var random = new SeededRandomBits(1);
        double log = 0;
        for (int t = 0; t < 200; t++)
        {
            double gain = (2 * random.NextDouble()) - 0.9;
            double stake = process.Stake;
            Assert.InRange(stake, 0.125, 0.5);
            gain = Math.Clamp(gain, -1, 1);
            log += Math.Log(1 + (stake * gain));
            process.Bet(gain);
            Assert.Equal(log, process.LogWealth, 9);
        }

        Assert.Equal(200, process.Bets);
    }

    // All 2^12 paths of fair signs: the mean wealth is 1, and by Ville P(max W ≥ 1/α) ≤ α, exactly.
    [Fact]
    public void Fair_gains_have_mean_wealth_one_and_seldom_large_wealth()
    {
        const int Bets = 12;
        double mean = 0;
        int large = 0;
        for (int path = 0; path < 1 << Bets; path++)
        {
            var process = new BettingEProcess();
            for (int t = 0; t < Bets; t++)
                process.Bet(((path >> t) & 1) == 0 ? -0.8 : 0.8);
            mean += Math.Exp(process.LogWealth) / (1 << Bets);
            large += process.LogP <= Math.Log(0.1) ? 1 : 0;
        }

        Assert.Equal(1, mean, 9);
        Assert.InRange(large, 1, 0.1 * (1 << Bets));
    }

    // Values 2 or −1 with expectation exactly the tested mean: E e = 1 over all outcomes; with expectations around it, at most 1.
    [Theory]
    [InlineData(0.5, 0.5, 1.0)]
    [InlineData(0.2, 0.8, 0.99)]
    public void Against_a_mean_the_e_value_has_expectation_at_most_one(double first, double second, double most)
    {
        const int Count = 10;
        double expectation = 0;
        for (int outcome = 0; outcome < 1 << Count; outcome++)
        {
            double probability = 1;
            double[] values = new double[Count];
            for (int i = 0; i < Count; i++)
            {
                double p = i % 2 == 0 ? first : second;
                bool up = ((outcome >> i) & 1) == 1;
                probability *= up ? p : 1 - p;
                values[i] = up ? 2 : -1;
            }

            expectation += probability * Math.Exp(BettingEProcess.LogEAgainstMean(values, 0.5, 2));
        }

        Assert.InRange(expectation, 0.3, most + 1e-9);
        if (first == second)
            Assert.Equal(1, expectation, 9);
    }

    [Fact]
    public void Arguments_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BettingEProcess(0.6));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BettingEProcess([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BettingEProcess().Bet(1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BettingEProcess().Bet(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => BettingEProcess.LogEAgainstMean([3], 0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => BettingEProcess.LogEAgainstMean([1], 2, 2));
    }
}
