using System.Text.RegularExpressions;
using Watermark.Text.Records;

namespace Watermark.Text.Conversations.Templates;

/// <summary>How much is known of who wrote a text.</summary>
internal enum TextOrigin
{
    /// <summary>A message whose role says that the model wrote it.</summary>
    Message,

    /// <summary>The reply's field of a record that holds a prompt too.</summary>
    Field,

    /// <summary>A field without a prompt in its record: it may hold the prompt as well.</summary>
    FieldAlone,

    /// <summary>A file of text.</summary>
    File,
}

/// <summary>
/// Looks into the text of a reply: splits what a chat template has put together, refuses what may be a conversation but
/// cannot be split with certainty, sets reasoning apart and removes marks of the end.
/// </summary>
internal static partial class ReplyText
{
    /// <summary>The turns that a text consists of; mostly one.</summary>
    /// <param name="reply">The text as an assistant's turn.</param>
    /// <param name="origin">How much is known of it.</param>
    /// <param name="counts">The counts of the record.</param>
    /// <exception cref="RecordFault">The text is, or may be, more than a reply.</exception>
    public static IReadOnlyList<Turn> Read(Turn reply, TextOrigin origin, MappingCounts counts)
    {
        if (string.IsNullOrWhiteSpace(reply.Text))
            return [reply with { Text = "" }];
        IReadOnlyList<Turn> turns = Split(reply.Text, origin, counts) is { } split ? WithReasoning(split, reply.Reasoning) : [reply];
        return [.. turns.Select(turn => turn.Role == Role.Assistant ? Clean(turn, counts) : turn)];
    }

    /// <summary>The turns of a prompt that a chat template has put together; the text as one turn of the user where none has.</summary>
    /// <param name="text">The prompt.</param>
    public static IReadOnlyList<Turn> ReadPrompt(string text)
    {
        List<Turn>? turns = SpecialTemplateReader.Read(text, out _) ?? LabelLines.Read(text, out _);
        return turns is null ? [new Turn(Role.User, text)] : turns;
    }

    /// <summary>The text of a reply without reasoning and marks of the end, for comparison.</summary>
    /// <param name="text">The text.</param>
    public static string Bare(string text) => Thinking.Split(EndMarks.Remove(text, out _)).Text;

    /// <summary>Whether a text is a list of messages as Python prints it, in single quotes: not JSON, and no text of anybody.</summary>
    /// <param name="text">The text.</param>
    public static bool IsPythonMessages(string text) => PythonMessages().IsMatch(text);

    private static List<Turn>? Split(string text, TextOrigin origin, MappingCounts counts)
    {
        if (HasRecords(text, origin))
            throw Refusal("JSON of messages or records");
        string name;
        if (SpecialTemplates.HasRoleMark(text))
        {
            // The template of gpt-oss writes the beginning of the reply's header into the prompt.
            string whole = text.StartsWith("<|channel|>", StringComparison.Ordinal) ? "<|start|>assistant" + text : text;
            List<Turn>? special = SpecialTemplateReader.Read(whole, out name);
            if (special is null || (origin == TextOrigin.Message && special.Exists(turn => turn.Role is Role.User or Role.System)))
                throw Refusal("marks of a chat template");
            counts.TemplatesSplit++;
            return special;
        }

        if (origin != TextOrigin.Message && LabelLines.Read(text, out name) is { } labelled)
        {
            counts.TemplatesSplit++;
            return labelled;
        }

        bool isConversation = origin is TextOrigin.Message or TextOrigin.Field ? SpeakerLines.NameBothSides(text) : SpeakerLines.MayBeConversation(text);
        return isConversation ? throw Refusal("lines that name speakers") : null;
    }

    private static bool HasRecords(string text, TextOrigin origin) =>
        IsPythonMessages(text) || (origin == TextOrigin.File && JsonLine().IsMatch(text));

    private static RecordFault Refusal(string what) =>
        new(RecordFault.TemplateInText, $"the text holds {what} and cannot be split by role with certainty, expected the reply alone, or messages with roles");

    private static List<Turn> WithReasoning(List<Turn> turns, string? reasoning)
    {
        int last = turns.FindLastIndex(turn => turn.Role == Role.Assistant);
        if (reasoning is not null && last >= 0)
            turns[last] = turns[last] with { Reasoning = reasoning + turns[last].Reasoning };
        return turns;
    }

    private static Turn Clean(Turn turn, MappingCounts counts)
    {
        (string text, string? reasoning) = Thinking.Split(EndMarks.Remove(turn.Text, out bool removed));
        if (turn.IsGiven)
            return turn;
        counts.EndMarksRemoved += removed ? 1 : 0;
        counts.ReasoningSplit += reasoning is null ? 0 : 1;
        if (string.IsNullOrWhiteSpace(text))
            text = "";
        return turn with { Text = text, Reasoning = reasoning is null ? turn.Reasoning : turn.Reasoning + reasoning };
    }

    [GeneratedRegex(@"\A\s*\[\s*\{\s*['""](?:role|from|content|value)['""]\s*:")]
    private static partial Regex PythonMessages();

    /// <summary>A line of JSON, or of a stream of events.</summary>
    [GeneratedRegex(@"^[ \t]*(?:data:[ ]*\{|\[?\{[ ]*""(?:id|role|from|prompt|messages|text|response|content|completion|conversations|instruction|question|input|output|choices|model)""[ ]*:)", RegexOptions.Multiline)]
    private static partial Regex JsonLine();
}
