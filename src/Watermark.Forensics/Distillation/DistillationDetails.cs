using Watermark.Forensics.Findings;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Scoring;

namespace Watermark.Forensics.Distillation;

/// <summary>The details of a finding: which of its parts exist, and why the others do not.</summary>
internal static class DistillationDetails
{
    /// <summary>The details.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="scheme">The scheme.</param>
    /// <param name="rows">What the sample's rows score.</param>
    /// <param name="own">What the sample scores.</param>
    /// <param name="deciding">The null that decides.</param>
    /// <param name="power">The finding's own power.</param>
    /// <param name="rule">The thresholds.</param>
    /// <param name="scale">Units of effect in a point.</param>
    public static FindingDetails Of(
        Sample sample, WatermarkScheme scheme, ScoredRows rows, SampleScore own, DecidingNull deciding, PowerStatement power, DecisionRule rule, double scale)
    {
        IReadOnlyList<KeyTotal> documents = rows.Documents(sample);
        string? noProgress = sample.HasWeights ? "Rows have weights, which change when documents are added or left out."
            : deciding.DecidesByRandomKeys ? "Random keys decide, whose e-value holds for the whole sample only."
            : documents.Count == 0 ? "The sample has no documents with scored coins."
            : null;
        string? noDocuments = !scheme.Null.CountsOnes ? "The scheme's scores are not counts of green tokens."
            : noProgress;
        string? noWeights = own.Weights is { Count: > 0 } ? null : "Every coin counts once.";
        var sensitivity = new SensitivityTests(sample, scheme, rows, documents, own, noProgress, rule.EffectOfInterest, scale);
        return new FindingDetails
        {
            Progress = noProgress is null ? FindingFigures.Progress(documents, scheme.Null) : null,
            Documents = noDocuments is null ? FindingFigures.Documents(documents, scheme.Null) : null,
            PowerCurve = FindingFigures.Power(deciding.Null, power, scale),
            Weights = noWeights is null ? FindingFigures.Weights(own.Weights!) : null,
            Sensitivity = sensitivity.Tests,
            Missing = [.. Named("progress", noProgress), .. Named("documents", noDocuments), .. Named("weights", noWeights), .. sensitivity.Missing],
        };
    }

    private static IEnumerable<NamedValue> Named(string name, string? why) => why is null ? [] : [new NamedValue(name, why)];
}
