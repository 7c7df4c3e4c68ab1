using Watermark.NGrams;

namespace Watermark.Models.Reading;

/// <summary>Receives what a walk through texts finds.</summary>
internal interface ITextVisitor
{
    /// <summary>A context that is complete, free of special tokens and new in its row.</summary>
    /// <param name="text">The number of the text.</param>
    /// <param name="context">h tokens.</param>
    /// <param name="suspect">Log-probabilities of the suspect after the context.</param>
    /// <param name="owner">Those of the owner's model; empty where there is none.</param>
    void Visit(int text, ReadOnlySpan<int> context, ReadOnlySpan<float> suspect, ReadOnlySpan<float> owner);

    /// <summary>Called after the last position of a row.</summary>
    /// <param name="text">The number of the text.</param>
    /// <param name="tokens">The length of the row.</param>
    void EndRow(int text, int tokens);
}

/// <summary>Shows texts to a suspect, and to the owner's model where there is one, row by row.</summary>
internal static class TextWalk
{
    /// <summary>Checks the arguments of methods that show texts to models.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range, or a row is longer than a model allows.</exception>
    /// <exception cref="ArgumentException">The selection has rules about documents or prompts, which do not apply to a text shown to a model.</exception>
    public static void Check(ILanguageModel suspect, ILanguageModel? owner, IReadOnlyList<int[]> texts, SampleSchema schema, ReadingOptions options)
    {
        ArgumentNullException.ThrowIfNull(suspect);
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(Math.Min(suspect.MaximumPositions, owner?.MaximumPositions ?? int.MaxValue));
        schema.Validate();
        if (schema.Selection is not { Scope: DistinctScope.Corpus, FirstPosition: 0, Padding: null, ExcludePromptContexts: true })
            throw new ArgumentException($"The selection '{schema.Selection.Describe()}' speaks of documents and prompts; a text that models are shown has none.", nameof(schema));
    }

    /// <summary>Cuts texts into rows and visits every context that is new in its row.</summary>
    public static void Run(
        ILanguageModel suspect,
        ILanguageModel? owner,
        IReadOnlyList<int[]> texts,
        SampleSchema schema,
        ReadingOptions options,
        ITextVisitor visitor,
        IProgress<double>? progress,
        CancellationToken cancellationToken)
    {
        int width = schema.ContextWidth;
        var contexts = new FirstContexts(width, schema.SpecialTokens);
        var positions = new List<int>();
        Batches.Read(suspect, owner, Cut(texts, options.RowLength, Math.Max(1, width)), options.BatchRows, Visit, progress, cancellationToken);

        void Visit(int text, ReadOnlySpan<int> row, int index, ILogProbabilities given, ILogProbabilities? expected)
        {
            positions.Clear();
            contexts.Find(row, positions);
            foreach (int position in positions)
            {
                ReadOnlySpan<float> ofOwner = expected is null ? [] : expected.After(index, position);
                visitor.Visit(text, row.Slice(position - width + 1, width), given.After(index, position), ofOwner);
            }

            visitor.EndRow(text, row.Length);
        }
    }

    /// <summary>The rows of all texts: runs of a length, the last of a text shorter.</summary>
    private static List<(int Text, ReadOnlyMemory<int> Ids)> Cut(IReadOnlyList<int[]> texts, int rowLength, int minimumLength)
    {
        var rows = new List<(int, ReadOnlyMemory<int>)>();
        for (int text = 0; text < texts.Count; text++)
        {
            for (int start = 0; start < texts[text].Length; start += rowLength)
            {
                int length = Math.Min(rowLength, texts[text].Length - start);
                if (length >= minimumLength)
                    rows.Add((text, texts[text].AsMemory(start, length)));
            }
        }

        return rows;
    }
}
