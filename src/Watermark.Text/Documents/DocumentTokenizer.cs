using Watermark.Text.Tokenizers;

namespace Watermark.Text.Documents;

/// <summary>Turns the text of a document into token ids.</summary>
public static class DocumentTokenizer
{
    /// <summary>Tokenizes a document; token ids that it brings are used unchanged.</summary>
    /// <param name="document">The document.</param>
    /// <param name="tokenizer">Turns text into ids. Safe to share between threads.</param>
    /// <returns>The document's ids and, for each text of its prompt, the ids of that text.</returns>
    /// <remarks>
    /// The reply and every prompt text are tokenized separately. The model saw them joined, so the token at a boundary may
    /// have been another one. That affects only the n-grams across the boundary, a few for each text.
    /// </remarks>
    /// <exception cref="InputFormatException">The document or its prompt is text and the tokenizer is <c>ids</c>.</exception>
    public static TokenizedDocument Tokenize(InputDocument document, TextTokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (document.Tokens is null == document.Text is null)
            throw new ArgumentException("A document has either a text or token ids.", nameof(document));
        int[] tokens = document.Tokens ?? tokenizer.Encode(document.Text!);
        if (document.PromptTexts.Count == 0)
            return new TokenizedDocument(document.Id, tokens, document.PromptTokens);
        if (tokenizer.Name == TextTokenizer.Ids)
            throw new InputFormatException("The prompt is text, and the tokenizer 'ids' takes none: name the field that holds the prompt's token ids, or have prompts not read and their n-grams scored.");
        var prompts = new List<int[]>(document.PromptTexts.Count + document.PromptTokens.Count);
        foreach (string prompt in document.PromptTexts)
            prompts.Add(tokenizer.Encode(prompt));
        prompts.AddRange(document.PromptTokens);
        return new TokenizedDocument(document.Id, tokens, prompts);
    }
}
