using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Scoring;

namespace Watermark.Forensics.Distillation;

/// <summary>Where the scores of a test come from.</summary>
internal interface IScoreSource
{
    /// <summary>The public parameters.</summary>
    WatermarkScheme Scheme { get; }

    /// <summary>Throws where the scores of a sample cannot be had.</summary>
    void Check(TitledSample sample);

    /// <summary>The total of a sample.</summary>
    SampleScore Score(Sample sample, int threads, CancellationToken cancellationToken);

    /// <summary>The score of every row of a sample.</summary>
    ScoredRows ScoreEach(Sample sample);
}

/// <summary>Scores under a key.</summary>
internal sealed class KeyedScores : IScoreSource
{
    private readonly KeyedScheme key;

    public KeyedScores(KeyedScheme scheme)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        key = scheme;
    }

    public WatermarkScheme Scheme => key.Scheme;

    /// <summary>Any sample can be scored; the scorer itself refuses one of another context width.</summary>
    public void Check(TitledSample sample)
    {
    }

    public SampleScore Score(Sample sample, int threads, CancellationToken cancellationToken) => Scorer.Score(sample, key, threads, cancellationToken);

    public ScoredRows ScoreEach(Sample sample) => Scorer.ScoreEach(sample, key);
}

/// <summary>Scores that somebody with the key has given.</summary>
internal sealed class GivenScores : IScoreSource
{
    private readonly Dictionary<string, RowScores> byDigest = [];

    public GivenScores(IReadOnlyList<RowScores> given)
    {
        ArgumentNullException.ThrowIfNull(given);
        if (given.Count == 0)
            throw new InputFormatException("There are no row scores; those of the suspect's sample were expected.");
        Scheme = given[0].Scheme;
        foreach (RowScores scores in given)
        {
            if (scores.Key != given[0].Key)
                throw new InputFormatException($"Some row scores are of the key {given[0].Key.Id} and some of {scores.Key.Id}; one key was expected.");
            byDigest[scores.SampleDigest] = scores;
        }
    }

    public WatermarkScheme Scheme { get; }

    public void Check(TitledSample sample)
    {
        if (!byDigest.TryGetValue(sample.Sample.Digest, out RowScores? scores))
            throw new InputFormatException($"There are no row scores of the sample of {sample.Title} (digest {sample.Sample.Digest}).");
        if (scores.Fault(sample.Sample) is { } fault)
            throw new InputFormatException($"The row scores of {sample.Title} cannot be used. {fault}");
    }

    public SampleScore Score(Sample sample, int threads, CancellationToken cancellationToken) => ScoreEach(sample).Total(sample);

    public ScoredRows ScoreEach(Sample sample) => byDigest[sample.Digest].Scores;
}
