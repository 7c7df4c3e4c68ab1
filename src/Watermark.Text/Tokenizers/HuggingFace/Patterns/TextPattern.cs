using System.Text;

namespace Watermark.Text.Tokenizers.HuggingFace.Patterns;

/// <summary>A part of a text: a match of a pattern, or what stands between matches.</summary>
/// <param name="End">Where it ends; it begins where the part before ends.</param>
/// <param name="IsMatch">Whether the pattern matched it.</param>
internal readonly record struct MatchPart(int End, bool IsMatch);

/// <summary>Finds things in a text. Immutable; safe to share between threads.</summary>
internal abstract class TextPattern
{
    /// <summary>Cuts a text into the matches and what stands between them, from its beginning to its end.</summary>
    /// <param name="text">The text, without half surrogate pairs.</param>
    /// <param name="parts">Where the parts are added. A match may be empty.</param>
    public abstract void Find(ReadOnlySpan<char> text, List<MatchPart> parts);

    /// <summary>Adds a match and what stands before it.</summary>
    /// <param name="parts">Where they are added.</param>
    /// <param name="last">Where the last part ends.</param>
    /// <param name="start">Where the match begins.</param>
    /// <param name="end">Where it ends.</param>
    protected static void Add(List<MatchPart> parts, int last, int start, int end)
    {
        if (start > last)
            parts.Add(new MatchPart(start, false));
        parts.Add(new MatchPart(end, true));
    }

    /// <summary>Adds what stands behind the last match.</summary>
    /// <param name="parts">Where it is added.</param>
    /// <param name="last">Where the last part ends.</param>
    /// <param name="length">The length of the text.</param>
    protected static void AddRest(List<MatchPart> parts, int last, int length)
    {
        if (length > last)
            parts.Add(new MatchPart(length, false));
    }
}

/// <summary>Matches a text literally, from left to right.</summary>
/// <param name="literal">What is matched, not empty.</param>
internal sealed class LiteralPattern(string literal) : TextPattern
{
    /// <summary>What is matched.</summary>
    public string Text => literal;

    public override void Find(ReadOnlySpan<char> text, List<MatchPart> parts)
    {
        int last = 0;
        int found;
        while ((found = text[last..].IndexOf(literal, StringComparison.Ordinal)) >= 0)
        {
            Add(parts, last, last + found, last + found + literal.Length);
            last += found + literal.Length;
        }

        AddRest(parts, last, text.Length);
    }
}

/// <summary>Matches single characters.</summary>
/// <param name="matches">Which characters.</param>
internal sealed class CharacterPattern(Func<Rune, bool> matches) : TextPattern
{
    public override void Find(ReadOnlySpan<char> text, List<MatchPart> parts)
    {
        int last = 0;
        int at = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int end = at + rune.Utf16SequenceLength;
            if (matches(rune))
            {
                Add(parts, last, at, end);
                last = end;
            }

            at = end;
        }

        AddRest(parts, last, text.Length);
    }
}

/// <summary>Matches rows of characters of one kind, as long as they can be; characters of no kind are between the matches.</summary>
/// <param name="kind">The kind of a character, 0 for no kind.</param>
internal sealed class RowPattern(Func<Rune, int> kind) : TextPattern
{
    public override void Find(ReadOnlySpan<char> text, List<MatchPart> parts)
    {
        int start = 0;
        int at = 0;
        int row = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int next = kind(rune);
            if (next != row && at > start)
            {
                parts.Add(new MatchPart(at, row != 0));
                start = at;
            }

            row = next;
            at += rune.Utf16SequenceLength;
        }

        if (at > start)
            parts.Add(new MatchPart(at, row != 0));
    }
}
