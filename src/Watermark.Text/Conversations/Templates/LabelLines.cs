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
        if (text.Contains("###", StringComparison.Ordinal) && Split(text, AlpacaLabel(), preamble => preamble.Length == 0 || preamble.StartsWith("Below is an instruction", StringComparison.Ordinal)) is { } turns)
            return turns;
        name = "Human and Assistant";
        if (text.Contains("Human:", StringComparison.Ordinal) && Split(text, HumanLabel(), preamble => preamble.Length == 0) is { } human)
            return human;
        name = "Vicuna";
        return text.Contains("USER:", StringComparison.Ordinal) ? Split(text, VicunaLabel(), preamble => preamble.Length == 0 || preamble.StartsWith("A chat between", StringComparison.Ordinal)) : null;
    }

    /// <summary>Splits a text by labels that must take turns: one that asks, then one that answers.</summary>
    private static List<Turn>? Split(string text, Regex label, Func<string, bool> isPreamble)
    {
        text = text.TrimStart();
        MatchCollection labels = label.Matches(text);
        if (labels.Count is 0 or > SpecialTemplateReader.MostTurns)
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
}
