using System.Text.Json;
using Watermark.Text.Conversations.Templates;
using Watermark.Text.Records;

namespace Watermark.Text.Conversations;

/// <summary>
/// The texts of a record that became no turn: retrieved passages, descriptions of tools, notes. The model may have seen
/// them, so what its replies repeat of them is not scored.
/// </summary>
internal static class ContextTexts
{
    private const int Shortest = 20;
    private const int Deepest = 256;

    /// <summary>The texts, each once, in order. Those that only hold a reply again are left out.</summary>
    /// <param name="record">The record.</param>
    /// <param name="scope">Knows which values became turns.</param>
    /// <param name="turns">The turns.</param>
    /// <param name="except">Values to leave out.</param>
    public static List<string> Of(Node record, RecordScope scope, IReadOnlyList<Turn> turns, IReadOnlyList<Node> except)
    {
        HashSet<string>? replies = null;
        var found = new List<string>();
        var seen = new HashSet<string>(turns.Where(turn => turn.Role != Role.Assistant).Select(turn => turn.Text), StringComparer.Ordinal);
        var path = new List<string>();
        Walk(record);
        return found;

        void Walk(Node value)
        {
            if (path.Count > Deepest)
                throw new RecordFault($"the record is nested more than {Deepest} deep, expected less");
            if (scope.IsUsed(value) || except.Contains(value))
                return;
            Node open = value.Open;
            if (open.Kind == JsonValueKind.String)
            {
                Take(open);
                return;
            }

            if (open != value && !scope.IsOpened(value) && !Names.MayBeCopy(path))
                Take(value);
            foreach (Member member in open.Members)
            {
                path.Add(member.Name);
                Walk(member.Value);
                path.RemoveAt(path.Count - 1);
            }

            foreach (Node item in open.Items)
            {
                path.Add("");
                Walk(item);
                path.RemoveAt(path.Count - 1);
            }
        }

        void Take(Node value)
        {
            string text = value.AnyText!;
            if (text.AsSpan().Trim().Length < Shortest || Texts.IsOneWord(text) || seen.Contains(text) || IsCopy(text))
                return;
            seen.Add(text);
            found.Add(text);
        }

        // A passage of which the reply is a part must stay: the model may have repeated it. So a field is a copy of the reply
        // only if its name says so, and if it is nothing more than the reply, or the prompt and the reply.
        bool IsCopy(string text)
        {
            if (!Names.MayBeCopy(path))
                return false;
            replies ??= [.. turns.Where(turn => turn.Role == Role.Assistant && !turn.IsGiven).Select(turn => Texts.Fold(turn.Text)).Where(reply => reply.Length > 0)];
            string folded = Texts.Fold(ReplyText.Bare(text));
            return replies.Contains(folded) || replies.Any(reply => Texts.IsRendering(folded, turns, reply));
        }
    }
}
