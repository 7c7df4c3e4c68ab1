using Watermark.Statistics;

namespace Watermark.Forensics.Distillation;

/// <summary>
/// The interval that takes whole replies as the unit of chance: replies of one model resemble each other inside, and an
/// interval that takes every token for independent is then too narrow.
/// </summary>
internal static class DocumentIntervals
{
    private const double Confidence = 0.95;
    private const int FewestDocuments = 2;

    public static (double Low, double High)? Compute(IReadOnlyList<DocumentScore> documents, ScoreNull scoreNull, ulong seed)
    {
        if (!scoreNull.CountsOnes || documents.Count < FewestDocuments)
            return null;
        // Documents come in the order in which threads finished them; sorted, they give the same interval every time.
        DocumentScore[] sorted = [.. documents.OrderBy(document => document.Scored).ThenBy(document => document.Total)];
        long[] green = Array.ConvertAll(sorted, document => document.Total);
        long[] trials = Array.ConvertAll(sorted, document => document.Scored * scoreNull.TrialsPerRow);
        ConfidenceInterval interval = ClusterBootstrap.Interval(green, trials, Confidence, seed: seed);
        return (interval.Low, interval.High);
    }
}
