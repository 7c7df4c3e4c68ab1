using System.Text;
using System.Text.RegularExpressions;

namespace Watermark.Text.Conversations.Templates;

/// <summary>Reasoning that stands in the text of a reply, between marks such as <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c>.</summary>
internal static partial class Thinking
{
    /// <summary>Splits a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text without reasoning, and the reasoning; null for none.</returns>
    public static (string Text, string? Reasoning) Split(string text)
    {
        if (!text.Contains("think", StringComparison.Ordinal) && !text.Contains("<|channel|>", StringComparison.Ordinal))
            return (text, null);
        var reasoning = new StringBuilder();
        var kept = new StringBuilder();
        int at = 0;
        if (Orphan().Match(text) is { Success: true } orphan && !Open().IsMatch(text.AsSpan(0, orphan.Index)))
        {
            // The opening mark stood in the prompt, as the templates of reasoning models have it.
            reasoning.Append(text, 0, orphan.Index);
            at = orphan.Index + orphan.Length;
        }

        for (Match open = Open().Match(text, at); open.Success; open = Open().Match(text, at))
        {
            string close = open.Value.TrimStart() switch
            {
                "<think>" => "</think>",
                "<thinking>" => "</thinking>",
                _ => "<|end|>",
            };
            int from = open.Index + open.Length;
            int to = text.IndexOf(close, from, StringComparison.Ordinal);
            bool isHead = kept.Length == 0 && text.AsSpan(at, open.Index - at).IsWhiteSpace();
            if (to < 0 && !isHead)
                break; // A text that speaks of the mark.
            if (!isHead)
                kept.Append(text, at, open.Index - at);
            reasoning.Append(text, from, (to < 0 ? text.Length : to) - from);
            at = to < 0 ? text.Length : to + close.Length;
            while (isHead && at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
        }

        if (at == 0)
            return (text, null);
        kept.Append(text, at, text.Length - at);
        string said = reasoning.ToString().Trim();
        return (kept.ToString(), said.Length == 0 ? null : said);
    }

    /// <summary>An opening mark at the beginning of a line.</summary>
    [GeneratedRegex(@"^[ \t]*(?:<think>|<thinking>|<\|channel\|>analysis<\|message\|>)", RegexOptions.Multiline)]
    private static partial Regex Open();

    /// <summary>A closing mark at the beginning or the end of a line.</summary>
    [GeneratedRegex(@"(?<=^|\n)</think(?:ing)?>\s*|</think(?:ing)?>[ \t]*(?:\r?\n\s*|$)")]
    private static partial Regex Orphan();
}
