using TorchSharp;
using Watermark.NGrams;
using Watermark.TorchSharp.Models;

namespace Watermark.TorchSharp.Reading;

/// <summary>
/// Compares a suspect with the owner's model without its mark, where the owner holds one: by the suspect's probabilities if
/// its weights are at hand, by what it wrote if not. Where the published tests look at one token a position, this takes all
/// that both think likely, and what they think of it. Keyless.
/// </summary>
public static class ModelComparer
{
    /// <summary>Shows texts to both models and sums their probabilities.</summary>
    /// <param name="suspect">The suspect; its token ids are those of the texts.</param>
    /// <param name="owner">The owner's model without its mark, of the same token ids.</param>
    /// <param name="texts">
    /// Token ids. Best is text that the owner's service wrote <em>without</em> the key: then nothing here depends on the key,
    /// and every rule of weights has an exact null. On marked text every row by itself is still independent of its colour,
    /// as in <see cref="ReadingMode"/>: a context is taken where it is new in its row, so what stands before it was not
    /// chosen by its colours.
    /// </param>
    /// <param name="schema">Context width and special tokens; those are neither read as context nor compared.</param>
    /// <param name="options">How it is read; <see cref="ReadingOptions.Predictions"/> is the number of tokens a position, those most likely in the mean of both models. 32 is a good choice.</param>
    /// <param name="progress">Told the part of the rows done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range, or a row longer than a model takes.</exception>
    public static ModelComparison Read(
        ICausalLanguageModel suspect,
        ICausalLanguageModel owner,
        IReadOnlyList<int[]> texts,
        NGramTableSchema schema,
        ReadingOptions options,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default) =>
        ReadParts(suspect, owner, texts, 1, schema, options, progress, cancellationToken)[0];

    /// <summary><see cref="Read"/> with the texts in runs, a comparison each, to add up: so that one may ask how much text is enough.</summary>
    /// <param name="suspect">As for <see cref="Read"/>.</param>
    /// <param name="owner">As for <see cref="Read"/>.</param>
    /// <param name="texts">As for <see cref="Read"/>.</param>
    /// <param name="parts">The number of runs, 1 or more; equal to one text more or less.</param>
    /// <param name="schema">As for <see cref="Read"/>.</param>
    /// <param name="options">As for <see cref="Read"/>.</param>
    /// <param name="progress">As for <see cref="Read"/>.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public static IReadOnlyList<ModelComparison> ReadParts(
        ICausalLanguageModel suspect,
        ICausalLanguageModel owner,
        IReadOnlyList<int[]> texts,
        int parts,
        NGramTableSchema schema,
        ReadingOptions options,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(suspect);
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(Math.Min(suspect.MaximumPositions, owner.MaximumPositions));
        ModelComparison[] comparisons = Create(parts, schema);
        var contexts = new FirstContexts(schema.ContextWidth, schema.SpecialTokens);
        (ModelComparison Part, ReadOnlyMemory<int> Ids)[] rows =
        [
            .. texts.SelectMany((text, i) => TextRows.Cut([text], options.RowLength, Math.Max(1, schema.ContextWidth)).Select(row => (PartOf(i, texts.Count, comparisons), row))),
        ];
        var positions = new List<int>();
        var row = new int[schema.ContextWidth + 1];
        using IDisposable noGradient = torch.no_grad();
        int done = 0;
        foreach ((ModelComparison Part, ReadOnlyMemory<int> Ids)[] batch in TextRows.Batch(rows, item => item.Ids.Length, options.BatchRows))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = torch.NewDisposeScope();
            torch.Tensor ids = TextRows.ToTensor([.. batch.Select(item => item.Ids)], suspect.Device);
            torch.Tensor expected = Probabilities(owner, ids);
            torch.Tensor given = Probabilities(suspect, ids).to(expected.device);
            Candidates likely = Candidates.Of(given.add(expected, Scalars.One), options.Predictions, given, expected);
            for (int i = 0; i < batch.Length; i++)
            {
                (ModelComparison part, ReadOnlyMemory<int> text) = batch[i];
                positions.Clear();
                contexts.Find(text.Span, positions);
                foreach (int position in positions)
                {
                    text.Span.Slice(position - schema.ContextWidth + 1, schema.ContextWidth).CopyTo(row);
                    part.AddContext(row.AsSpan(0, schema.ContextWidth));
                    foreach (int at in likely.At((i * text.Length) + position))
                    {
                        row[^1] = (int)likely.Tokens[at];
                        if (!schema.SpecialTokens.Contains(row[^1]))
                            part.AddRow(row, likely.First[at], likely.Second[at]);
                    }
                }

                part.Tokens += text.Length;
            }

