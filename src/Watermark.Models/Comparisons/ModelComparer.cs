using System.Numerics.Tensors;
using Watermark.Models.Reading;
using Watermark.NGrams;

namespace Watermark.Models.Comparisons;

/// <summary>
/// Compares a suspect with the owner's model without its mark: by the suspect's probabilities if its weights are available,
/// else by what it wrote. The published tests use one token per position; this uses all tokens that both models consider
/// likely, with their probabilities. Needs no key.
/// </summary>
public static class ModelComparer
{
    /// <summary>Shows texts to both models and sums their probabilities.</summary>
    /// <param name="suspect">The suspect; its token ids are those of the texts.</param>
    /// <param name="owner">The owner's model without its mark, of the same token ids.</param>
    /// <param name="texts">
    /// Token ids. They should be text that the owner's service wrote <em>without</em> the key: then nothing here depends on
    /// the key, and every weight rule has an exact null.
    /// </param>
    /// <param name="origin">
    /// Whether the texts were written with the key; the result states it. On marked text the null is approximate, because
    /// how often a context occurs there depends on the colours of the tokens after it.
    /// </param>
    /// <param name="schema">Context width and special tokens. Special tokens are neither used as context nor compared.</param>
    /// <param name="options">How the texts are read. <see cref="ReadingOptions.Predictions"/> is the number of tokens compared per position, those with the largest mean probability of both models; 32 is a good choice.</param>
    /// <param name="progress">Receives the part of the rows done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="ArgumentException">A row is longer than a model allows, or the selection has rules about documents or prompts, which do not apply to a text shown to a model.</exception>
    public static ModelComparison Read(
        ILanguageModel suspect,
        ILanguageModel owner,
        IReadOnlyList<int[]> texts,
        TextOrigin origin,
        SampleSchema schema,
        ReadingOptions options,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default) =>
        ReadParts(suspect, owner, texts, origin, 1, schema, options, progress, cancellationToken)[0];

