using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Fingerprints;

/// <summary>A reply to a prompt of a design.</summary>
/// <param name="Prompt">The id of the prompt in the design.</param>
/// <param name="Sample">Which reply to that prompt, from 0.</param>
/// <param name="Text">What was replied, in Unicode's form NFC; empty for a refusal without words.</param>
public sealed record TranscriptReply(string Prompt, int Sample, string Text);

/// <summary>What a model replied to the prompts of a design.</summary>
/// <param name="Title">The model's name for readers.</param>
/// <param name="Replies">The replies in the order in which they were read; a prompt may have several, each with its own number.</param>
/// <param name="Inputs">The files, by digest.</param>
/// <param name="Unread">Replies that could not be read, or answer no prompt of the design.</param>
public sealed record Transcript(string Title, IReadOnlyList<TranscriptReply> Replies, IReadOnlyList<InputDigest> Inputs, long Unread = 0)
{
    /// <summary>The replies to a prompt in the order of their numbers.</summary>
    /// <param name="prompt">The prompt's id.</param>
    public IReadOnlyList<string> To(string prompt) => byPrompt.GetValueOrDefault(prompt) ?? [];

    private readonly Dictionary<string, string[]> byPrompt = Replies.GroupBy(reply => reply.Prompt, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.OrderBy(reply => reply.Sample).Select(reply => reply.Text).ToArray(), StringComparer.Ordinal);
}
