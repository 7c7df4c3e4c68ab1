using System.Text.Json;
using Watermark.Text.Conversations.Templates;
using Watermark.Text.Records;

namespace Watermark.Text.Conversations;

/// <summary>
/// Finds who said what in records of any usual shape. What cannot be told with certainty is refused, never guessed into a
/// reply. For one thread.
/// </summary>
/// <param name="fields">What the user says of the fields.</param>
internal sealed class ConversationMapper(ConversationFields fields)
{
    private readonly StreamedReplies streams = new(fields);
    private readonly MessageRows rows = new();

    /// <summary>What was met so far.</summary>
    public MappingCounts Counts { get; } = new();

    /// <summary>The conversations that a record completes; none for a chunk of a streamed reply that goes on, or for an error's record.</summary>
    /// <param name="record">The record.</param>
    /// <exception cref="RecordFault">The record cannot be read with certainty; the next one may be.</exception>
    public IReadOnlyList<Conversation> Map(SourceRecord record)
    {
        var counts = new MappingCounts();
        List<Conversation> conversations = Read(record, counts);
        return Counted(conversations, counts);
    }

    /// <summary>The conversations that were not complete; to be called at the end of a file or of an archive's entry.</summary>
    /// <param name="refused">Is called for a streamed reply that cannot be read with certainty, with the place of its first chunk.</param>
    public IReadOnlyList<Conversation> Flush(Action<RecordPlace, RecordFault> refused)
    {
        var counts = new MappingCounts();
        var completed = new List<Conversation>();
        streams.Flush(counts, completed, refused);
        rows.Clear();
        return Counted(completed, counts);
    }

    private List<Conversation> Counted(List<Conversation> conversations, MappingCounts counts)
    {
        foreach (Conversation conversation in conversations)
            counts.SawConversation(conversation);
        Counts.Add(counts);
        return conversations;
    }

    private List<Conversation> Read(SourceRecord record, MappingCounts counts)
    {
        if (record.Text is { } text)
            return fields.ExpectsIds ? throw new RecordFault("the file is text, expected records with token ids") : [OfFile(text, record.Place, counts)];
        var completed = new List<Conversation>();
        if (record.Value.ValueKind == JsonValueKind.Undefined)
        {
            streams.Done(counts, completed);
            return completed;
        }

        var root = new Node(record.Value);
        var mapper = new RecordMapper(fields, record.Place, counts, rows);
        if (root.Kind == JsonValueKind.Array && root.Items.Count > 0)
        {
            if (root.Items.All(item => Messages.AreIn(item)))
                return [.. root.Items.SelectMany((list, i) => mapper.MapMessages(list, record.Place.Id, i))];
            if (Messages.AreIn(root))
                return mapper.MapMessages(root, record.Place.Id, 0);
            if (root.Items.All(item => item.Kind == JsonValueKind.Object))
                return mapper.MapAll(root.Items, record.Place.Id, [], 0);
        }

        if (root.Kind != JsonValueKind.Object)
            throw new RecordFault($"the record is {root.Described}, expected an object with fields");
        if (streams.TryTake(root, record, counts, completed))
            return completed;
        return mapper.Map(root, record.Place.Id, []);
    }

    private static Conversation OfFile(string text, RecordPlace place, MappingCounts counts)
    {
        IReadOnlyList<Turn> turns = ReplyText.Read(new Turn(Role.Assistant, text), TextOrigin.File, counts);
        int first = turns.TakeWhile(turn => turn.Role != Role.Assistant).Count();
        return new Conversation
        {
            Id = place.Name,
            Place = place,
            Shape = turns.Count > 1 ? "text by a chat template" : "text",
            Turns = turns,
            HasPrompt = turns.Take(first).Any(Replies.Asks),
        };
    }
}
