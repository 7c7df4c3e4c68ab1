using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Tests.Statistics;

public class ClusterBootstrapTests
{
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

            ConfidenceInterval clusters = ClusterBootstrap.Interval(green, trials, 0.95, (ulong)suspect, resamples: 200)!.Value;
            ConfidenceInterval tokens = ClopperPearson.Interval(30_000, green.Sum());
            bootstrap += clusters.Low <= 0.25 && 0.25 <= clusters.High ? 1 : 0;
            exact += tokens.Low <= 0.25 && 0.25 <= tokens.High ? 1 : 0;
        }

        Assert.InRange(bootstrap / 200.0, 0.88, 1);
        Assert.InRange(exact / 200.0, 0.5, 0.8);
    }

    [Theory]
    [InlineData(30, 0)]
    [InlineData(60, 0)]
    [InlineData(100, 0)]
    [InlineData(30, 1)]
    [InlineData(60, 1)]
    [InlineData(100, 1)]
    public void Ninety_five_percent_are_covered_from_thirty_documents_on(int documents, double skew)
    {
        // 800 suspects, documents of 64 tokens on average, lengths lognormal with the given sigma, intraclass correlation 0.02.
        // At a coverage of 95% the standard error is 0.8%; the range goes 4 of them below 94% and above 96%.
        var random = new SeededRandomBits(12, (ulong)documents);
        double spread = Math.Sqrt(0.02 * 0.25 * 0.75 * 12);
        int covered = 0;
        for (int suspect = 0; suspect < 800; suspect++)
        {
            long[] green = new long[documents];
            long[] trials = new long[documents];
            for (int i = 0; i < documents; i++)
            {
                double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                trials[i] = (long)Math.Ceiling(64 * Math.Exp((skew * normal) - (skew * skew / 2)));
                ulong threshold = (ulong)((0.25 + (spread * (random.NextDouble() - 0.5))) * 65536);
                ulong bits = 0;
                for (long token = 0; token < trials[i]; token++, bits >>= 16)
                {
                    bits = token % 4 == 0 ? random.NextUInt64() : bits;
                    green[i] += (bits & 0xFFFF) < threshold ? 1 : 0;
                }
            }

            ConfidenceInterval interval = ClusterBootstrap.Interval(green, trials, 0.95, (ulong)suspect, resamples: 400)!.Value;
            covered += interval.Low <= 0.25 && 0.25 <= interval.High ? 1 : 0;
        }

        Assert.InRange(covered / 800.0, 0.908, 0.992);
    }

    [Fact]
    public void More_documents_than_clusters_keep_the_interval_and_the_time()
    {
        // Equal documents of one token: the interval must be the binomial one, within the bootstrap's own noise.
        long[] green = new long[40_000];
        long[] trials = new long[40_000];
        Array.Fill(trials, 1);
        Array.Fill(green, 1, 0, 10_000);
        ConfidenceInterval interval = ClusterBootstrap.Interval(green, trials, 0.95)!.Value;
        ConfidenceInterval exact = ClopperPearson.Interval(40_000, 10_000);
        // The length of a percentile interval from 2,000 resamples and 1,000 clusters varies by about 4%; 15% is nearly 4 of that.
        Accuracy.Within(exact.High - exact.Low, interval.High - interval.Low, 0, 0.15, "length");
        Accuracy.Within(0.25, (interval.Low + interval.High) / 2, 0.0005, 0, "centre");
    }

    [Fact]
    public void Few_documents_have_no_interval()
    {
        long[] green = [.. Enumerable.Range(0, 30).Select(i => (long)(i % 7))];
        long[] trials = [.. Enumerable.Repeat(20L, 30)];
        ConfidenceInterval interval = ClusterBootstrap.Interval(green, trials, 0.95, 1)!.Value;
        Assert.Equal(interval, ClusterBootstrap.Interval(green, trials, 0.95, 1));
        Assert.InRange(green.Sum() / 600.0, interval.Low, interval.High);
        Assert.Null(ClusterBootstrap.Interval(green[..29], trials[..29], 0.95, 1));
        trials[29] = green[29] = 0;
        Assert.Null(ClusterBootstrap.Interval(green, trials, 0.95, 1));
        Assert.Null(ClusterBootstrap.Interval([], [], 0.95));
    }

    [Fact]
    public void Documents_without_a_difference_have_no_interval()
    {
        long[] trials = [.. Enumerable.Repeat(20L, 40)];
        Assert.Null(ClusterBootstrap.Interval([.. Enumerable.Repeat(5L, 40)], trials, 0.95));
    }

    [Fact]
    public void Impossible_arguments_are_refused()
    {
        Assert.Throws<ArgumentException>(() => ClusterBootstrap.Interval([1], [1, 2], 0.95));
        Assert.Throws<ArgumentException>(() => ClusterBootstrap.Interval([3], [2], 0.95));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClusterBootstrap.Interval([1], [2], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClusterBootstrap.Interval([1], [2], 0.9, 0, 5));
    }
}
