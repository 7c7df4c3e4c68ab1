using Watermark.Statistics;

namespace Watermark.Detection;

/// <summary>
/// The test of a text against a key. H0: <em>the scored tokens are independent of the key.</em> A small p-value speaks
/// against H0 and for nothing else: not for how the key's text came into this one.
/// </summary>
public readonly record struct DetectionResult
{
    private const double Confidence = 0.95;

    /// <summary>Token ids read.</summary>
    public required long Tokens { get; init; }

    /// <summary>n: rows scored, after repetitions were removed. 0 means that the text was too short to say anything.</summary>
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

    /// <summary>The standardised score, for orientation; nothing is decided by it. NaN where nothing was scored.</summary>
    public required double Z { get; init; }

    /// <summary>Natural log of the e-value, which stays valid when the amount of text was not fixed in advance; NaN where the null offers none.</summary>
    public required double LogE { get; init; }

    /// <summary>Tests evidence.</summary>
    /// <param name="evidence">What scoring gave.</param>
    /// <param name="scoreNull">The scheme's null.</param>
    public static DetectionResult From(DetectionEvidence evidence, ScoreNull scoreNull)
    {
        ArgumentNullException.ThrowIfNull(scoreNull);
        ScoreTest test = scoreNull.Test(evidence.Scored, evidence.Total);
        var result = new DetectionResult
        {
            Tokens = evidence.Tokens,
            Scored = evidence.Scored,
            Score = (double)evidence.Total / scoreNull.UnitsPerPoint,
            LogP = test.LogP,
            Method = test.Method,
            Z = test.Z,
            LogE = test.LogE,
        };
        if (!scoreNull.CountsOnes)
            return result;
        long trials = evidence.Scored * scoreNull.TrialsPerRow;
        long green = (long)evidence.Total;
        (double, double)? bounds = null;
        if (trials > 0)
        {
            ConfidenceInterval interval = ClopperPearson.Interval(trials, green, Confidence);
            bounds = (interval.Low, interval.High);
        }

        return result with { Green = green, Gamma = scoreNull.Gamma, GreenFraction = (double)green / trials, GreenFractionInterval = bounds };
    }
}
