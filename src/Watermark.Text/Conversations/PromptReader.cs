using System.Text.Json;
using Watermark.Text.Conversations.Templates;
using Watermark.Text.Records;

namespace Watermark.Text.Conversations;

/// <summary>Reads fields that are known to be what a reply answers.</summary>
internal static class PromptReader
{
    /// <summary>Adds the turns of a field: a text, a list of texts or messages, or an object with either in it.</summary>
    /// <param name="value">The field's value.</param>
    /// <param name="role">Who speaks where the value does not say.</param>
    /// <param name="path">The field's name.</param>
    /// <param name="scope">The record.</param>
    /// <param name="turns">Receives the turns. Those of the assistant are given.</param>
    public static void Add(Node value, Role role, string path, RecordScope scope, List<Turn> turns)
    {
        Node open = Messages.AreIn(value.Open) ? value.Open : value; // A prompt in JSON is a text.
        if (open.Kind == JsonValueKind.Array && Messages.AreIn(open))
        {
            scope.Open(value);
            turns.AddRange(Messages.Read(open, path, scope).Select(turn => turn with { IsGiven = turn.Role == Role.Assistant }));
            return;
        }

        switch (open.Kind)
        {
            case JsonValueKind.String:
                AddText(open, role, path, scope, turns);
                break;
            case JsonValueKind.Array when !open.IsTokens:
                foreach (Node item in open.Items)
                    Add(item, role, path, scope, turns);
                break;
            case JsonValueKind.Object when Messages.RoleOf(open) is { } name && RoleNames.TryGet(name, out Role speaker) && open["content", "text", "parts"] is not null:
                turns.Add(Messages.ReadOne(open, path, scope) with { IsGiven = speaker == Role.Assistant });
                break;
            case JsonValueKind.Object:
                foreach (Member member in open.Members.Where(member => IsText(member.Key)))
                    Add(member.Value, role, path, scope, turns);
                break;
            default:
                break; // Numbers say nothing that a reply could repeat.
        }
    }

    /// <summary>Whether a member of a prompt is text of it, and no name or setting.</summary>
    private static bool IsText(string key) =>
        Names.IsPrompt(key) || key is "text" or "content" or "parts" or "value" or "raw" or "messages" || key.StartsWith("arg", StringComparison.Ordinal) || key.StartsWith("genargs", StringComparison.Ordinal);

    private static void AddText(Node value, Role role, string path, RecordScope scope, List<Turn> turns)
    {
        scope.Use(value);
        string text = value.Required(path);
        if (ReplyText.IsPythonMessages(text))
            throw new RecordFault($"the field '{Names.Shown(path)}' holds messages as Python prints them, expected JSON or a text");
        if (!string.IsNullOrWhiteSpace(text))
            turns.Add(new Turn(role, text));
    }
}
