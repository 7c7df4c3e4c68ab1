using Watermark.Text.Conversations.Templates;
using Watermark.Text.Records;

namespace Watermark.Text.Conversations;

/// <summary>
/// Files with one message a record. A message names the one that it answers (<c>parent_id</c>), or its conversation
/// (<c>conversation_id</c>); the messages before it are then its prompt. Where it names neither, a reply has no prompt.
/// </summary>
internal sealed class MessageRows
{
    private const int MostKept = 1_000_000;
    private const int Longest = 2_000;

    private readonly Dictionary<string, Row> byMessage = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Row> byConversation = new(StringComparer.Ordinal);

    /// <summary>Whether a record is one message.</summary>
    /// <param name="record">The record.</param>
    public static bool IsOne(Node record) =>
        Messages.RoleOf(record) is { } role && RoleNames.TryGet(role, out _) && record["content", "text", "value", "parts"] is not null
        && !record.Members.Any(member => Names.IsPrompt(member.Key) || Names.IsMessageList(member.Key) || (Names.IsReply(member.Key) && member.Key != "text"));

    /// <summary>The conversation that ends with this message; none where it is no reply.</summary>
    /// <param name="record">The record.</param>
    /// <param name="id">Its id.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="counts">The counts of the record.</param>
    public List<Conversation> Read(Node record, string id, RecordPlace place, MappingCounts counts)
    {
        var scope = new RecordScope(counts);
        Turn turn = Messages.ReadOne(record, "message", scope);
        string? thread = record["conversationid", "threadid", "sessionid", "chatid", "dialogueid", "dialogid"] is { } own ? own.Text ?? own.Number : null;
        string? parent = record["parentid", "parentmessageid", "parent"]?.Text;
        Row? before = parent is not null ? byMessage.GetValueOrDefault(parent) : thread is not null ? byConversation.GetValueOrDefault(thread) : null;
        List<string> context = ContextTexts.Of(record, scope, [turn], []);
        var row = new Row(turn, context, before, before is null ? 1 : before.Length + 1);
        if (row.Length > Longest)
            throw new RecordFault($"the conversation '{Names.Shown(thread ?? parent ?? "")}' has more than {Longest} messages, expected less; give its records ids of their own conversations");
        if (byMessage.Count + byConversation.Count < MostKept)
        {
            if (record["messageid", "id"] is { } name && (name.Text ?? name.Number) is { } key)
                byMessage[key] = row;
            if (thread is not null)
                byConversation[thread] = row;
        }

        if (turn.Role != Role.Assistant)
            return [];
        var turns = new List<Turn>();
        for (Row? at = before; at is not null; at = at.Before)
        {
            turns.Add(at.Turn with { IsGiven = at.Turn.Role == Role.Assistant });
            context.AddRange(at.Context);
        }

        turns.Reverse();
        bool hasPrompt = turns.Exists(Replies.Asks);
        turns.AddRange(ReplyText.Read(turn, TextOrigin.Message, counts));
        return [new Conversation { Id = id, Place = place, Shape = "one message a record", Turns = turns, Context = [.. context.Distinct()], HasPrompt = hasPrompt }];
    }

    /// <summary>Forgets all messages: the next file begins.</summary>
    public void Clear()
    {
        byMessage.Clear();
        byConversation.Clear();
    }

    private sealed record Row(Turn Turn, List<string> Context, Row? Before, int Length);
}
