using System.Runtime.InteropServices;
using TorchSharp;
using Watermark.NGrams;
using Watermark.TorchSharp.Models;

namespace Watermark.TorchSharp.Reading;

/// <summary>
/// Reads a suspect whose weights are at hand: shows it the owner's served text and takes its most likely next tokens.
/// A model trained on marked text prefers green ones. Far more sensitive than the suspect's own text, and keyless: the
/// result is a table like any other.
/// </summary>
/// <remarks>
/// Source: Sander et al., "Watermarking makes language models radioactive", NeurIPS 2024 (arXiv:2402.14904), open-model
/// test. The context of a prediction are the <em>input</em> tokens before it. A context that ended earlier in the same
/// row is skipped: the suspect could copy, by attention, the marked token that followed there, and a clean model would
/// look marked. The rows (context, prediction) are made distinct over all texts, so that under H0 (the predictions are
/// independent of the key) their total has the scheme's exact null.
/// </remarks>
public static class ReadingMode
{
    /// <summary>Collects a suspect's predictions.</summary>
    /// <param name="suspect">The model; its token ids are those of the texts.</param>
    /// <param name="texts">Token ids of the owner's served text, one array a reply, each cut into rows.</param>
    /// <param name="schema">What the table holds; special tokens are neither read as context nor taken as prediction.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="progress">Told the part of the rows done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>The table; its <see cref="NGramTable.Documents"/> are rows, its <see cref="NGramTable.Tokens"/> those read.</returns>
    /// <exception cref="ArgumentException">A row is longer than the suspect takes.</exception>
    public static NGramTable Read(
        ICausalLanguageModel suspect,
        IEnumerable<int[]> texts,
        NGramTableSchema schema,
        ReadingOptions options,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default) =>
        Read(suspect, null, texts, schema, options, null, progress, cancellationToken);

    /// <summary>Collects a suspect's predictions, and what the owner's unmarked model thinks of them.</summary>
    /// <param name="suspect">The model; its token ids are those of the texts.</param>
    /// <param name="owner">The owner's model without its mark, of the same token ids; null where no expectations are asked for.</param>
    /// <param name="texts">As in the other overload.</param>
    /// <param name="schema">As in the other overload.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="expectations">Takes what the owner's model expected of every prediction, for weights; null: nothing is asked.</param>
    /// <param name="progress">Told the part of the rows done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>The table, as in the other overload.</returns>
    /// <exception cref="ArgumentException">A row is longer than a model takes, or only one of owner and expectations is given.</exception>
    public static NGramTable Read(
        ICausalLanguageModel suspect,
        ICausalLanguageModel? owner,
        IEnumerable<int[]> texts,
        NGramTableSchema schema,
        ReadingOptions options,
        RowExpectations? expectations,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(suspect);
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(Math.Min(suspect.MaximumPositions, owner?.MaximumPositions ?? int.MaxValue));
        if (owner is null != expectations is null)
            throw new ArgumentException("The owner's model and its expectations go together.", nameof(owner));
        var builder = new NGramTableBuilder(schema);
        var contexts = new FirstContexts(schema.ContextWidth, schema.SpecialTokens);
        List<ReadOnlyMemory<int>> rows = TextRows.Cut(texts, options.RowLength, Math.Max(1, schema.ContextWidth));
        using IDisposable noGradient = torch.no_grad();
        using torch.Tensor? exclusion = Exclusion(suspect, schema.SpecialTokens);
        int done = 0;
        foreach (ReadOnlyMemory<int>[] batch in TextRows.Batch(rows, row => row.Length, options.BatchRows))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = torch.NewDisposeScope();
            torch.Tensor ids = TextRows.ToTensor(batch, suspect.Device);
            torch.Tensor predicted = Predict(suspect, ids, options.Predictions, exclusion);
            (float[] Probabilities, float[] Entropies)[] expected = owner is null ? [] : Expect(owner, ids, predicted);
            AddRows(batch, predicted.cpu().data<long>().ToArray(), expected, contexts, builder, expectations);
            done += batch.Length;
            progress?.Report((double)done / rows.Count);
        }

        return builder.Build();
    }

    /// <summary>The most likely tokens, shape [batch, length, predictions].</summary>
    private static torch.Tensor Predict(ICausalLanguageModel suspect, torch.Tensor ids, int predictions, torch.Tensor? exclusion)
    {
        torch.Tensor logits = suspect.Logits(ids);
        if (exclusion is not null)
            logits = logits.add(exclusion.to(logits.dtype), Scalars.One);
        return logits.topk(predictions, -1, largest: true, sorted: true).indexes;
    }

    /// <summary>What the owner's model expects of each of the predictions.</summary>
    private static (float[] Probabilities, float[] Entropies)[] Expect(ICausalLanguageModel owner, torch.Tensor ids, torch.Tensor predicted)
    {
        torch.Tensor logits = owner.Logits(ids.to(owner.Device));
        return [.. Enumerable.Range(0, (int)predicted.shape[2]).Select(k => ModelExpectations.Expect(logits, predicted.select(2, k).to(owner.Device)))];
    }

    private static void AddRows(
        ReadOnlyMemory<int>[] batch,
        ReadOnlySpan<long> predicted,
        (float[] Probabilities, float[] Entropies)[] expected,
        FirstContexts contexts,
        NGramTableBuilder builder,
        RowExpectations? expectations)
    {
        var positions = new List<int>();
        var rows = new List<int>();
        int length = batch[0].Length;
        int predictions = predicted.Length / (batch.Length * length);
        int width = contexts.ContextWidth + 1;
        for (int row = 0; row < batch.Length; row++)
        {
            positions.Clear();
            rows.Clear();
            contexts.Find(batch[row].Span, positions);
            foreach (int position in positions)
            {
                int at = row * length + position;
                for (int k = 0; k < predictions; k++)
                {
                    rows.AddRange(batch[row].Span.Slice(position - contexts.ContextWidth + 1, contexts.ContextWidth));
                    rows.Add((int)predicted[at * predictions + k]);
                    if (expected.Length > 0)
                        expectations!.Add(CollectionsMarshal.AsSpan(rows)[^width..], expected[k].Probabilities[at], expected[k].Entropies[at]);
                }
            }

            builder.AddRows(Transpose(rows, contexts.ContextWidth), length);
        }
    }

    /// <summary>Rows one after another, as columns.</summary>
    private static NGramRows Transpose(List<int> values, int contextWidth)
    {
        int width = contextWidth + 1;
        int count = values.Count / width;
        var columns = new int[values.Count];
        for (int i = 0; i < values.Count; i++)
            columns[(i % width * count) + (i / width)] = values[i];
        return new NGramRows(columns, count, contextWidth, count);
    }

    /// <summary>Minus infinity for special tokens, 0 for others; null where there are none.</summary>
    private static torch.Tensor? Exclusion(ICausalLanguageModel suspect, IReadOnlyList<int> specialTokens)
    {
        if (specialTokens.Count == 0)
            return null;
        var values = new float[suspect.VocabularySize];
        foreach (int id in specialTokens)
        {
            if ((uint)id < (uint)values.Length)
                values[id] = float.NegativeInfinity;
        }

        return torch.tensor(values, device: suspect.Device);
    }
}
