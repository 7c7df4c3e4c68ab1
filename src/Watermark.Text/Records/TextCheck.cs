using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Watermark.Text.Records;

/// <summary>
/// Tells whether text may be one reply. Where it holds records in disguise (a log with JSON in its lines, a dialogue as YAML, a
/// web page), prompts would be scored as if the model had said them; such text is never read as a reply.
/// </summary>
internal static partial class TextCheck
{
    private static readonly SearchValues<byte> Base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_="u8);

    /// <summary>Why this is not one reply; null where it may be.</summary>
    /// <param name="utf8">The text or its beginning.</param>
    public static string? WhyNoDocument(ReadOnlySpan<byte> utf8)
    {
        if (IsBase64(utf8))
            return "base64 data";
        string text = Encoding.UTF8.GetString(utf8);
        if (Markup().IsMatch(text))
            return "a page of HTML or XML";
        if (FirstJson(text) is >= 0 and int at)
            return string.Create(CultureInfo.InvariantCulture, $"text that holds JSON (line {1 + text.AsSpan(0, at).Count('\n')})");
        Match role = RoleLine().Match(text);
        return role.Success ? string.Create(CultureInfo.InvariantCulture, $"text that holds a dialogue (line {1 + text.AsSpan(0, role.Index).Count('\n')})") : null;
    }

    /// <summary>
    /// Where an object with members begins. Within a fenced block of Markdown, where replies show code, only one that looks
    /// like a record of a conversation counts.
    /// </summary>
    private static int FirstJson(string text)
    {
        Regex.ValueMatchEnumerator fences = Fence().EnumerateMatches(text);
        bool more = fences.MoveNext();
        bool inFence = false;
        foreach (ValueMatch match in ObjectStart().EnumerateMatches(text))
        {
            for (; more && fences.Current.Index < match.Index; more = fences.MoveNext())
                inFence = !inFence;
            if (!inFence || Telling().IsMatch(text.AsSpan(match.Index, match.Length)))
                return match.Index;
        }

        return -1;
    }

    private static bool IsBase64(ReadOnlySpan<byte> text)
    {
        // A long word of one kind of letters is no data.
        if (text.Length < 256 || text.IndexOfAnyInRange((byte)'0', (byte)'9') < 0 || text.IndexOfAnyInRange((byte)'A', (byte)'Z') < 0 || text.IndexOfAnyInRange((byte)'a', (byte)'z') < 0)
            return false;
        int longest = 0;
        while (!text.IsEmpty)
        {
            int newline = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = (newline < 0 ? text : text[..newline]).TrimEnd(" \r"u8);
            if (line.IndexOfAnyExcept(Base64) >= 0)
                return false;
            longest = Math.Max(longest, line.Length);
            text = newline < 0 ? default : text[(newline + 1)..];
        }

        return longest >= 40;
    }

    [GeneratedRegex("""\{\s{0,64}(?:\\{0,3}["']|u["'])(?<name>[^"'\r\n\\]{1,64})\\{0,3}["']\s{0,8}:""", RegexOptions.CultureInvariant)]
    private static partial Regex ObjectStart();

    [GeneratedRegex("""["'](?:role|messages|prompt|content|choices|conversations|completion|response|reply|answer|question|instruction|input|output|text|delta|id)\\{0,3}["']""", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Telling();

    [GeneratedRegex("""^[ \t]*(?:```|~~~)""", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Fence();

    [GeneratedRegex("""\A\s*<(?:!doctype|html|\?xml|head|body|svg)\b""", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Markup();

    [GeneratedRegex("""^[ \t]*(?:-[ \t]+)?["']?(?:role|from)["']?[ \t]*[:=][ \t]*["']?(?:user|human|assistant|gpt|system|model|bot|tool)["']?[ \t,]*\r?$""", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex RoleLine();
}
