namespace Watermark.Text.Documents;

/// <summary>A document as it was read: text, or token ids if it was already tokenized.</summary>
public sealed record InputDocument
{
    /// <summary>
    /// The document's own id. If it has none: the file's name and line (<c>replies.jsonl:17</c>), or only the name if the
    /// file is one document. A file found in a folder is named relative to that folder, with slashes.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>The text; null where <see cref="Tokens"/> is set.</summary>
    public string? Text { get; init; }

    /// <summary>The token ids, each 0 or more; null where <see cref="Text"/> is set.</summary>
    public int[]? Tokens { get; init; }

    /// <summary>The texts of the prompt (one for each message of a chat); empty for none.</summary>
    public IReadOnlyList<string> PromptTexts { get; init; } = [];

    /// <summary>The prompt as token ids, one sequence each; empty for none.</summary>
    public IReadOnlyList<int[]> PromptTokens { get; init; } = [];

    /// <summary>The file the document comes from, as the user named it or as found below a folder; <c>-</c> is standard input.</summary>
    public required string File { get; init; }

    /// <summary>The line the document begins at, from 1.</summary>
    public required long Line { get; init; }
}
