using System.Buffers;

namespace Watermark.Text.Conversations.Templates;

/// <summary>
/// Lines that begin with the name of a speaker, as a written-down conversation has them: <c>User: …</c>, <c>**Bot:** …</c>,
/// <c>## Assistant</c>. One pass over the lines.
/// </summary>
internal static class SpeakerLines
{
    private const int LongestName = 16;

    private static readonly SearchValues<char> Decoration = SearchValues.Create(" \t>*_#[-");

    // Names that ordinary texts use too count only for a text of unknown origin.
    private static readonly Dictionary<string, (bool Asks, bool IsSure)> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["human"] = (true, true),
        ["user"] = (true, true),
        ["you"] = (true, true),
        ["you said"] = (true, true),
        ["customer"] = (true, true),
        ["prompter"] = (true, true),
        ["me"] = (true, false),
        ["prompt"] = (true, false),
        ["instruction"] = (true, false),
        ["question"] = (true, false),
        ["query"] = (true, false),
        ["q"] = (true, false),
        ["input"] = (true, false),
        ["assistant"] = (false, true),
        ["ai"] = (false, true),
        ["bot"] = (false, true),
        ["chatbot"] = (false, true),
        ["chatgpt"] = (false, true),
        ["chatgpt said"] = (false, true),
        ["gpt"] = (false, true),
        ["gpt-4"] = (false, true),
        ["gpt-4o"] = (false, true),
        ["gpt-5"] = (false, true),
        ["claude"] = (false, true),
        ["gemini"] = (false, true),
        ["bard"] = (false, true),
        ["copilot"] = (false, true),
        ["model"] = (false, false),
        ["response"] = (false, false),
        ["answer"] = (false, false),
        ["a"] = (false, false),
        ["reply"] = (false, false),
        ["output"] = (false, false),
        ["completion"] = (false, false),
    };

    private static readonly Dictionary<string, (bool Asks, bool IsSure)>.AlternateLookup<ReadOnlySpan<char>> BySpan = Names.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether lines name a side that asks and a side that answers.</summary>
    /// <param name="text">The text.</param>
    public static bool NameBothSides(ReadOnlySpan<char> text)
    {
        bool asks = false, answers = false;
        foreach (ReadOnlySpan<char> line in text.EnumerateLines())
        {
            if (!TryGetSpeaker(line, out bool isAsking, out bool isSure, out _) || !isSure)
                continue;
            asks |= isAsking;
            answers |= !isAsking;
            if (asks && answers)
                return true;
        }

        return false;
    }

    /// <summary>
    /// Whether a text of unknown origin could be a written-down conversation: its lines name both sides, in words that
    /// ordinary texts use too; or it begins with the side that asks; or a label of a template stands at a line's beginning.
    /// </summary>
    /// <param name="text">The text.</param>
    public static bool MayBeConversation(ReadOnlySpan<char> text)
    {
        bool asks = false, answers = false, isFirst = true;
        foreach (ReadOnlySpan<char> line in text.EnumerateLines())
        {
            if (line.IsWhiteSpace())
                continue;
            if (TryGetSpeaker(line, out bool isAsking, out _, out bool isLabel))
            {
                asks |= isAsking;
                answers |= !isAsking;
                if (isLabel || (asks && answers) || (isFirst && isAsking))
                    return true;
            }

            isFirst = false;
        }

        return false;
    }

    /// <summary>The speaker that a line names: with a colon, or alone as a heading.</summary>
    private static bool TryGetSpeaker(ReadOnlySpan<char> line, out bool asks, out bool isSure, out bool isLabel)
    {
        (asks, isSure, isLabel) = (false, false, false);
        int start = line.IndexOfAnyExcept(Decoration);
        if (start < 0)
            return false;
        ReadOnlySpan<char> rest = line[start..];
        int length = 0;
        while (length < rest.Length && length <= LongestName && (char.IsAsciiLetterOrDigit(rest[length]) || rest[length] is ' ' or '-'))
            length++;
        if (length > LongestName)
            return false;
        ReadOnlySpan<char> name = rest[..length].TrimEnd();
        if (!BySpan.TryGetValue(name, out (bool Asks, bool IsSure) speaker))
            return false;
        ReadOnlySpan<char> after = rest[length..].TrimStart("*_] ");
        ReadOnlySpan<char> before = line[..start];
        bool hasColon = after.StartsWith(":");
        bool isHeading = before.Contains('#') || before.Contains('[') || before.Contains("**", StringComparison.Ordinal);
        if (!hasColon && !(isHeading && after.IsWhiteSpace()))
            return false;
        (asks, isSure) = speaker;
        isLabel = (before.Contains("###", StringComparison.Ordinal) && name is not [_])
            || (hasColon && (name.Equals("human", StringComparison.OrdinalIgnoreCase) || name.EndsWith(" said", StringComparison.OrdinalIgnoreCase)));
        return true;
    }
}
