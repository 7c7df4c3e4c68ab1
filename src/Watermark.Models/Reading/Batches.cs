namespace Watermark.Models.Reading;

/// <summary>Receives a sequence of a batch that was evaluated.</summary>
/// <param name="item">The caller's number of the sequence.</param>
/// <param name="ids">The sequence.</param>
/// <param name="index">Its place in the batch.</param>
/// <param name="model">The log-probabilities of the model.</param>
/// <param name="other">Those of the other model, or null.</param>
internal delegate void BatchVisitor<in T>(T item, ReadOnlySpan<int> ids, int index, ILogProbabilities model, ILogProbabilities? other);

/// <summary>Shows sequences to one or two models, in batches of like length.</summary>
internal static class Batches
{
    /// <summary>
    /// Evaluates all sequences, longest first, so that the largest amount of memory is needed at the beginning.
    /// </summary>
    public static void Read<T>(
        ILanguageModel model,
        ILanguageModel? other,
        IReadOnlyCollection<(T Item, ReadOnlyMemory<int> Ids)> sequences,
        int batchRows,
        BatchVisitor<T> visit,
        IProgress<double>? progress,
        CancellationToken cancellationToken)
    {
        int done = 0;
        foreach ((T Item, ReadOnlyMemory<int> Ids)[] batch in sequences.OrderByDescending(sequence => sequence.Ids.Length).Chunk(batchRows))
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlyMemory<int>[] ids = Array.ConvertAll(batch, sequence => sequence.Ids);
            using ILogProbabilities first = model.Evaluate(ids);
            using ILogProbabilities? second = other?.Evaluate(ids);
            for (int i = 0; i < batch.Length; i++)
                visit(batch[i].Item, ids[i].Span, i, first, second);
            done += batch.Length;
            progress?.Report((double)done / sequences.Count);
        }
    }

    /// <summary>Prompt and reply, cut off at a length.</summary>
    public static int[] Whole((int[] Prompt, int[] Reply) text, int length)
    {
        int[] ids = [.. text.Prompt, .. text.Reply];
        return ids.Length <= length ? ids : ids[..length];
    }
}
