using Watermark.Statistics;

namespace Watermark.Tests.Statistics;

public class IntervalTests
{
    [Fact]
    public void Published_intervals_are_met()
    {
        ConfidenceInterval exact = ClopperPearson.Interval(1000, 300);
        Accuracy.Within(0.27172, exact.Low, 5e-6, 0, "Clopper-Pearson low");
        Accuracy.Within(0.32946, exact.High, 5e-6, 0, "Clopper-Pearson high");
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(20, 0)]
    [InlineData(20, 7)]
    [InlineData(20, 20)]
    [InlineData(1000, 1)]
    [InlineData(1000, 999)]
    [InlineData(1_000_000_000_000, 1)]
    [InlineData(1_000_000_000_000, 250_000_000_000)]
    [InlineData(1_000_000_000_000, 999_999_999_999)]
    public void The_ends_of_the_exact_interval_are_where_the_tails_are_half_the_error(long n, long k)
    {
        // An end within 10^-12 of 1 is only known to a double's spacing there, so its tail is not compared.
        ConfidenceInterval interval = ClopperPearson.Interval(n, k, 0.99);
        if (k == 0)
            Assert.Equal(0, interval.Low);
        else if (n - k > n / 1000)
            Accuracy.Within(Math.Log(0.005), BinomialTail.LogUpperTail(n, k, interval.Low), 1e-8, 0, "low");
        if (k == n)
            Assert.Equal(1, interval.High);
        else if (n - k > n / 1000)
            Accuracy.Within(Math.Log(0.005), BinomialTail.LogLowerTail(n, k, interval.High), 1e-8, 0, "high");
        Assert.True(interval.Low <= (double)k / n && interval.High >= (double)k / n);
    }

    [Fact]
    public void The_ends_for_no_success_and_for_all_are_closed_forms()
    {
        Accuracy.Within(1 - Math.Pow(0.025, 1.0 / 50), ClopperPearson.Interval(50, 0).High, 1e-14, 0, "none");
        Accuracy.Within(Math.Pow(0.025, 1.0 / 50), ClopperPearson.Interval(50, 50).Low, 1e-14, 0, "all");
        Assert.Equal(new ConfidenceInterval(0, 1), ClopperPearson.Interval(0, 0));
    }

    [Theory]
    [InlineData(30, 0.25)]
    [InlineData(30, 0.03)]
    [InlineData(100, 0.5)]
    public void The_exact_interval_covers_at_least_as_often_as_it_says(int n, double p)
    {
        double covered = 0;
        for (int k = 0; k <= n; k++)
        {
            ConfidenceInterval interval = ClopperPearson.Interval(n, k, 0.9);
            if (interval.Low <= p && p <= interval.High)
                covered += Math.Exp(BinomialTail.LogProbability(n, k, new Fraction((long)Math.Round(p * 100), 100)));
        }

        Assert.InRange(covered, 0.9, 1);
    }

    [Fact]
    public void Newton_finds_what_bisection_finds()
    {
        foreach (long n in (long[])[1, 2, 7, 30, 500, 4_000, 1_000_000])
        {
            foreach (long k in new[] { 0, 1, 2, n / 100, n / 4, n / 2, n - 3, n - 1, n }.Where(k => k >= 0 && k <= n).Distinct())
            {
                foreach (double confidence in (double[])[0.2, 0.95, 1 - 1e-6])
                {
                    ConfidenceInterval interval = ClopperPearson.Interval(n, k, confidence);
                    double logError = Math.Log((1 - confidence) / 2);
                    double low = k == 0 ? 0 : Bisection.First(0.0, 1.0, p => BinomialTail.LogUpperTail(n, k, p) >= logError);
                    double high = k == n ? 1 : Bisection.First(0.0, 1.0, p => BinomialTail.LogLowerTail(n, k, p) <= logError);
                    Accuracy.Within(low, interval.Low, 0, 1e-12, $"low {k} of {n}");
                    Accuracy.Within(high, interval.High, 0, 1e-12, $"high {k} of {n}");
                }
            }
        }
    }

    [Fact]
    public void Impossible_arguments_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ClopperPearson.Interval(10, 11));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClopperPearson.Interval(10, 1, 1));
    }
}
