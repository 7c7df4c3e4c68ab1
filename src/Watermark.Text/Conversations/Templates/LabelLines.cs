using System.Text.RegularExpressions;

namespace Watermark.Text.Conversations.Templates;

/// <summary>
/// Templates of plain words: <c>### Instruction:</c>, <c>Human:</c>, <c>USER:</c>. Such words also stand in ordinary texts, so
/// a text is split only if it is nothing else than a template, and of several answers only the last is a reply: the
/// others may be a conversation that somebody quoted.
/// </summary>
internal static partial class LabelLines
{
    /// <summary>The turns of a text; null where it does not fit one of the templates as a whole.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The template's name.</param>
    public static List<Turn>? Read(string text, out string name)
    {
        name = "Alpaca";
        if (Split(text, AlpacaLabel(), preamble => preamble.Length == 0 || preamble.StartsWith("Below is an instruction", StringComparison.Ordinal)) is { } turns)
            return turns;
        name = "Human and Assistant";
        if (Split(text, HumanLabel(), preamble => preamble.Length == 0) is { } human)
            return human;
        name = "Vicuna";
        return Split(text, VicunaLabel(), preamble => preamble.Length == 0 || preamble.StartsWith("A chat between", StringComparison.Ordinal));
    }

    /// <summary>Whether lines of a text begin with names of a side that asks and of a side that answers, as a written-down conversation does.</summary>
    /// <param name="text">The text.</param>
    public static bool NameBothSides(string text) => HasBothSides(SpeakerLine().Matches(text));

    /// <summary>
    /// Whether a text of unknown origin could be a written-down conversation: its lines name both sides, in words that
    /// ordinary texts use too; or it begins with the side that asks; or a label of a template stands at a line's beginning.
    /// </summary>
    /// <param name="text">The text.</param>
    public static bool MayBeConversation(string text)
    {
        MatchCollection lines = WideSpeakerLine().Matches(text);
        return StrongLine().IsMatch(text) || HasBothSides(lines) || NameBothSides(text)
            || (lines.Count > 0 && lines[0].Groups["asks"].Success && text.AsSpan(0, lines[0].Index).IsWhiteSpace());
    }

    private static bool HasBothSides(MatchCollection lines)
    {
        bool asks = false, answers = false;
        foreach (Match line in lines)
        {
            asks |= line.Groups["asks"].Success;
            answers |= line.Groups["answers"].Success;
            if (asks && answers)
                return true;
        }

        return false;
    }

    /// <summary>Splits a text by labels that must take turns: one that asks, then one that answers.</summary>
    private static List<Turn>? Split(string text, Regex label, Func<string, bool> isPreamble)
    {
        text = text.TrimStart();
        MatchCollection labels = label.Matches(text);
        if (labels.Count == 0)
            return null;
        string preamble = text[..labels[0].Index].Replace("<s>", "", StringComparison.Ordinal).Trim();
        if (!isPreamble(preamble))
            return null;
        var turns = new List<Turn>();
        if (preamble.Length > 0)
            turns.Add(new Turn(Role.System, preamble));
        Role before = Role.System;
        for (int i = 0; i < labels.Count; i++)
        {
            int from = labels[i].Index + labels[i].Length;
            string body = EndMarks.Remove(text[from..(i + 1 < labels.Count ? labels[i + 1].Index : text.Length)], out _).Trim();
            Role role = labels[i].Groups["answers"].Success ? Role.Assistant : labels[i].Groups["system"].Success ? Role.System : Role.User;
            bool isInput = labels[i].Groups["input"].Success;
            bool fits = role switch
            {
                Role.Assistant => before == Role.User,
                Role.System => i == 0,
                _ => isInput ? before == Role.User : before != Role.User,
            };
            if (!fits)
                return null;
            turns.Add(new Turn(role, body));
            before = role;
        }

        int last = turns.FindLastIndex(turn => turn.Role == Role.Assistant);
        for (int i = 0; i < last; i++)
            turns[i] = turns[i].Role == Role.Assistant ? turns[i] with { IsGiven = true } : turns[i];
        return last < 0 ? null : turns;
    }

    [GeneratedRegex(@"^###[ ]*(?:(?<asks>Instruction|Human|User)|(?<input>Input)|(?<answers>Response|Assistant)|(?<system>System))[ ]*:", RegexOptions.Multiline)]
    private static partial Regex AlpacaLabel();

    [GeneratedRegex(@"(?:\A|\n[ \t]*\r?\n)(?:(?<asks>Human)|(?<answers>Assistant)):")]
    private static partial Regex HumanLabel();

    [GeneratedRegex(@"(?:\A|(?<=[\s>]))(?:(?<asks>USER)|(?<answers>ASSISTANT)):")]
    private static partial Regex VicunaLabel();

    /// <summary>A line that begins with the name of a speaker and a colon, or is a heading of that name; bold or quoted too.</summary>
    [GeneratedRegex(@"^[ \t>*_#\[-]*(?:(?<asks>Human|User|You|You said|Customer|Prompter)|(?<answers>Assistant|AI|Bot|Chatbot|ChatGPT|ChatGPT said|GPT|GPT-\w{1,8}|Claude|Gemini|Bard|Copilot))(?:[*_\] ]*:|(?:\*\*|\])?[ \t]*\r?$(?<=^[ \t]*(?:\#|\*\*|\[).*))", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex SpeakerLine();

    [GeneratedRegex(@"^[ \t>*_#\[-]*(?:(?<asks>Human|User|You|Me|Customer|Prompt|Instruction|Question|Query|Q|Input)|(?<answers>Assistant|AI|Bot|Model|Response|Answer|A|Reply|Output|Completion))(?:[*_\] ]*:|(?:\*\*|\])?[ \t]*\r?$(?<=^[ \t]*(?:\#|\*\*|\[).*))", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex WideSpeakerLine();

    [GeneratedRegex(@"^[ \t>*_#]*(?:Human:|You said:|ChatGPT said:|###[ ]*(?:Instruction|Response|Human|Assistant)\b)", RegexOptions.Multiline)]
    private static partial Regex StrongLine();
}
