using System.Runtime.InteropServices;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Statistics;

namespace Watermark.Forensics.Distillation;

/// <summary>
/// The interval that takes whole replies as the unit of chance: replies of one model resemble each other inside, and an
/// interval that takes every token for independent is then too narrow. Each row counts with one of the replies that show
/// it, so that the replies' counts add up to those of the test.
/// </summary>
internal static class DocumentIntervals
{
    private const double Confidence = 0.95;
    private const int FewestDocuments = 2;
    private const int BlockRows = 1 << 14;

    /// <summary>The interval; null where documents were not tracked, repetitions count or the scheme does not count.</summary>
    public static (double Low, double High)? Compute(KeyedScheme scheme, Corpus corpus, ulong seed)
    {
        ScoreNull scoreNull = scheme.Scheme.Null;
        NGramTable table = corpus.Table;
        if (!scoreNull.CountsOnes || table.UsesMultiplicity || corpus.RowDocuments.Length != table.RowCount)
            return null;
        var documents = new Dictionary<ulong, (long Green, long Rows)>();
        var scores = new long[Math.Min(BlockRows, table.RowCount)];
        ReadOnlySpan<ulong> owners = corpus.RowDocuments.Span;
        for (int start = 0; start < table.RowCount; start += BlockRows)
        {
            int count = Math.Min(BlockRows, table.RowCount - start);
            scheme.ScoreRows(table.Rows.Slice(start, count), scores);
            for (int i = 0; i < count; i++)
            {
                ref (long Green, long Rows) document = ref CollectionsMarshal.GetValueRefOrAddDefault(documents, owners[start + i], out _);
                document = (document.Green + scores[i], document.Rows + 1);
            }
        }

        if (documents.Count < FewestDocuments)
            return null;
        (long Green, long Rows)[] sorted = [.. documents.OrderBy(document => document.Key).Select(document => document.Value)];
        ConfidenceInterval interval = ClusterBootstrap.Interval(
            Array.ConvertAll(sorted, document => document.Green), Array.ConvertAll(sorted, document => document.Rows * scoreNull.TrialsPerRow), Confidence, seed);
        return (interval.Low, interval.High);
    }
}
