using System.Collections.Concurrent;
using Watermark.NGrams;
using Watermark.Text.Conversations;

namespace Watermark.Text.Screening;

/// <summary>What is done with a reply.</summary>
internal enum Screened
{
    /// <summary>It is scored.</summary>
    Kept,

    /// <summary>It came without its prompt: scored only where nearly all replies did, and then blocked, or where somebody vouches.</summary>
    WithoutPrompt,

    /// <summary>It is left out: its prompt looks cut, or it repeats the end of its prompt and goes on.</summary>
    LeftOut,
}

/// <summary>
/// Looks at every reply before it becomes tokens: how much of it repeats its prompt, whether the prompt was cut, which
/// characters hide. Needs no key. Safe for concurrent use; counts do not depend on the order.
/// </summary>
public sealed class ReplyScreening
{
    private const int RepeatedCapacity = 1 << 16;

    private readonly ExcludedText? excluded;
    private readonly ConcurrentBag<PromptMatcher> matchers = [];
    private readonly ShingleSketch shingles = new();
    private readonly PromptEnds promptEnds = new();
    private readonly PromptVariety variety = new();
    private readonly HashSample<long> repeated = new(RepeatedCapacity);
    private readonly SortedDictionary<string, long> counts = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    /// <summary>Creates a screening.</summary>
    /// <param name="promptsUnmarked">Whether somebody vouches that no prompt holds marked text: then nothing is left out.</param>
    /// <param name="excluded">Text that the suspect may have seen when it was asked; null for none.</param>
    public ReplyScreening(bool promptsUnmarked = false, ExcludedText? excluded = null)
    {
        PromptsUnmarked = promptsUnmarked;
        this.excluded = excluded;
    }

    /// <summary>Whether somebody vouches that no prompt holds marked text.</summary>
    internal bool PromptsUnmarked { get; }

    /// <summary>The files of the excluded text. <value>Default empty.</value></summary>
    public IReadOnlyList<SampleInput> ExcludedInputs { get; init; } = [];

    /// <summary>The counts so far, by the names of <see cref="ReadingCounts"/>.</summary>
    public IReadOnlyDictionary<string, long> Counts()
    {
        lock (gate)
        {
            var all = new SortedDictionary<string, long>(counts, StringComparer.Ordinal);
            (all[ReadingCounts.Runs], all[ReadingCounts.RunsInOtherPrompts]) = shingles.Count();
            (all[ReadingCounts.PromptTexts], all[ReadingCounts.PromptTextsAtLimit]) = promptEnds.Count();
            all[ReadingCounts.RepliesWithCommonPrompt] = variety.Count();
            all[ReadingCounts.RepeatedReplies] = (long)(repeated.Values.Sum(times => times - 1) * repeated.Scale);
            return all;
        }
    }

    /// <summary>Looks at a reply that is text.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="text">Its text as it will be scored.</param>
    /// <returns>What is done with it, and its parts that stand in the prompt or in excluded text, to be left out.</returns>
    internal (Screened Fate, IReadOnlyList<string> Copies) Text(Reply reply, string text)
    {
        if (!matchers.TryTake(out PromptMatcher? matcher))
            matcher = new PromptMatcher();
        PromptOverlap overlap = matcher.Compare(text, [.. reply.PromptTexts.Select(PromptText.Decoded)], excluded);
        shingles.Add(PromptEnds.HashOf(reply.Place.ToString()), matcher.Windows, matcher.Runs);
        matchers.Add(matcher);
        foreach (string prompt in reply.PromptTexts)
            promptEnds.Add(prompt);
        bool cut = reply.PromptTexts.Any(PromptEnds.LooksCut);
        CharacterCensus census = CharacterCensus.Of(text);
        Screened fate = Fate(reply, cut || overlap.GoesOn);
        ulong hash = PromptEnds.HashOf(text);
        lock (gate)
        {
            Count(ReadingCounts.Words, overlap.Words);
            Count(ReadingCounts.WordsInOwnPrompt, overlap.Repeated);
            Count(ReadingCounts.Characters, text.Length);
            Count(ReadingCounts.InvisibleCharacters, census.Invisible);
            Count(ReadingCounts.OtherSpaces, census.Spaces);
            Count(ReadingCounts.LookAlikes, census.LookAlikes);
            Count(ReadingCounts.KeptByWaiver, PromptsUnmarked && (cut || overlap.GoesOn) ? 1 : 0);
            if (fate == Screened.LeftOut)
                Count(overlap.GoesOn ? ReadingCounts.LeftOutGoingOn : ReadingCounts.LeftOutPromptCut, 1);
            repeated.Update(hash, times => times + 1);
            NotePrompt(reply);
        }

        return (fate, overlap.Copies);
    }

    /// <summary>Looks at a reply that came as token ids.</summary>
    /// <param name="reply">The reply.</param>
    internal Screened Ids(Reply reply)
    {
        lock (gate)
            NotePrompt(reply);
        return Fate(reply, cut: false);
    }

    /// <summary>Looks at the token ids of a reply.</summary>
    /// <param name="ids">The ids.</param>
    internal void Tokens(ReadOnlySpan<int> ids)
    {
        if (!InsertedTokens.Look(ids))
            return;
        lock (gate)
            Count(ReadingCounts.RepliesWithInsertedTokens, 1);
    }

    /// <summary>Adds to a count.</summary>
    /// <param name="name">One of the names of <see cref="ReadingCounts"/>.</param>
    /// <param name="by">How much.</param>
    internal void Add(string name, long by)
    {
        lock (gate)
            Count(name, by);
    }

    private void NotePrompt(Reply reply)
    {
        if (reply.HasPrompt)
            variety.Add(reply.Prompt, !reply.IsAlternative);
    }

    private Screened Fate(Reply reply, bool cut)
    {
        if (PromptsUnmarked)
            return Screened.Kept;
        return cut ? Screened.LeftOut : reply.HasPrompt ? Screened.Kept : Screened.WithoutPrompt;
    }

    private void Count(string name, long by) => counts[name] = counts.GetValueOrDefault(name) + by;
}
