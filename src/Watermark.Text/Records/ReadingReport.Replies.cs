using Watermark.NGrams;
using Watermark.Text.Conversations;

namespace Watermark.Text.Records;

/// <content>What was found in the records.</content>
public sealed partial class ReadingReport
{
    private const int SamplesKept = 3;

    private readonly List<Reply> samples = [];
    private IReadOnlyDictionary<string, long> noticed = new Dictionary<string, long>();

    /// <summary>Replies read.</summary>
    public long Replies { get; private set; }

    /// <summary>Replies that came with the prompt that they answer.</summary>
    public long RepliesWithPrompt { get; private set; }

    /// <summary>The first three replies, as they were read.</summary>
    public IReadOnlyList<Reply> Samples => samples;

    /// <summary>The shapes of records by which conversations were recognised, with the number of each. Complete at the end.</summary>
    public IReadOnlyDictionary<string, long> Shapes { get; private set; } = new Dictionary<string, long>();

    /// <summary>The names of roles that the records use, with the number of turns of each. Complete at the end.</summary>
    public IReadOnlyDictionary<string, long> Roles { get; private set; } = new Dictionary<string, long>();

    /// <summary>Conversations. Complete at the end.</summary>
    public long Conversations => Shapes.Values.Sum();

    /// <summary>Turns of the assistant that say nothing. Complete at the end.</summary>
    public long EmptyReplies { get; private set; }

    /// <summary>The counts of this reading that a sample keeps, by the names of <see cref="ReadingCounts"/>. Complete at the end.</summary>
    public IReadOnlyDictionary<string, long> Counts()
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal)
        {
            [ReadingCounts.SkippedFiles] = skipped.Count,
            [ReadingCounts.TruncatedFiles] = truncated.Count,
        };
        foreach ((string code, long count) in unreadByCode)
            counts[ReadingCounts.UnreadPrefix + code] = count;
        foreach ((string name, long count) in noticed)
            counts[name] = count;
        return counts;
    }

    /// <summary>Counts a reply and keeps the first.</summary>
    internal void Sample(Reply reply)
    {
        Replies++;
        RepliesWithPrompt += reply.HasPrompt ? 1 : 0;
        if (samples.Count < SamplesKept)
            samples.Add(reply);
    }

    /// <summary>Takes over what was met while records were turned into conversations.</summary>
    internal void Complete(MappingCounts counts)
    {
        Shapes = counts.Shapes;
        Roles = counts.Roles;
        EmptyReplies = counts.EmptyReplies;
        noticed = new Dictionary<string, long>
        {
            [ReadingCounts.EmptyReplies] = counts.EmptyReplies,
            [ReadingCounts.UnfinishedReplies] = counts.UnfinishedStreams,
        };
    }
}
