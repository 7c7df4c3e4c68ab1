using Watermark.NGrams;
using Watermark.Text.Conversations;
using Watermark.Text.Screening;

namespace Watermark.Text;

/// <summary>Looks at replies as an extraction does, without making a sample: what it would read, leave out and notice.</summary>
public static class ReplySurvey
{
    /// <summary>Reads replies to the end.</summary>
    /// <param name="reader">The reader that gives <paramref name="replies"/>, for its report.</param>
    /// <param name="replies">The replies.</param>
    /// <param name="screening">Looks at every reply.</param>
    /// <param name="cancellationToken">Stops between replies.</param>
    /// <returns>The provenance that a sample of them would have, without tokens.</returns>
    public static SampleProvenance Read(ReplyReader reader, IEnumerable<Reply> replies, ReplyScreening screening, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(replies);
        ArgumentNullException.ThrowIfNull(screening);
        long kept = 0;
        long without = 0;
        foreach (Reply reply in replies)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Screened fate = reply.Tokens is null ? screening.Text(reply, reply.WholeText).Fate : screening.Ids(reply);
            kept += fate == Screened.Kept ? 1 : 0;
            without += fate == Screened.WithoutPrompt ? 1 : 0;
        }

        bool leftOut = CorpusExtraction.LeavesOut(without, kept);
        if (leftOut)
            screening.Add(ReadingCounts.LeftOutWithoutPrompt, without);
        return new SampleProvenance
        {
            Documents = leftOut ? kept : kept + without,
            DocumentsWithPrompts = kept,
            Inputs = reader.Inputs,
            Reading = ReadingOf(reader, screening),
        };
    }

    /// <summary>What was noticed by a reader and a screening together.</summary>
    /// <param name="reader">The reader, at its end.</param>
    /// <param name="screening">The screening.</param>
    public static IReadOnlyDictionary<string, long> ReadingOf(ReplyReader reader, ReplyScreening screening)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(screening);
        return new SortedDictionary<string, long>(
            reader.Report.Counts().Concat(screening.Counts()).Where(count => count.Value != 0).ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal);
    }
}
