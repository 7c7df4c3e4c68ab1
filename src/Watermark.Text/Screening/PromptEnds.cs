using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Watermark.Text.Screening;

/// <summary>
/// Notices prompts that were cut when they were recorded: those that end with an ellipsis, and many different ones of exactly
/// the same length that begin or end anywhere, or have a gap. What was cut may be marked text that the reply quotes. Safe
/// for concurrent use.
/// </summary>
internal sealed partial class PromptEnds
{
    private const int Capacity = 1 << 15;
    private const int LongestEnding = 80;
    private const int ShortestLimit = 40;
    private const int FewestAtLimit = 5;
    private const int FewestWords = 8;
    private const int Neighbourhood = 10;

    private readonly Lock gate = new();
    private readonly HashSample<End> ends = new(Capacity);

    /// <summary>
    /// Whether a text ends like a cut one: letters, then an ellipsis or the word "truncated" in brackets. Behind it may stand
    /// closing quotes, a number of characters left out, or the words of a button ("Show more").
    /// </summary>
    /// <param name="text">The text of a prompt.</param>
    public static bool LooksCut(string text)
    {
        ReadOnlySpan<char> rest = text.AsSpan().TrimEnd();
        int from = Math.Max(0, rest.Length - LongestEnding);
        return CutEnding().IsMatch(rest[from..]);
    }

    /// <summary>Whether a text begins as if something stood before it: with a small letter, or an ellipsis.</summary>
    /// <param name="text">The text of a prompt.</param>
    public static bool BeginsInside(string text)
    {
        ReadOnlySpan<char> start = text.AsSpan().TrimStart();
        return start is ['\u2026', ..] or ['.', '.', '.', ..] || (start.Length > 0 && char.IsLower(start[0]));
    }

    /// <summary>Notes a text of a prompt.</summary>
    /// <param name="text">The text.</param>
    public void Add(string text)
    {
        if (text.Length == 0)
            return;
        ulong hash = HashOf(text);
        bool open = (!char.IsPunctuation(text[^1]) && !char.IsWhiteSpace(text[^1])) || BeginsInside(text) || text.Contains(" ... ", StringComparison.Ordinal) || text.Contains('\u2026', StringComparison.Ordinal);
        var end = new End(text.Length, open, open ? HashOf(text.AsSpan(text.AsSpan().LastIndexOfAny(" \n\t") + 1)) : 0);
        lock (gate)
            ends.Update(hash, _ => end);
    }

    /// <summary>Distinct texts, and those of them at a length that looks like a limit; estimated where there are many.</summary>
    public (long Texts, long AtLimit) Count()
    {
        lock (gate)
        {
            Dictionary<int, int> lengths = ends.Values.CountBy(end => end.Length).ToDictionary();
            int most = 0;
            foreach (IGrouping<int, End> same in ends.Values.Where(end => end.IsOpen && end.Length >= ShortestLimit).GroupBy(end => end.Length))
            {
                int count = same.Count();
                int words = same.Select(end => end.LastWord).Distinct().Count();
                int near = Enumerable.Range(same.Key - Neighbourhood, Neighbourhood).Sum(length => lengths.GetValueOrDefault(length));

                // Prompts of a template may have one length, but they end alike; and lengths of free text spread out.
                if (count >= FewestAtLimit && words >= Math.Min(FewestWords, count / 2) && 2 * near < count)
                    most = Math.Max(most, count);
            }

            return ((long)(ends.Values.Count * ends.Scale), (long)(most * ends.Scale));
        }
    }

    /// <summary>A hash of a text.</summary>
    /// <param name="text">The text.</param>
    public static ulong HashOf(ReadOnlySpan<char> text) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text));

    [GeneratedRegex(@"[\p{L}\p{Nd}]\s*(?:(?:\.\.\.|\u2026)[""'\u201d\u2019)\]]*|[\[(<](?:\.\.\.|\u2026|cut|snip)[\])>])\s*(?:[\[(<]?\+?[\d,. ]*(?:more )?(?:characters?|chars?|tokens?|words?|bytes?|lines?|truncated|omitted|cut|more)(?: more| truncated| omitted| left)?[\])>]?|(?:read|show|see|view|load) (?:more|all))?\z|(?:[\[(<][^\[\](){}<>]{0,30}(?:truncated|omitted)[^\[\](){}<>]{0,30}|[\[(<]\+\s?[\d,.]+ ?(?:more )?(?:characters?|chars?|tokens?|words?|bytes?|lines?))[\])>]\z", RegexOptions.IgnoreCase)]
    private static partial Regex CutEnding();

    private readonly record struct End(int Length, bool IsOpen, ulong LastWord);
}
