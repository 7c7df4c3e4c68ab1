using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Tests.Statistics;

public class EProcessTests
{
    [Fact]
    public void The_process_keeps_the_largest_look()
    {
        var process = new EProcess(new BinomialNull(Fraction.Quarter));
        Assert.Equal((0.0, 0.0), (process.LogE, process.LogAnytimeP));
        process.Add(1000, 300);
        double high = process.LogE;
        Accuracy.Within(3.3730307238175579673, high, 1e-9, 0, "published");
        process.Add(1000, 200);
        Assert.Equal(BetaMixtureEValue.LogE(2000, 500, Fraction.Quarter), process.LogE);
        Assert.Equal(high, process.MaximumLogE);
        Assert.Equal(-high, process.LogAnytimeP);
        Assert.Equal((2000L, (Int128)500), (process.Rows, process.Total));
    }

    [Fact]
    public void Gumbel_totals_are_followed_in_units()
    {
        var process = new EProcess(new GammaNull());
        process.Add(10, (Int128)30 << 32);
        Assert.Equal(ExponentialMixtureEValue.LogE(10, 30), process.LogE);
    }

    [Fact]
    public void An_impossible_total_leaves_the_process_as_it_was()
    {
        var process = new EProcess(new BinomialNull(Fraction.Quarter));
        process.Add(4, 2);
        double before = process.LogE;
        Assert.Throws<ArgumentOutOfRangeException>(() => process.Add(1, 9));
        Assert.Equal((4L, (Int128)2, before), (process.Rows, process.Total, process.LogE));
    }

    [Fact]
    public void A_null_without_an_e_value_is_refused() =>
        Assert.Throws<ArgumentException>(() => new EProcess(new NullWithoutE()));

    [Fact]
    public void Looking_after_every_green_token_keeps_the_false_alarms_below_alpha()
    {
        // 4,000 unrelated texts of 3,000 tokens, a look at each. Ville: P(E ≥ 20 ever) ≤ 5%; 3.5% ± 0.3% happen at this
        // length. The same looks with a fixed-length p-value at 5% alarm on far more than 20%. By chance the bound would
        // fail with probability below 10^-6.
        const int Tokens = 3000;
        int[] alarmE = new int[Tokens + 1];
        int[] alarmP = new int[Tokens + 1];
        for (int n = 1; n <= Tokens; n++)
        {
            alarmE[n] = FirstCount(n, alarmE[n - 1], k => BetaMixtureEValue.LogE(n, k, Fraction.Quarter) >= Math.Log(20));
            alarmP[n] = FirstCount(n, alarmP[n - 1], k => BinomialTail.LogUpperTail(n, k, Fraction.Quarter) <= Math.Log(0.05));
        }

        var random = new SeededRandomBits(21);
        int byE = 0;
        int byP = 0;
        for (int text = 0; text < 4000; text++)
        {
            int green = 0;
            bool everE = false;
            bool everP = false;
            ulong bits = 0;
            for (int n = 1; n <= Tokens; n++)
            {
                // Two bits a token.
                bits = n % 32 == 1 ? random.NextUInt64() : bits >> 2;
                green += (bits & 3) == 0 ? 1 : 0;
                everE |= green >= alarmE[n];
                everP |= green >= alarmP[n];
            }

            byE += everE ? 1 : 0;
            byP += everP ? 1 : 0;
        }

        Assert.InRange(byE / 4000.0, 0.0001, 0.05);
        Assert.InRange(byP / 4000.0, 0.2, 1);
    }

    [Fact]
    public void Looking_after_every_gumbel_score_keeps_the_false_alarms_below_alpha()
    {
        // 1,000 unrelated texts of 400 scores. Ville's bound is 5%; were the rate exactly that, 7.2% would be exceeded with
        // probability 0.001.
        var random = new SeededRandomBits(22);
        int alarms = 0;
        for (int text = 0; text < 1000; text++)
        {
            double sum = 0;
            double largest = 0;
            for (int n = 1; n <= 400; n++)
            {
                sum -= Math.Log(1 - random.NextDouble());
                largest = Math.Max(largest, ExponentialMixtureEValue.LogE(n, sum));
            }

            alarms += largest >= Math.Log(20) ? 1 : 0;
        }

        Assert.InRange(alarms / 1000.0, 0.0001, 0.072);
    }

    [Fact]
    public void A_confidence_sequence_covers_at_every_look()
    {
        // 500 suspects of true fraction 0.3, a look every 50 tokens: some look misses with probability at most 10%. Twice
        // that rate would be 9 standard errors off; by chance 14% happens with probability 0.002 were the rate exactly 10%.
        var random = new SeededRandomBits(23);
        int misses = 0;
        for (int suspect = 0; suspect < 500; suspect++)
        {
            int green = 0;
            bool missed = false;
            for (int n = 1; n <= 1500; n++)
            {
                green += random.NextDouble() < 0.3 ? 1 : 0;
                if (n % 50 == 0)
                {
                    ConfidenceInterval interval = ConfidenceSequence.Interval(n, green, 0.1);
                    missed |= interval.Low > 0.3 || interval.High < 0.3;
                }
            }

            misses += missed ? 1 : 0;
        }

        Assert.InRange(misses / 500.0, 0, 0.14);
    }

    private static int FirstCount(int n, int from, Func<int, bool> alarms)
    {
        int count = from == int.MaxValue ? 0 : from;
        while (count <= n && !alarms(count))
            count++;
        return count > n ? int.MaxValue : count;
    }

    private sealed record NullWithoutE : ScoreNull
    {
        public override long UnitsPerPoint => 1;

        public override bool CountsOnes => false;

        public override double Mean => 0;

        public override double Variance => 1;

        public override string Description => "no e-value";

        public override ScoreTest Test(long rows, Int128 total) => new(0, TailMethod.UpperBound, 0, double.NaN);
    }
}
