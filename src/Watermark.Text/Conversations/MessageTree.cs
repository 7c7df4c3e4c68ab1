using System.Globalization;
using System.Text.Json;
using Watermark.Text.Conversations.Templates;
using Watermark.Text.Records;

namespace Watermark.Text.Conversations;

/// <summary>
/// The export of a chat account: messages as a tree, since questions were asked again and answers made anew. Every way from
/// the root to an end is a conversation; an answer that two ways share is a reply only in the first.
/// </summary>
internal static class MessageTree
{
    /// <summary>Whether a record is such a tree.</summary>
    /// <param name="record">The record.</param>
    public static bool IsIn(Node record) =>
        record["mapping"] is { Members.Count: > 0 } mapping && mapping.Members.All(member => member.Value.Kind == JsonValueKind.Object && member.Value["parent", "children"] is not null);

    /// <summary>The conversations of a tree.</summary>
    /// <param name="record">The record.</param>
    /// <param name="id">Its id.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="counts">The counts of the record.</param>
    public static List<Conversation> Read(Node record, string id, RecordPlace place, MappingCounts counts)
    {
        if (record["mapping"]!.Members.Count > SpecialTemplateReader.MostTurns)
            throw new RecordFault($"the field 'mapping' has {record["mapping"]!.Members.Count} messages, expected at most {SpecialTemplateReader.MostTurns}");
        var scope = new RecordScope(counts);
        var nodes = new Dictionary<string, (string? Parent, Turn? Turn)>(StringComparer.Ordinal);
        var parents = new HashSet<string>(StringComparer.Ordinal);
        foreach (Member member in record["mapping"]!.Members)
        {
            string? parent = member.Value["parent"]?.Text;
            if (!nodes.TryAdd(member.Name, (parent, ReadMessage(member.Value["message"], member.Name, scope))))
                throw new RecordFault($"the message '{Names.Shown(member.Name)}' stands twice in 'mapping', expected it once");
            if (parent is not null)
                parents.Add(parent);
        }

        var all = new List<Conversation>();
        var read = new HashSet<string>(StringComparer.Ordinal);
        foreach (Member member in record["mapping"]!.Members.Where(member => !parents.Contains(member.Name)))
        {
            List<Turn> turns = WayTo(member.Name, nodes, read, counts);
            if (turns.Count == 0)
                continue;
            int first = turns.FindIndex(turn => turn is { Role: Role.Assistant, IsGiven: false });
            all.Add(new Conversation
            {
                Id = all.Count == 0 ? id : string.Create(CultureInfo.InvariantCulture, $"{id}~{all.Count + 1}"),
                Place = place,
                Shape = "exported chat",
                Turns = turns,
                Context = ContextTexts.Of(record, scope, turns, []),
                HasPrompt = turns.Take(first < 0 ? turns.Count : first).Any(Replies.Asks),
            });
        }

        return all.Count > 0 ? all : throw new RecordFault("the field 'mapping' has no end of a conversation, expected a tree of messages");
    }

    private static List<Turn> WayTo(string end, Dictionary<string, (string? Parent, Turn? Turn)> nodes, HashSet<string> read, MappingCounts counts)
    {
        var way = new List<Turn>();
        int steps = 0;
        for (string? at = end; at is not null && nodes.TryGetValue(at, out (string? Parent, Turn? Turn) node); at = node.Parent)
        {
            if (++steps > nodes.Count)
                throw new RecordFault("the messages in 'mapping' form a circle, expected a tree");
            if (node.Turn is not { } turn)
                continue;
            bool isReply = turn.Role == Role.Assistant && read.Add(at);
            if (isReply)
                way.AddRange(ReplyText.Read(turn, TextOrigin.Message, counts).Reverse());
            else
                way.Add(turn with { IsGiven = turn.Role == Role.Assistant });
        }

        way.Reverse();
        return way;
    }

    /// <summary>A message; null for an empty root, for settings, and for a call of a tool.</summary>
    private static Turn? ReadMessage(Node? message, string name, RecordScope scope)
    {
        if (message is null or { IsNull: true })
            return null;
        Turn turn = Messages.ReadOne(message, $"mapping.{name}", scope);
        bool isToTool = message["recipient"]?.Text is { } recipient && recipient != "all";
        string? type = message["content"]?["contenttype"]?.Text;
        if (turn.Role == Role.Assistant && (isToTool || type is "code" or "reasoning_recap"))
        {
            scope.Counts.ToolCalls++;
            return turn with { Role = Role.Tool };
        }

        return turn;
    }
}
