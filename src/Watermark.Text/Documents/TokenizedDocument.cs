namespace Watermark.Text.Documents;

/// <summary>A document as token ids.</summary>
/// <param name="Id">The document's id.</param>
/// <param name="Tokens">The reply's token ids.</param>
/// <param name="Prompts">The token ids of each text of the prompt; empty for none.</param>
public sealed record TokenizedDocument(string Id, int[] Tokens, IReadOnlyList<int[]> Prompts);
