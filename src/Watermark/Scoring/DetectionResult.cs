using Watermark.Statistics;

namespace Watermark.Scoring;

/// <summary>
/// The test of a text against a key. H0: <em>the scored tokens are independent of the key.</em> A small p-value is evidence
/// against H0 and nothing more: it does not say how marked text came into this one.
/// </summary>
public readonly record struct DetectionResult
{
    /// <summary>Token ids read.</summary>
    public required long Tokens { get; init; }

    /// <summary>n: rows, or coins, scored, after repetitions were removed. 0 means that the text was too short to say anything.</summary>
    public required long Scored { get; init; }

    /// <summary>k: ones among the scored rows (times layers, for schemes that have them); null for schemes that do not count.</summary>
    public long? Green { get; init; }

    /// <summary>The exact null probability of a one; null for schemes that do not count.</summary>
    public Fraction? Gamma { get; init; }

    /// <summary>k / trials; NaN where nothing was scored, null for schemes that do not count.</summary>
    public double? GreenFraction { get; init; }

    /// <summary>The exact 95% interval (Clopper and Pearson, 1934) of the green fraction; null where there is none.</summary>
    public (double Low, double High)? GreenFractionInterval { get; init; }

    /// <summary>The sum of the scores in points; for counting schemes the same as <see cref="Green"/>.</summary>
    public required double Score { get; init; }

    /// <summary>Natural log of the one-sided p-value, at most 0; 0 where nothing was scored.</summary>
    public required double LogP { get; init; }

    /// <summary>Whether <see cref="LogP"/> is the exact tail or a guaranteed upper bound.</summary>
    public required TailMethod Method { get; init; }

    /// <summary>The standardised score, for information only; no decision uses it. NaN where nothing was scored.</summary>
    public required double Z { get; init; }

    /// <summary>
    /// Natural log of the e-value, which is valid also when the amount of text was not fixed in advance; NaN where the null
    /// has no e-value.
    /// </summary>
    public required double LogE { get; init; }

    /// <summary>Tests a total.</summary>
    /// <param name="tokens">Token ids read.</param>
    /// <param name="total">The result of scoring.</param>
    /// <param name="scoreNull">The scheme's null.</param>
    public static DetectionResult From(long tokens, KeyTotal total, ScoreNull scoreNull)
    {
        ArgumentNullException.ThrowIfNull(scoreNull);
        TotalNull null0 = TotalNull.For(scoreNull, total.Rows);
        TotalTest test = null0.Test(total.Total);
        var result = new DetectionResult
        {
            Tokens = tokens,
            Scored = total.Rows,
            Score = (double)total.Total / scoreNull.UnitsPerPoint,
            LogP = test.LogP,
            Method = test.Method,
            Z = test.Z,
            LogE = test.LogE,
        };
        if (!scoreNull.CountsOnes)
            return result;
        long trials = total.Rows * scoreNull.TrialsPerRow;
        long green = (long)total.Total;
        (double, double)? bounds = null;
        if (trials > 0)
        {
            ConfidenceInterval interval = ClopperPearson.Interval(trials, green, TotalNull.Confidence);
            bounds = (interval.Low, interval.High);
        }

        return result with { Green = green, Gamma = scoreNull.Gamma, GreenFraction = (double)green / trials, GreenFractionInterval = bounds };
    }
}