            done += batch.Length;
            progress?.Report((double)done / rows.Length);
        }

        return comparisons;
    }

    /// <summary>Reads a suspect's replies with the owner's model: how often each token was written, and how often it was to be expected.</summary>
    /// <param name="owner">The owner's model without its mark; its token ids are those of the replies.</param>
    /// <param name="replies">Prompts and replies, token ids. What exceeds the longest sequence of the model is not read.</param>
    /// <param name="schema">Context width, special tokens, and which positions count, such as none whose context occurs in the prompt.</param>
    /// <param name="candidates">Tokens compared at a position besides the one written: the owner's most likely, 1 or more.</param>
    /// <param name="batchRows">Replies of one length computed together, 1 or more.</param>
    /// <param name="progress">Told the part of the replies done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public static ModelComparison Count(
        ICausalLanguageModel owner,
        IReadOnlyList<(int[] Prompt, int[] Reply)> replies,
        NGramTableSchema schema,
        int candidates = 32,
        int batchRows = 8,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default) =>
        CountParts(owner, replies, 1, schema, candidates, batchRows, progress, cancellationToken)[0];

    /// <summary><see cref="Count"/> with the replies in runs, a comparison each, to add up.</summary>
    /// <param name="owner">As for <see cref="Count"/>.</param>
    /// <param name="replies">As for <see cref="Count"/>.</param>
    /// <param name="parts">The number of runs, 1 or more; equal to one reply more or less.</param>
    /// <param name="schema">As for <see cref="Count"/>.</param>
    /// <param name="candidates">As for <see cref="Count"/>.</param>
    /// <param name="batchRows">As for <see cref="Count"/>.</param>
    /// <param name="progress">As for <see cref="Count"/>.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public static IReadOnlyList<ModelComparison> CountParts(
        ICausalLanguageModel owner,
        IReadOnlyList<(int[] Prompt, int[] Reply)> replies,
        int parts,
        NGramTableSchema schema,
        int candidates = 32,
        int batchRows = 8,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(replies);
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentOutOfRangeException.ThrowIfLessThan(candidates, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchRows, 1);
        ModelComparison[] comparisons = Create(parts, schema);
        var extractor = new NGramExtractor(schema.ContextWidth, schema.Selection with { Padding = null }, schema.SpecialTokens);
        var row = new int[schema.ContextWidth + 1];
        IEnumerable<(ModelComparison Part, int[] Prompt, int[] Ids)> texts = replies
            .Select((text, i) => (PartOf(i, replies.Count, comparisons), text.Prompt, TextRows.Whole(text, owner.MaximumPositions)))
            .Where(item => item.Item3.Length > item.Prompt.Length);
        using IDisposable noGradient = torch.no_grad();
        int done = 0;
        foreach ((ModelComparison Part, int[] Prompt, int[] Ids)[] batch in TextRows.Batch(texts, item => item.Ids.Length, batchRows))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = torch.NewDisposeScope();
            int length = batch[0].Ids.Length;
            torch.Tensor ids = TextRows.ToTensor([.. batch.Select(item => (ReadOnlyMemory<int>)item.Ids)], owner.Device);
            torch.Tensor expected = Probabilities(owner, ids);
            Candidates likely = Candidates.Of(expected, candidates, expected);
            float[] written = expected.gather(-1, TextRows.NextTokens(ids).unsqueeze(-1)).cpu().data<float>().ToArray();
            for (int i = 0; i < batch.Length; i++)
            {
                (ModelComparison part, int[] prompt, int[] text) = batch[i];
                extractor.Extract(text.AsSpan(prompt.Length), [prompt]);
                foreach (int position in extractor.Positions)
                {
                    int at = prompt.Length + position;

                    // A first token has nothing before it that the model could expect it from.
                    if (at == 0)
                        continue;
                    text.AsSpan(at - schema.ContextWidth, row.Length).CopyTo(row);
                    int before = (i * length) + at - 1;
                    AddPosition(part, row, likely, before, written[before], schema);
                }

                part.Tokens += length - prompt.Length;
            }

            done += batch.Length;
            progress?.Report((double)done / replies.Count);
        }

        return comparisons;
    }

    private static ModelComparison[] Create(int parts, NGramTableSchema schema)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        return [.. Enumerable.Range(0, parts).Select(_ => new ModelComparison(schema.ContextWidth))];
    }

    private static ModelComparison PartOf(int index, int count, ModelComparison[] parts) => parts[(long)index * parts.Length / count];

    /// <summary>Adds the token written and the likely ones; changes the row's last token.</summary>
    private static void AddPosition(ModelComparison comparison, int[] row, Candidates likely, int position, double probability, NGramTableSchema schema)
    {
        int token = row[^1];
        comparison.AddContext(row.AsSpan(0, row.Length - 1));
        comparison.AddRow(row, 1, probability);
        foreach (int at in likely.At(position))
        {
            row[^1] = (int)likely.Tokens[at];
            if (row[^1] != token && !schema.SpecialTokens.Contains(row[^1]))
                comparison.AddRow(row, 0, likely.First[at]);
        }
    }

    private static torch.Tensor Probabilities(ICausalLanguageModel model, torch.Tensor ids) =>
        torch.nn.functional.softmax(model.Logits(ids.to(model.Device)).to(torch.ScalarType.Float32), -1);
}
