using System.Text.Json;
using Watermark.Text.Records;

namespace Watermark.Text.Conversations;

/// <summary>A field that the user names, with the list of messages that it stands in.</summary>
internal sealed class ExplicitField
{
    private readonly string name;
    private readonly List<Node> trail;

    private ExplicitField(string name, List<Node> trail)
    {
        this.name = name;
        this.trail = trail;
        for (int i = 0; i + 1 < trail.Count; i++)
        {
            if (!Messages.AreIn(trail[i].Open))
                continue;
            List = trail[i].Open;
            Message = trail[i + 1];
        }
    }

    /// <summary>The field's value.</summary>
    public Node Value => trail[^1];

    /// <summary>The list of messages that the field stands in; null for none.</summary>
    public Node? List { get; }

    /// <summary>The message of that list.</summary>
    public Node? Message { get; }

    /// <summary>Finds the field. A name that is not there is not shown: it may be a secret, typed at the wrong place.</summary>
    /// <param name="record">The record.</param>
    /// <param name="name">The field's name.</param>
    /// <param name="expected">What it should hold.</param>
    public static ExplicitField Find(Node record, string name, string expected)
    {
        var trail = new List<Node>();
        return record.TryFind(name, trail)
            ? new ExplicitField(name, trail)
            : throw new RecordFault($"no field has the name that was given ({Names.Listed(record)}), expected {expected}");
    }

    /// <summary>Throws where the field belongs to a message of another role than the assistant's.</summary>
    public void RequireAssistant()
    {
        foreach (Node node in trail)
        {
            if (node.Kind != JsonValueKind.Object || Messages.RoleOf(node) is not { } role)
                continue;
            bool isKnown = RoleNames.TryGet(role, out Role speaker);
            if ((isKnown && speaker != Role.Assistant) || (!isKnown && node == Message))
                throw new RecordFault(RecordFault.RoleMismatch, $"the field '{Names.Shown(name)}' is a turn of the role '{Names.Shown(role)}', expected the assistant's; leave the field's name out to choose replies by role");
        }

        if (Message is not null && Messages.RoleOf(Message) is null)
            throw new RecordFault(RecordFault.RoleMismatch, $"the field '{Names.Shown(name)}' stands in a message without a role, expected the assistant's");
    }

    /// <summary>The messages before the field's own; null where it stands in no list of messages.</summary>
    /// <param name="scope">The record.</param>
    public List<Turn>? EarlierMessages(RecordScope scope)
    {
        if (List is null)
            return null;
        var turns = new List<Turn>();
        foreach (Node message in List.Items.TakeWhile(message => message != Message))
            turns.Add(Messages.ReadOne(message, name, scope) is var turn && turn.Role == Role.Assistant ? turn with { IsGiven = true } : turn);
        return turns;
    }

    /// <summary>Whether a list is the field's value or the list that it stands in.</summary>
    /// <param name="list">The list.</param>
    public bool IsOrHolds(Node list) => list == List || list == Value.Open;
}
