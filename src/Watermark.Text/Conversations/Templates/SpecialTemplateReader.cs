using System.Text.RegularExpressions;

namespace Watermark.Text.Conversations.Templates;

/// <summary>Splits texts that were rendered by a chat template with special tokens. All of the text must fit, or nothing is split.</summary>
internal static class SpecialTemplateReader
{
    /// <summary>The most turns of a text. What a reply may repeat is all before it, so that the work grows with their square.</summary>
    public const int MostTurns = 10_000;

    /// <summary>The turns of a text; null where it does not fit a template as a whole.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The template's name.</param>
    public static List<Turn>? Read(string text, out string name)
    {
        name = "";
        if (!SpecialTemplates.MayHaveRoleMark(text))
            return null;
        foreach (SpecialTemplate template in SpecialTemplates.All)
        {
            MatchCollection headers = template.Header.Matches(text);
            if (headers.Count == 0)
                continue;
            name = template.Name;
            return Read(text, template, headers);
        }

        name = "Llama 2 and Mistral";
        return text.Contains("[INST]", StringComparison.Ordinal) ? ReadInstructions(text) : null;
    }

    private static List<Turn>? Read(string text, SpecialTemplate template, MatchCollection headers)
    {
        if (headers.Count > MostTurns)
            return null;
        var turns = new List<Turn>();
        string before = WithoutBeginnings(text.AsSpan(0, headers[0].Index)).ToString();
        if (!string.IsNullOrWhiteSpace(before))
        {
            if (!template.HasSystemBefore || SpecialTemplates.HasRoleMark(before))
                return null;
            turns.Add(new Turn(Role.System, before));
        }

        string reasoning = "";
        for (int i = 0; i < headers.Count; i++)
        {
            int from = headers[i].Index + headers[i].Length;
            bool isLast = i + 1 == headers.Count;
            string? body = Body(text[from..(isLast ? text.Length : headers[i + 1].Index)], template, isLast);
            string role = headers[i].Groups["role"].Value;
            bool isCall = role.Contains('.', StringComparison.Ordinal); // Harmony: functions.get_weather speaks.
            Role speaker = Role.Tool;
            if (body is null || (!isCall && !RoleNames.TryGet(role, out speaker)))
                return null;
            if (speaker == Role.Assistant && headers[i].Groups["channel"] is { Success: true, Value: var channel } && channel != "final")
            {
                reasoning += channel == "analysis" ? body : "";
                continue;
            }

            if (speaker == Role.Assistant && SpecialTemplates.HasRoleMark(body))
                return null;
            turns.Add(new Turn(speaker, body) { Reasoning = speaker == Role.Assistant && reasoning.Length > 0 ? reasoning : null });
            if (speaker == Role.Assistant)
                reasoning = "";
        }

        if (reasoning.Length > 0)
            turns.Add(new Turn(Role.Assistant, "") { Reasoning = reasoning });
        return turns;
    }

    /// <summary>A turn without its end; null where something follows the end, or the end is missing.</summary>
    private static string? Body(string raw, SpecialTemplate template, bool isLast)
    {
        int end = -1;
        foreach (string mark in template.Ends)
        {
            int at = raw.IndexOf(mark, StringComparison.Ordinal);
            end = at >= 0 && (end < 0 || at < end) ? at : end;
        }

        if (end < 0 && !isLast && !template.IsEndOptional)
            return null;
        if (end >= 0 && !EndMarks.AreAll(raw.AsSpan(end)))
            return null;
        string body = end < 0 ? raw : raw[..end];
        return template.IsTrimmed ? body.Trim() : body;
    }

    /// <summary>Llama 2 and Mistral: <c>[INST] … [/INST] … &lt;/s&gt;</c>, again and again.</summary>
    private static List<Turn>? ReadInstructions(string text)
    {
        var turns = new List<Turn>();
        ReadOnlySpan<char> rest = WithoutBeginnings(text);
        if (TryTake(ref rest, "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", out ReadOnlySpan<char> system))
            turns.Add(new Turn(Role.System, system.Trim().ToString()));
        while (!rest.IsEmpty)
        {
            if (turns.Count > MostTurns || !TryTake(ref rest, "[INST]", "[/INST]", out ReadOnlySpan<char> asked))
                return null;
            if (TryTake(ref asked, "<<SYS>>", "<</SYS>>", out ReadOnlySpan<char> inner))
                turns.Add(new Turn(Role.System, inner.Trim().ToString()));
            int next = rest.IndexOf("[INST]", StringComparison.Ordinal);
            ReadOnlySpan<char> answered = next < 0 ? rest : rest[..next];
            rest = next < 0 ? [] : rest[next..];
            int end = answered.IndexOf("</s>", StringComparison.Ordinal);
            if (end >= 0 && !EndMarks.AreAll(answered[end..]))
                return null;
            answered = end < 0 ? answered : answered[..end];
            if (SpecialTemplates.HasRoleMark(answered) || SpecialTemplates.HasRoleMark(asked))
                return null;
            turns.Add(new Turn(Role.User, asked.Trim().ToString()));
            turns.Add(new Turn(Role.Assistant, answered.Trim().ToString()));
        }

        return turns;
    }

    /// <summary>Takes what stands between two marks off the beginning of a text.</summary>
    private static bool TryTake(ref ReadOnlySpan<char> text, string open, string close, out ReadOnlySpan<char> taken)
    {
        taken = default;
        ReadOnlySpan<char> trimmed = text.TrimStart();
        if (!trimmed.StartsWith(open, StringComparison.Ordinal))
            return false;
        int end = trimmed.IndexOf(close, StringComparison.Ordinal);
        if (end < 0)
            return false;
        text = trimmed[(end + close.Length)..];
        taken = trimmed[open.Length..end];
        return true;
    }

    private static ReadOnlySpan<char> WithoutBeginnings(ReadOnlySpan<char> text) => EndMarks.Without(text, SpecialTemplates.Beginnings);
}
