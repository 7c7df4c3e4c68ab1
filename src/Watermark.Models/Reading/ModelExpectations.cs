namespace Watermark.Models.Reading;

/// <summary>Records what a model, the owner's without its mark, expects at the positions of texts.</summary>
public static class ModelExpectations
{
    /// <summary>Reads replies with their prompts before them and records every row that lies in the reply.</summary>
    /// <param name="owner">The model; its token ids are those of the texts.</param>
    /// <param name="texts">Prompt and reply, token ids. Tokens beyond the model's longest sequence are not read.</param>
    /// <param name="contextWidth">h.</param>
    /// <param name="batchRows">Texts computed together, 1 or more.</param>
    /// <param name="progress">Receives the part of the texts done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public static RowExpectations Read(
        ILanguageModel owner,
        IReadOnlyList<(int[] Prompt, int[] Reply)> texts,
        int contextWidth,
        int batchRows = 8,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchRows, 1);
        var expectations = new RowExpectations(contextWidth);
        var distribution = new Distribution([], 0);
        List<(int First, ReadOnlyMemory<int> Ids)> sequences = [];
        foreach ((int[] Prompt, int[] Reply) text in texts)
        {
            // The model cannot predict a first token, since nothing stands before it.
            int first = Math.Max(text.Prompt.Length + contextWidth, 1);
            int[] ids = Batches.Whole(text, owner.MaximumPositions);
            if (ids.Length > first)
                sequences.Add((first, ids));
        }

        Batches.Read(owner, null, sequences, batchRows, Visit, progress, cancellationToken);
        return expectations;

        void Visit(int first, ReadOnlySpan<int> ids, int index, ILogProbabilities expected, ILogProbabilities? other)
        {
            for (int position = first; position < ids.Length; position++)
            {
                ReadOnlySpan<float> logs = expected.After(index, position - 1);
                expectations.Add(ids.Slice(position - contextWidth, contextWidth + 1), Math.Exp(logs[ids[position]]), distribution.Entropy(logs));
            }
        }
    }
}