    /// <summary>
    /// Does the same as <see cref="Read"/>, with one comparison for each run of texts. Adding them up run by run shows how
    /// much text is enough.
    /// </summary>
    /// <param name="suspect">The suspect; its token ids are those of the texts.</param>
    /// <param name="owner">The owner's model without its mark, of the same token ids.</param>
    /// <param name="texts">Token ids, preferably of text that was written without the key.</param>
    /// <param name="origin">Whether the texts were written with the key; the result states it.</param>
    /// <param name="parts">The number of runs, 1 or more; their numbers of texts differ by at most one.</param>
    /// <param name="schema">Context width and special tokens.</param>
    /// <param name="options">How the texts are read.</param>
    /// <param name="progress">Receives the part of the rows done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public static IReadOnlyList<ModelComparison> ReadParts(
        ILanguageModel suspect,
        ILanguageModel owner,
        IReadOnlyList<int[]> texts,
        TextOrigin origin,
        int parts,
        SampleSchema schema,
        ReadingOptions options,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(owner);
        TextWalk.Check(suspect, owner, texts, schema, options);
        ModelComparison[] comparisons = Create(parts, schema, origin);
        TextWalk.Run(suspect, owner, texts, schema, options, new Visitor(comparisons, texts.Count, options.Predictions), progress, cancellationToken);
        return comparisons;
    }

    /// <summary>
    /// Reads a suspect's replies with the owner's model and counts how often each token was written and how often it was
    /// expected.
    /// </summary>
    /// <param name="owner">The owner's model without its mark; its token ids are those of the replies.</param>
    /// <param name="replies">Prompts and replies, token ids. Tokens beyond the model's longest sequence are not read.</param>
    /// <param name="prompts">Whether the prompts, which both models continue, were written with the key; the result states it.</param>
    /// <param name="schema">Context width, special tokens, and which positions count; for example, not those whose context occurs in the prompt.</param>
    /// <param name="candidates">Tokens compared at a position besides the one written: the owner's most likely, 1 or more.</param>
    /// <param name="batchRows">Replies computed together, 1 or more.</param>
    /// <param name="progress">Receives the part of the replies done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public static ModelComparison Count(
        ILanguageModel owner,
        IReadOnlyList<(int[] Prompt, int[] Reply)> replies,
        TextOrigin prompts,
        SampleSchema schema,
        int candidates = 32,
        int batchRows = 8,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default) =>
        CountParts(owner, replies, prompts, 1, schema, candidates, batchRows, progress, cancellationToken)[0];

    /// <summary>Does the same as <see cref="Count"/>, with one comparison for each run of replies.</summary>
    /// <param name="owner">The owner's model without its mark; its token ids are those of the replies.</param>
    /// <param name="replies">Prompts and replies, token ids.</param>
    /// <param name="prompts">Whether the prompts were written with the key; the result states it.</param>
    /// <param name="parts">The number of runs, 1 or more; their numbers of replies differ by at most one.</param>
    /// <param name="schema">Context width, special tokens, and which positions count.</param>
    /// <param name="candidates">Tokens compared at a position besides the one written: the owner's most likely, 1 or more.</param>
    /// <param name="batchRows">Replies computed together, 1 or more.</param>
    /// <param name="progress">Receives the part of the replies done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public static IReadOnlyList<ModelComparison> CountParts(
        ILanguageModel owner,
        IReadOnlyList<(int[] Prompt, int[] Reply)> replies,
        TextOrigin prompts,
        int parts,
        SampleSchema schema,
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
        ModelComparison[] comparisons = Create(parts, schema, prompts);
        var extractor = new NGramExtractor(schema.ContextWidth, schema.Selection with { Padding = null }, schema.SpecialTokens);
        var distribution = new Distribution(schema.SpecialTokens, candidates);
        List<(int Reply, ReadOnlyMemory<int> Ids)> sequences = [];
        for (int i = 0; i < replies.Count; i++)
        {
            int[] ids = Batches.Whole(replies[i], owner.MaximumPositions);
            if (ids.Length > replies[i].Prompt.Length)
                sequences.Add((i, ids));
        }

        Batches.Read(owner, null, sequences, batchRows, Visit, progress, cancellationToken);
        return comparisons;

        void Visit(int reply, ReadOnlySpan<int> ids, int index, ILogProbabilities expected, ILogProbabilities? other)
        {
            ModelComparison part = PartOf(reply, replies.Count, comparisons);
            int[] prompt = replies[reply].Prompt;
            extractor.Extract(ids[prompt.Length..], [prompt]);
            foreach (int position in extractor.Positions)
            {
                int at = prompt.Length + position;

                // The model cannot predict a first token, since nothing stands before it.
                if (at > 0)
                    AddPosition(part, ids.Slice(at - schema.ContextWidth, schema.ContextWidth + 1), expected.After(index, at - 1), distribution);
            }

            part.Tokens += ids.Length - prompt.Length;
        }
    }

    private static ModelComparison[] Create(int parts, SampleSchema schema, TextOrigin origin)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        return [.. Enumerable.Range(0, parts).Select(_ => new ModelComparison(schema, origin))];
    }

    private static ModelComparison PartOf(int index, int count, ModelComparison[] parts) => parts[(long)index * parts.Length / count];

    /// <summary>Adds the token written and the likely ones.</summary>
    private static void AddPosition(ModelComparison comparison, ReadOnlySpan<int> written, ReadOnlySpan<float> expected, Distribution distribution)
    {
        Span<int> row = stackalloc int[written.Length];
        written.CopyTo(row);
        comparison.AddContext(row[..^1]);
        comparison.AddRow(row, 1, Math.Exp(expected[written[^1]]));
        foreach (int token in distribution.MostLikely(expected))
        {
            row[^1] = token;
            if (token != written[^1])
                comparison.AddRow(row, 0, Math.Exp(expected[token]));
        }
    }

    /// <summary>Sums the probabilities of the tokens with the largest mean probability of both models.</summary>
    private sealed class Visitor(ModelComparison[] parts, int texts, int candidates) : ITextVisitor
    {
        private readonly Distribution distribution = new(parts[0].Schema.SpecialTokens, candidates);
        private readonly int[] row = new int[parts[0].Schema.ContextWidth + 1];
        private float[] given = [];
        private float[] expected = [];

        public void Visit(int text, ReadOnlySpan<int> context, ReadOnlySpan<float> suspect, ReadOnlySpan<float> owner)
        {
            // Models are padded to vocabularies of different sizes; tokens that only one of them has are not compared.
            int size = Math.Min(suspect.Length, owner.Length);
            if (given.Length != size)
                (given, expected) = (new float[size], new float[size]);
            TensorPrimitives.Exp(suspect[..size], given);
            TensorPrimitives.Exp(owner[..size], expected);
            ModelComparison part = PartOf(text, texts, parts);
            part.AddContext(context);
            context.CopyTo(row);
            foreach (int token in distribution.Largest(given, expected))
            {
                row[^1] = token;
                part.AddRow(row, given[token], expected[token]);
            }
        }

        public void EndRow(int text, int tokens) => PartOf(text, texts, parts).Tokens += tokens;
    }
}
