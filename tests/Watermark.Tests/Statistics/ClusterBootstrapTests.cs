using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Tests.Statistics;

public class ClusterBootstrapTests
{
    [Fact]
    public void The_same_input_and_seed_give_the_same_interval()
    {
        long[] green = [10, 30, 25, 40, 5];
        long[] trials = [50, 100, 100, 120, 30];
        Assert.Equal(ClusterBootstrap.Interval(green, trials, 0.95, 1), ClusterBootstrap.Interval(green, trials, 0.95, 1));
        ConfidenceInterval interval = ClusterBootstrap.Interval(green, trials, 0.95, 1);
        Assert.InRange(110.0 / 400, interval.Low, interval.High);
        Assert.True(interval.Low >= 5.0 / 30 && interval.High <= 40.0 / 120);
    }

    [Fact]
    public void Documents_that_resemble_themselves_are_covered_where_the_exact_interval_fails()
    {
        // 200 suspects of 150 documents, 200 tokens each, whose green probability varies between documents with intraclass
        // correlation 0.02 around 1/4 (a uniform density of that variance). Coverage of "95%": the bootstrap's is about
        // 94% (± 1.7% standard error; the range goes 3.5 of them down), the exact interval's about 65% (± 3.4%, range 4).
        var random = new SeededRandomBits(11);
        double spread = Math.Sqrt(0.02 * 0.25 * 0.75 * 12);
        int bootstrap = 0;
        int exact = 0;
        for (int suspect = 0; suspect < 200; suspect++)
        {
            long[] green = new long[150];
            long[] trials = new long[150];
            for (int document = 0; document < 150; document++)
            {
                double p = 0.25 + (spread * (random.NextDouble() - 0.5));
                trials[document] = 200;
                // Four tokens a draw, 16 bits each.
                for (int draw = 0; draw < 50; draw++)
                {
                    for (ulong bits = random.NextUInt64(), lane = 0; lane < 4; lane++, bits >>= 16)
                        green[document] += (bits & 0xFFFF) < p * 65536 ? 1 : 0;
                }
            }

            ConfidenceInterval clusters = ClusterBootstrap.Interval(green, trials, 0.95, (ulong)suspect, resamples: 200);
            ConfidenceInterval tokens = ClopperPearson.Interval(30_000, green.Sum());
            bootstrap += clusters.Low <= 0.25 && 0.25 <= clusters.High ? 1 : 0;
            exact += tokens.Low <= 0.25 && 0.25 <= tokens.High ? 1 : 0;
        }

        Assert.InRange(bootstrap / 200.0, 0.88, 1);
        Assert.InRange(exact / 200.0, 0.5, 0.8);
    }

    [Fact]
    public void More_documents_than_clusters_keep_the_interval_and_the_time()
    {
        // Equal documents of one token: the interval must be the binomial one, within the bootstrap's own noise.
        long[] green = new long[40_000];
        long[] trials = new long[40_000];
        Array.Fill(trials, 1);
        Array.Fill(green, 1, 0, 10_000);
        ConfidenceInterval interval = ClusterBootstrap.Interval(green, trials, 0.95);
        ConfidenceInterval exact = ClopperPearson.Interval(40_000, 10_000);
        // The length of a percentile interval from 2,000 resamples and 1,000 clusters varies by about 4%; 15% is nearly 4 of that.
        Accuracy.Within(exact.High - exact.Low, interval.High - interval.Low, 0, 0.15, "length");
        Accuracy.Within(0.25, (interval.Low + interval.High) / 2, 0.0005, 0, "centre");
    }

    [Fact]
    public void Empty_documents_say_nothing()
    {
        Assert.Equal(new ConfidenceInterval(0, 1), ClusterBootstrap.Interval([0, 0], [0, 0], 0.95));
        Assert.Equal(new ConfidenceInterval(0.5, 0.5), ClusterBootstrap.Interval([2, 0], [4, 0], 0.95));
        Assert.Throws<ArgumentException>(() => ClusterBootstrap.Interval([1], [1, 2], 0.95));
        Assert.Throws<ArgumentException>(() => ClusterBootstrap.Interval([3], [2], 0.95));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClusterBootstrap.Interval([1], [2], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClusterBootstrap.Interval([1], [2], 0.9, 0, 5));
    }
}
