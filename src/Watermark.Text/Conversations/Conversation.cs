using Watermark.Text.Records;

namespace Watermark.Text.Conversations;

/// <summary>Who speaks in a turn.</summary>
public enum Role
{
    /// <summary>The operator: system and developer messages.</summary>
    System,

    /// <summary>The person or program that asks.</summary>
    User,

    /// <summary>The model.</summary>
    Assistant,

    /// <summary>A tool's result.</summary>
    Tool,
}

/// <summary>One turn of a conversation.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Text">What is said; empty where the turn says nothing, such as a null reply or one that only calls a tool.</param>
public sealed record Turn(Role Role, string Text)
{
    /// <summary>Reasoning that came before the text, without its marks; null for none.</summary>
    public string? Reasoning { get; init; }

    /// <summary>The token ids of the turn, each 0 or more, where the file holds ids; <see cref="Text"/> is then empty.</summary>
    public int[]? Tokens { get; init; }

    /// <summary>
    /// Whether an assistant's turn came with the prompt of a reply that the record holds elsewhere: an example in a request, an
    /// earlier answer in a history. Who wrote it is not known, so it is prompt and no reply.
    /// </summary>
    public bool IsGiven { get; init; }
}

/// <summary>Who said what, as one record of a file tells it.</summary>
public sealed record Conversation
{
    /// <summary>The record's own id, or its place.</summary>
    public required string Id { get; init; }

    /// <summary>Where it stands.</summary>
    public required RecordPlace Place { get; init; }

    /// <summary>The shape it was recognised by, in a few words: <c>OpenAI messages</c>, <c>ShareGPT</c>, <c>prompt and text</c>.</summary>
    public required string Shape { get; init; }

    /// <summary>The turns, in order.</summary>
    public required IReadOnlyList<Turn> Turns { get; init; }

    /// <summary>
    /// Further text that the model may have seen with any of the turns: descriptions of tools, retrieved passages, other
    /// fields of the record. Replies are not scored where they repeat it, but it is no prompt.
    /// </summary>
    public IReadOnlyList<string> Context { get; init; } = [];

    /// <summary>Whether the record tells what the first reply answers. False for a text alone.</summary>
    public required bool HasPrompt { get; init; }

    /// <summary>Whether it is a further sample for the prompt of another conversation of the same record.</summary>
    internal bool IsAlternative { get; init; }
}
