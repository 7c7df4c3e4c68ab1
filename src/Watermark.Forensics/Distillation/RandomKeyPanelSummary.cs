using Watermark.Detection;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Statistics;

namespace Watermark.Forensics.Distillation;

/// <summary>Runs the random-key panel and compares it with theory.</summary>
internal static class RandomKeyPanelSummary
{
    private const int Bins = 40;

    /// <summary>
    /// Standard errors by which the panel's mean or variance may exceed theory before it counts as disagreement: a
    /// calibrated scheme trips it about once in 100,000 verdicts.
    /// </summary>
    private const double Tolerance = 4.5;

    public static RandomKeySummary Run(
        KeyedScheme scheme, NGramTable table, DetectionEvidence evidence, DistillationTestOptions options, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        ScoreNull scoreNull = scheme.Scheme.Null;
        Int128[] totals = RandomKeyPanel.Run(scheme.Scheme, table, options.RandomKeys, options.RandomKeySeed, options.DegreeOfParallelism, progress, cancellationToken);
        RandomKeyResult result = RandomKeyTest.Evaluate(evidence.Total, totals);
        double unit = scoreNull.UnitsPerPoint;
        double expectedMean = evidence.Scored * scoreNull.Mean;
        double expectedDeviation = Math.Sqrt(evidence.Scored * scoreNull.Variance);
        double mean = result.Mean / unit;
        double deviation = result.StandardDeviation / unit;
        return new RandomKeySummary
        {
            Count = totals.Length,
            Mean = mean,
            StandardDeviation = deviation,
            ExpectedMean = expectedMean,
            ExpectedStandardDeviation = expectedDeviation,
            Rank = result.Rank,
            LogP = result.LogPValue,
            LogE = LogEValue(evidence, totals, scoreNull),
            AgreesWithTheory = Agrees(mean, deviation, expectedMean, expectedDeviation, totals.Length),
            Histogram = RandomKeyTest.Histogram(evidence.Total, totals, Bins),
        };
    }

    /// <summary>
    /// The e-value of the panel from the likelihood L = the scheme's own mixture e-value: any L ≥ 0 is allowed, and this
    /// one has power against the alternatives that matter.
    /// </summary>
    private static double LogEValue(DetectionEvidence evidence, Int128[] totals, ScoreNull scoreNull)
    {
        double[] logs = new double[totals.Length];
        for (int i = 0; i < totals.Length; i++)
            logs[i] = scoreNull.LogE(evidence.Scored, totals[i]);
        double own = scoreNull.LogE(evidence.Scored, evidence.Total);
        return double.IsNaN(own) ? double.NaN : RandomKeyTest.LogEValue(own, logs);
    }

    /// <summary>Only a panel that is shifted up or too wide speaks against the null: a narrower one makes it conservative.</summary>
    private static bool Agrees(double mean, double deviation, double expectedMean, double expectedDeviation, int count)
    {
        if (count < 30 || expectedDeviation == 0)
            return true;
        double shift = (mean - expectedMean) / expectedDeviation * Math.Sqrt(count);
        double ratio = deviation / expectedDeviation;
        double excess = ((ratio * ratio) - 1) / Math.Sqrt(2.0 / (count - 1));
        return shift <= Tolerance && excess <= Tolerance;
    }
}
