using Watermark.Detection;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Statistics;

namespace Watermark.Forensics.Distillation;

/// <summary>
/// Was the suspect trained on text marked with this key? Scores the distinct n-grams of the suspect's replies, tests
/// the total against its exact null, and shows the same text under random keys beside it.
/// </summary>
/// <remarks>
/// The replies must have been elicited by prompts that do not depend on the key, and recorded with them: contexts of a
/// reply's own prompt are left out, since a clean model that copies a marked prompt looks guilty. The e-value, not the
/// p-value, is put on the verbal scale: it stays valid when the amount of text was not fixed in advance.
/// </remarks>
public sealed class DistillationTest
{
    private readonly KeyedScheme scheme;
    private readonly DistillationTestOptions options;

    /// <summary>Creates a test.</summary>
    /// <param name="scheme">The owner's scheme and key; stays the caller's to dispose.</param>
    /// <param name="options">How it is run.</param>
    public DistillationTest(KeyedScheme scheme, DistillationTestOptions options)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.scheme = scheme;
        this.options = options;
    }

    /// <summary>Tests a suspect.</summary>
    /// <param name="suspect">The suspect's replies.</param>
    /// <param name="control">Replies known to be independent of the key, or null.</param>
    /// <param name="keyWeakness">Why the key proves nothing, or null; becomes a warning.</param>
    /// <param name="progress">Told the part of the random keys done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The verdict; the same inputs and options give the same one.</returns>
    public DistillationVerdict Run(
        Corpus suspect, Corpus? control = null, string? keyWeakness = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(suspect);
        DetectionEvidence evidence = TableScoring.Score(scheme, suspect.Table, options.DegreeOfParallelism, cancellationToken);
        CorpusFinding finding = Finding(suspect, evidence);
        CorpusFinding? controlFinding = control is null
            ? null
            : Finding(control, TableScoring.Score(scheme, control.Table, options.DegreeOfParallelism, cancellationToken));
        RandomKeySummary? panel = options.RandomKeys == 0 || evidence.Scored == 0
            ? null
            : RandomKeyPanelSummary.Run(scheme, suspect.Table, evidence, options, progress, cancellationToken);
        return new VerdictBuilder(scheme, options).Build(suspect.Table, finding, controlFinding, panel, keyWeakness);
    }

    private CorpusFinding Finding(Corpus corpus, DetectionEvidence evidence) => new()
    {
        Documents = corpus.Table.Documents,
        Result = DetectionResult.From(evidence, scheme.Scheme.Null),
        DistinctRows = corpus.Table.DistinctRows,
        IsSample = corpus.Table.IsSample,
        DocumentInterval = DocumentIntervals.Compute(scheme, corpus, options.RandomKeySeed),
    };
}
