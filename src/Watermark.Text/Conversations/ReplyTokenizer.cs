using Watermark.NGrams;
using Watermark.Text.Screening;
using Watermark.Text.Tokenizers;

namespace Watermark.Text.Conversations;

/// <summary>What is done to the text of replies before it becomes token ids.</summary>
public sealed record ReplyTextOptions
{
    /// <summary>
    /// Whether prompts are read, so that rows which a prompt decided can be left out. <value>Default true.</value>
    /// </summary>
    public bool ReadPrompts { get; init; } = true;

    /// <summary>
    /// Whether reasoning before a reply is scored too, as a text of its own. <value>Default true.</value>
    /// </summary>
    public bool ScoreReasoning { get; init; } = true;

    /// <summary>
    /// Whether what changes token ids but not what a reader sees is undone: letters are composed (NFC), other spaces become
    /// U+0020, zero-width characters that writing does not need are removed, look-alike and full-width letters become the Latin
    /// ones. Bit-exact on every system. <value>Default false.</value>
    /// </summary>
    public bool Normalise { get; init; }

    /// <summary>These options as a sample records them (<see cref="SampleSchema.Preparation"/>); empty for the defaults.</summary>
    public string Preparation => string.Join("; ", new[] { ScoreReasoning ? null : "reasoning left out", Normalise ? TextNormaliser.Form : null }.OfType<string>());
}

/// <summary>A reply as token ids.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Tokens">The token ids of its text.</param>
/// <param name="Reasoning">The token ids of the reasoning before it, a text of its own; null for none or where it is left out.</param>
/// <param name="Prompts">The token ids of each text that it may repeat; empty for none.</param>
/// <param name="HasPrompt">Whether it came with its prompt.</param>
/// <param name="IsLeftOut">
/// Whether it must not be scored, because its recorded prompt looks cut: what it quotes beyond the cut would count as its own.
/// </param>
public sealed record TokenizedReply(string Id, int[] Tokens, int[]? Reasoning, IReadOnlyList<int[]> Prompts, bool HasPrompt, bool IsLeftOut);

/// <summary>Turns replies into token ids, and their prompts with them. Safe for concurrent use.</summary>
/// <remarks>
/// A reply and every text of its prompt are tokenized separately. The model saw them joined, so the token at a boundary may
/// have been another one; that affects a few n-grams for each text. Parts of a reply that stand in its prompt in another
/// spelling are added to its prompts as the reply spells them, so that their rows are left out too.
/// </remarks>
public sealed class ReplyTokenizer
{
    private readonly TextTokenizer tokenizer;
    private readonly ReplyTextOptions options;

    /// <summary>Creates one.</summary>
    /// <param name="tokenizer">Turns text into ids.</param>
    /// <param name="screening">Looks at every reply and counts what it notices.</param>
    /// <param name="options">What is done to the text.</param>
    public ReplyTokenizer(TextTokenizer tokenizer, ReplyScreening screening, ReplyTextOptions options)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(screening);
        ArgumentNullException.ThrowIfNull(options);
        this.tokenizer = tokenizer;
        Screening = screening;
        this.options = options;
    }

    /// <summary>What was noticed.</summary>
    public ReplyScreening Screening { get; }

    /// <summary>Whether replies without a prompt stay, because prompts are not read or somebody vouches for them.</summary>
    internal bool KeepsWithoutPrompt => !options.ReadPrompts || Screening.PromptsUnmarked;

    private bool TakesText => tokenizer.Name != TextTokenizer.Ids;

    /// <summary>Tokenizes a reply; token ids that it brings are used unchanged.</summary>
    /// <param name="reply">The reply.</param>
    /// <exception cref="InputFormatException">The reply is text and the tokenizer is <c>ids</c>, or one of its ids is none of the tokenizer's.</exception>
    public TokenizedReply Tokenize(Reply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        string? text = TextOf(reply);
        int[] tokens = reply.Tokens ?? tokenizer.Encode(Prepared(text!));
        int[]? reasoning = reply.Reasoning is { } thoughts && options.ScoreReasoning && TakesText ? tokenizer.Encode(Prepared(thoughts)) : null;
        Screening.Tokens(tokens);
        if (reasoning is not null)
            Screening.Add(ReadingCounts.RepliesWithReasoning, 1);
        if (!options.ReadPrompts)
            return new TokenizedReply(reply.Id, tokens, reasoning, [], HasPrompt: false, IsLeftOut: false);

        // Texts of a prompt cannot be compared with ids where nothing turns them into ids.
        bool hasPrompt = reply.HasPrompt && (TakesText || reply.PromptTokens.Count > 0);
        (Screened fate, IReadOnlyList<string> copies) = text is null ? (Screening.Ids(reply), []) : Screening.Text(reply, reasoning is null ? text : reply.WholeText);
        var prompts = new List<int[]>(reply.PromptTokens);
        if (TakesText)
        {
            foreach (string prompt in reply.PromptTexts)
                prompts.Add(tokenizer.Encode(Prepared(prompt)));
            foreach (string copy in copies)
                prompts.Add(tokenizer.Encode(Prepared(copy)));
        }

        return new TokenizedReply(reply.Id, tokens, reasoning, prompts, hasPrompt, fate == Screened.LeftOut);
    }

    /// <summary>The reply as text, for those that came as ids too; null where nothing turns ids into text.</summary>
    private string? TextOf(Reply reply)
    {
        if (reply.Tokens is null)
            return reply.Text;
        if (!TakesText)
            return null;
        try
        {
            return tokenizer.Decode(reply.Tokens);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw new InputFormatException($"{reply.Place}: the token id {exception.ActualValue} is none of the tokenizer '{tokenizer.Name}'; ids of the key's tokenizer were expected.", exception);
        }
    }

    private string Prepared(string text) => options.Normalise ? TextNormaliser.Normalise(text) : text;
}
