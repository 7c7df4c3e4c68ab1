namespace Watermark.Text.Conversations;

/// <summary>What was met while records were turned into conversations, for the report. Records that fail count nothing.</summary>
internal sealed class MappingCounts
{
    private readonly SortedDictionary<string, long> roles = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> shapes = new(StringComparer.Ordinal);

    /// <summary>How often each name of a role was met, as the files write it.</summary>
    public IReadOnlyDictionary<string, long> Roles => roles;

    /// <summary>The number of conversations of each shape.</summary>
    public IReadOnlyDictionary<string, long> Shapes => shapes;

    /// <summary>Replies that say something.</summary>
    public long Replies { get; set; }

    /// <summary>Replies without a prompt in their record.</summary>
    public long RepliesWithoutPrompt { get; set; }

    /// <summary>Replies that are null or empty, and records of errors: no reply, and no fault.</summary>
    public long EmptyReplies { get; set; }

    /// <summary>Replies that begin with their own prompt.</summary>
    public long PromptRepeated { get; set; }

    /// <summary>Replies from which reasoning was split off.</summary>
    public long ReasoningSplit { get; set; }

    /// <summary>Replies from which marks of the end, such as <c>&lt;/s&gt;</c>, were removed.</summary>
    public long EndMarksRemoved { get; set; }

    /// <summary>Texts that were split by the roles of a chat template.</summary>
    public long TemplatesSplit { get; set; }

    /// <summary>Calls of tools by the model. Their arguments are no text of a reply.</summary>
    public long ToolCalls { get; set; }

    /// <summary>Images, sound and files in messages.</summary>
    public long Attachments { get; set; }

    /// <summary>Streamed replies whose end was not met. What came is used.</summary>
    public long UnfinishedStreams { get; set; }

    /// <summary>Records in which the chosen prompt field was found.</summary>
    public long PromptFieldFound { get; set; }

    /// <summary>Counts the name of a role.</summary>
    internal void SawRole(string name) => Increase(roles, name, 1);

    /// <summary>Counts a conversation and its replies.</summary>
    internal void SawConversation(Conversation conversation)
    {
        Increase(shapes, conversation.Shape, 1);
        long replies = 0;
        foreach (Reply reply in Conversations.Replies.Of(conversation))
        {
            replies++;
            RepliesWithoutPrompt += reply.HasPrompt ? 0 : 1;
            PromptRepeated += reply.TurnIndex > 0 && Texts.BeginsWith(reply.Text, conversation.Turns[reply.TurnIndex - 1].Text) ? 1 : 0;
        }

        Replies += replies;
        EmptyReplies += conversation.Turns.Count(turn => turn is { Role: Role.Assistant, IsGiven: false }) - replies;
    }

    /// <summary>Adds the counts of a record.</summary>
    internal void Add(MappingCounts other)
    {
        foreach ((string name, long count) in other.roles)
            Increase(roles, name, count);
        foreach ((string name, long count) in other.shapes)
            Increase(shapes, name, count);
        Replies += other.Replies;
        RepliesWithoutPrompt += other.RepliesWithoutPrompt;
        EmptyReplies += other.EmptyReplies;
        PromptRepeated += other.PromptRepeated;
        ReasoningSplit += other.ReasoningSplit;
        EndMarksRemoved += other.EndMarksRemoved;
        TemplatesSplit += other.TemplatesSplit;
        ToolCalls += other.ToolCalls;
        Attachments += other.Attachments;
        UnfinishedStreams += other.UnfinishedStreams;
        PromptFieldFound += other.PromptFieldFound;
    }

    private static void Increase(SortedDictionary<string, long> counts, string name, long by) => counts[name] = counts.GetValueOrDefault(name) + by;
}
