using Watermark.Forensics.Findings;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Scoring;

namespace Watermark.Forensics.Distillation;

/// <summary>
/// The one null that decides about a sample under a key, the check of that null, and its diagnostics. A control has a null
/// of the same kind as its suspect.
/// </summary>
internal sealed class DecidingNull
{
    private const int Bins = 40;

    /// <summary>
    /// By how many standard errors the random keys' mean or variance may exceed the theoretical value. More counts as
    /// disagreement; a scheme whose null is exact exceeds it about once in 100,000 tests.
    /// </summary>
    private const double Tolerance = 4.5;

    /// <summary>The smallest number of random keys whose spread can check the theoretical null.</summary>
    private const int FewestKeys = 30;

    private readonly List<Diagnostic> diagnostics = [];

    /// <summary>Finds the null.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="scheme">The scheme.</param>
    /// <param name="own">What the sample scores under the key.</param>
    /// <param name="others">What it scores under random keys; may be empty.</param>
    /// <param name="forceRandomKeys">Whether random keys must decide because they decide about the suspect.</param>
    public DecidingNull(Sample sample, WatermarkScheme scheme, SampleScore own, IReadOnlyList<SampleScore> others, bool forceRandomKeys)
    {
        TotalNull theory = own.TheoryNull(scheme);
        Null = theory;
        string? defect = Defect(sample, scheme);
        if (others.Count > 0 && own.Rows > 0)
        {
            RandomKeysNull panel = Scorer.RandomKeyNull(scheme, own, others);
            Panel = Summary(theory, panel, own);
            if (Panel.Agrees == false)
                diagnostics.Add(Diagnostic.Warning(DiagnosticCodes.RandomKeysDisagree, "The totals under random keys lie higher or spread wider than the theoretical null allows, so random keys decide."));
            if (defect is not null || Panel.Agrees == false || forceRandomKeys)
                Null = panel;
        }

        if (defect is null)
            return;
        if (sample.Schema.CountsOccurrences)
            diagnostics.Add(Diagnostic.Warning(DiagnosticCodes.RepeatsCounted, "Repetitions were counted more than once over the corpus, so no theoretical null holds."));
        if (!DecidesByRandomKeys && own.Rows > 0)
            diagnostics.Add(Diagnostic.Blocking(DiagnosticCodes.NoValidNull, $"No theoretical null holds here ({defect}), and no random keys were requested."));
    }

    /// <summary>The null that decides.</summary>
    public TotalNull Null { get; }

    /// <summary>The totals under random keys; null where none were requested.</summary>
    public PanelSummary? Panel { get; }

    /// <summary>The diagnostics about the null.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics => diagnostics;

    /// <summary>Whether random keys decide.</summary>
    public bool DecidesByRandomKeys => Null.Name == Measurement.RandomKeysNull;

    /// <summary>Why the theoretical null does not hold, in words; null where it does.</summary>
    private static string? Defect(Sample sample, WatermarkScheme scheme)
    {
        if (sample.Schema.CountsOccurrences)
            return "repetitions count more than once";
        if (scheme.Coins != CoinRule.Row && !sample.Schema.CountsCoins)
            return "rows that share a coin count more than once";
        return null;
    }

    private static PanelSummary Summary(TotalNull theory, RandomKeysNull panel, SampleScore own) => new()
    {
        Count = panel.Keys,
        Rank = panel.Rank(own.Total),
        Mean = panel.Mean,
        StandardDeviation = panel.StandardDeviation,
        TheoryMean = theory.Mean,
        TheoryStandardDeviation = theory.StandardDeviation,
        Agrees = Agrees(panel.ScoreMean, panel.ScoreDeviation, panel.Keys),
        Histogram = panel.Histogram(own.Total, Bins),
    };

    /// <summary>
    /// Only totals of random keys that are too high or too widely spread contradict the null; a smaller spread makes it
    /// conservative.
    /// </summary>
    private static bool? Agrees(double mean, double spread, int count)
    {
        if (count < FewestKeys)
            return null;
        double shift = mean * Math.Sqrt(count);
        double excess = ((spread * spread) - 1) / Math.Sqrt(2.0 / (count - 1));
        return shift <= Tolerance && excess <= Tolerance;
    }
}
