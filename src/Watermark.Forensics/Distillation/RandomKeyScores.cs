using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Scoring;

namespace Watermark.Forensics.Distillation;

/// <summary>
/// Keeps the scores of samples under random keys between tests. Random keys depend only on the scheme, so all keys of one
/// scheme that are tested on one sample share them. Not safe for concurrent use.
/// </summary>
public sealed class RandomKeyScores
{
    private readonly Dictionary<(Sample Sample, WatermarkScheme Scheme, int Count, ulong Seed), IReadOnlyList<SampleScore>> known = [];

    /// <summary>The scores.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="scheme">The scheme.</param>
    /// <param name="options">The number of keys and their seed.</param>
    /// <param name="progress">Receives the part done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    internal IReadOnlyList<SampleScore> Of(Sample sample, WatermarkScheme scheme, DistillationTestOptions options, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        (Sample, WatermarkScheme, int, ulong) key = (sample, scheme, options.RandomKeys, options.Seed);
        if (!known.TryGetValue(key, out IReadOnlyList<SampleScore>? scores))
            known.Add(key, scores = Scorer.ScoreRandomKeys(sample, scheme, options.RandomKeys, options.Seed, options.DegreeOfParallelism, progress, cancellationToken));
        return scores;
    }
}
