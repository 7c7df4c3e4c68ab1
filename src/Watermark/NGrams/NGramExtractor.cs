namespace Watermark.NGrams;

/// <summary>
/// Decides which positions of one document are scored. It looks only at the text, not at keys or scores. Windows never cross
/// documents. The rules about a single document are applied here, those about the corpus by <see cref="SampleBuilder"/>.
/// </summary>
/// <remarks>
/// Left out are positions before <see cref="NGramSelection.FirstPosition"/>; positions whose context reaches before the
/// document, unless the selection pads; positions whose context occurs in one of the document's own prompts (with
/// h = 0, where the context is empty: whose token does); windows with a special token; and repetitions within the
/// document where the selection's scope is the document. Reuses its buffers: not safe for concurrent use; memory grows
/// with the longest document.
/// </remarks>
public sealed class NGramExtractor
{
    private readonly NGramSelection selection;
    private readonly int contextWidth;
    private readonly HashSet<int> specialTokens;
    private readonly WindowMap prompted = new();
    private readonly WindowMap seen = new();
    private int[] sequence = [];
    private int[] promptTokens = [];
    private int[] positions = [];
    private int sequenceLength;
    private int positionCount;

    /// <summary>Creates an extractor.</summary>
    /// <param name="contextWidth">h, 0 or more.</param>
    /// <param name="selection">Which n-grams count.</param>
    /// <param name="specialTokens">Ids that are not text, such as an end of turn; null for none.</param>
    public NGramExtractor(int contextWidth, NGramSelection selection, IEnumerable<int>? specialTokens = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(contextWidth);
        ArgumentNullException.ThrowIfNull(selection);
        selection.Validate();
        this.contextWidth = contextWidth;
        this.selection = selection;
        this.specialTokens = [.. specialTokens ?? []];
    }

    /// <summary>
    /// The document's tokens, after h tokens of padding where the selection pads. Valid until the next call of
    /// <see cref="Extract"/>.
    /// </summary>
    public ReadOnlySpan<int> Sequence => sequence.AsSpan(0, sequenceLength);

    /// <summary>Where <see cref="Sequence"/> holds the document's first token: h with padding, 0 without.</summary>
    public int Offset => selection.Padding is null ? 0 : contextWidth;

    /// <summary>
    /// The indexes into <see cref="Sequence"/> of the scored tokens, ascending; the context of one is the h tokens before
    /// it.
    /// </summary>
    public ReadOnlySpan<int> Positions => positions.AsSpan(0, positionCount);

    /// <summary>Reads a document.</summary>
    /// <param name="tokens">Its token ids.</param>
    /// <param name="prompts">Token ids of what the document answers: prompt, system message, earlier turns; null for none.</param>
    public void Extract(ReadOnlySpan<int> tokens, IReadOnlyList<int[]>? prompts = null)
    {
        LoadSequence(tokens);
        bool usesPrompts = selection.ExcludePromptContexts && LoadPrompts(prompts);
        ReadOnlySpan<int> text = Sequence;
        int first = Math.Max(contextWidth, Offset + Math.Min(selection.FirstPosition, tokens.Length));
        bool withinDocument = selection.Scope == DistinctScope.Document && selection.Distinct != DistinctRule.None;
        int window = selection.Distinct == DistinctRule.Contexts ? contextWidth : contextWidth + 1;
        if (withinDocument)
            seen.Reset(window, tokens.Length);
        int special = LastSpecialBefore(text, first);
        positionCount = 0;
        for (int position = first; position < text.Length; position++)
        {
            if (specialTokens.Count > 0 && specialTokens.Contains(text[position]))
                special = position;
            bool eligible = special < position - contextWidth && !(usesPrompts && IsPrompted(text, position));
            if (withinDocument && (eligible || selection.ContextHistory is not null) && IsRepeated(text, position))
                continue;
            if (eligible)
                positions[positionCount++] = position;
        }
    }

    /// <summary>
    /// Whether the window at a position occurred before; the window is then remembered. A limited history holds the contexts
    /// of all positions, scored or not, as it does in the schemes that use one when they write.
    /// </summary>
    private bool IsRepeated(ReadOnlySpan<int> text, int position) =>
        seen.Set(text, position - contextWidth, position) is { } before
        && (selection.ContextHistory is not { } history || position - before <= history);

    private bool IsPrompted(ReadOnlySpan<int> text, int position)
    {
        ReadOnlySpan<int> window = contextWidth == 0 ? text.Slice(position, 1) : text.Slice(position - contextWidth, contextWidth);
        return prompted.Find(promptTokens, window) is not null;
    }

    private void LoadSequence(ReadOnlySpan<int> tokens)
    {
        sequenceLength = checked(Offset + tokens.Length);
        if (sequence.Length < sequenceLength)
        {
            int capacity = Math.Max(sequenceLength, (int)Math.Min(2L * sequence.Length, Array.MaxLength));
            sequence = new int[capacity];
            positions = new int[capacity];
        }

        if (selection.Padding is { } padding)
            sequence.AsSpan(0, Offset).Fill(padding);
        tokens.CopyTo(sequence.AsSpan(Offset));
    }

    /// <summary>Collects the prompts' windows, padded as contexts are where the selection pads.</summary>
    private bool LoadPrompts(IReadOnlyList<int[]>? prompts)
    {
        if (prompts is null || prompts.Count == 0)
            return false;
        int width = Math.Max(1, contextWidth);
        int total = checked(prompts.Sum(prompt => Offset + prompt.Length));
        if (promptTokens.Length < total)
            promptTokens = new int[total];
        prompted.Reset(width, total);
        int begin = 0;
        foreach (int[] prompt in prompts)
        {
            int end = begin + Offset + prompt.Length;
            promptTokens.AsSpan(begin, Offset).Fill(selection.Padding ?? 0);
            prompt.CopyTo(promptTokens, begin + Offset);
            for (int start = begin; start + width <= end; start++)
                prompted.Set(promptTokens, start, 0);
            begin = end;
        }

        return total >= width;
    }

    private int LastSpecialBefore(ReadOnlySpan<int> text, int position)
    {
        if (specialTokens.Count > 0)
        {
            for (int i = Math.Min(position, text.Length) - 1; i >= Math.Max(0, position - contextWidth); i--)
            {
                if (specialTokens.Contains(text[i]))
                    return i;
            }
        }

        return int.MinValue;
    }
}
