using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Fingerprints;

/// <summary>A reply to a prompt of a design.</summary>
/// <param name="Prompt">The id of the prompt in the design.</param>
/// <param name="Sample">Which reply to that prompt, from 0.</param>
/// <param name="Text">What was replied, in Unicode's form NFC; empty for a refusal without words.</param>
public sealed record TranscriptReply(string Prompt, int Sample, string Text)
{
    /// <summary>Texts that the model saw before the prompt, in NFC: system text, passages, earlier turns. A model repeats what it is shown.</summary>
    public IReadOnlyList<string> Before { get; init; } = [];
}

/// <summary>What a model replied to the prompts of a design.</summary>
/// <param name="Title">The model's name for readers.</param>
/// <param name="Replies">The replies in the order in which they were read; a prompt may have several, each with its own number.</param>
/// <param name="Inputs">The files, by digest.</param>
/// <param name="Unread">Replies that could not be read, or answer no prompt of the design.</param>
public sealed record Transcript(string Title, IReadOnlyList<TranscriptReply> Replies, IReadOnlyList<InputDigest> Inputs, long Unread = 0)
{
    /// <summary>The replies to a prompt in the order of their numbers.</summary>
    /// <param name="prompt">The prompt's id.</param>
    public IReadOnlyList<string> To(string prompt) => [.. RepliesTo(prompt).Select(reply => reply.Text)];

    /// <summary>The same with what stood before the prompt.</summary>
    /// <param name="prompt">The prompt's id.</param>
    internal IReadOnlyList<TranscriptReply> RepliesTo(string prompt) => byPrompt.GetValueOrDefault(prompt) ?? [];

    /// <summary>
    /// The replies to a prompt, without those before which at least half of the 5-grams of one of these texts stood: neither the key
    /// nor the reply decides whether one is left out.
    /// </summary>
    /// <param name="prompt">The prompt's id.</param>
    /// <param name="texts">All texts that the key could have chosen.</param>
    /// <param name="shown">Grows by the replies left out.</param>
    internal IReadOnlyList<string> Unprompted(string prompt, IReadOnlyList<string> texts, ref int shown)
    {
        IReadOnlyList<TranscriptReply> all = RepliesTo(prompt);
        string[] kept = [.. all.Where(reply => !reply.Before.Any(before => texts.Any(text => GramOverlap.HoldsHalf(before, text)))).Select(reply => reply.Text)];
        shown += all.Count - kept.Length;
        return kept;
    }

    private readonly Dictionary<string, TranscriptReply[]> byPrompt = Replies.GroupBy(reply => reply.Prompt, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.OrderBy(reply => reply.Sample).ToArray(), StringComparer.Ordinal);
}
