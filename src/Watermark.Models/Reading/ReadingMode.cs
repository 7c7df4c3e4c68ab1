using System.Runtime.InteropServices;
using Watermark.NGrams;

namespace Watermark.Models.Reading;

/// <summary>
/// Reads a suspect whose weights are available: shows it the owner's served text and records its most likely next tokens. A
/// model trained on marked text prefers green tokens. This is far more sensitive than the suspect's own text, and needs no
/// key: the result is a sample like any other.
/// </summary>
/// <remarks>
/// Source: Sander et al., "Watermarking makes language models radioactive", NeurIPS 2024 (arXiv:2402.14904), open-model
/// test. The context of a prediction is the <em>input</em> tokens before it. A context that occurred earlier in the same row
/// is skipped: the suspect could copy, by attention, the marked token that followed it there, and a clean model would look
/// marked. The rows (context, prediction) are made distinct over all texts, so that under H0 (the predictions are
/// independent of the key) their total has the scheme's exact null.
/// </remarks>
public static class ReadingMode
{
    /// <summary>Collects a suspect's predictions.</summary>
    /// <param name="suspect">The model; its token ids are those of the texts.</param>
    /// <param name="texts">Token ids of the owner's served text, one array per reply, each cut into rows.</param>
    /// <param name="origin">
    /// Whether the texts were written with the key; the result states it. A student shows the strongest effect on text like
    /// its training text, which is marked.
    /// </param>
    /// <param name="schema">Context width, tokenizer, selection; special tokens are neither used as context nor taken as predictions.</param>
    /// <param name="options">How the suspect is read.</param>
    /// <param name="progress">Receives the part of the rows done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>The sample; its <see cref="Sample.Documents"/> counts rows, its <see cref="Sample.Tokens"/> the tokens read.</returns>
    /// <exception cref="ArgumentException">A row is longer than the suspect allows, or the selection has rules about documents or prompts, which do not apply to a text shown to a model.</exception>
    public static Sample Read(
        ILanguageModel suspect,
        IReadOnlyList<int[]> texts,
        TextOrigin origin,
        SampleSchema schema,
        ReadingOptions options,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default) =>
        Read(suspect, null, texts, origin, schema, options, null, progress, cancellationToken);

    /// <summary>Collects a suspect's predictions, and their probabilities under the owner's unmarked model.</summary>
    /// <param name="suspect">The suspect.</param>
    /// <param name="owner">The owner's model without its mark, of the same token ids; null where no expectations are wanted.</param>
    /// <param name="texts">Token ids of the owner's served text, one array per reply, each cut into rows.</param>
    /// <param name="origin">Whether the texts were written with the key; the result states it.</param>
    /// <param name="schema">Context width, tokenizer, selection, special tokens.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="expectations">Receives the owner's model's expectation of every prediction, for weights; null where none are wanted.</param>
    /// <param name="progress">Receives the part of the rows done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>The sample; its <see cref="Sample.Documents"/> counts rows, its <see cref="Sample.Tokens"/> the tokens read.</returns>
    /// <exception cref="ArgumentException">A row is longer than a model allows, the selection has rules about documents or prompts, or only one of owner and expectations is given.</exception>
    public static Sample Read(
        ILanguageModel suspect,
        ILanguageModel? owner,
        IReadOnlyList<int[]> texts,
        TextOrigin origin,
        SampleSchema schema,
        ReadingOptions options,
        RowExpectations? expectations,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        TextWalk.Check(suspect, owner, texts, schema, options);
        if (owner is null != expectations is null)
            throw new ArgumentException("The owner's model and its expectations go together.", nameof(owner));
        schema = schema with { Kind = SampleKind.Reading, Origin = origin, KeepsPrompts = false };
        var visitor = new Visitor(schema, options.Predictions, expectations);
        TextWalk.Run(suspect, owner, texts, schema, options, visitor, progress, cancellationToken);
        return visitor.Builder.Build();
    }

    /// <summary>Collects the rows of a text's row, then adds them.</summary>
    private sealed class Visitor(SampleSchema schema, int predictions, RowExpectations? expectations) : ITextVisitor
    {
        private readonly Distribution distribution = new(schema.SpecialTokens, predictions);
        private readonly List<int> rows = [];

        public SampleBuilder Builder { get; } = new(schema);

        public void Visit(int text, ReadOnlySpan<int> context, ReadOnlySpan<float> suspect, ReadOnlySpan<float> owner)
        {
            double entropy = expectations is null ? 0 : distribution.Entropy(owner);
            foreach (int token in distribution.MostLikely(suspect))
            {
                rows.AddRange(context);
                rows.Add(token);
                double probability = token < owner.Length ? Math.Exp(owner[token]) : 0;
                expectations?.Add(CollectionsMarshal.AsSpan(rows)[^(context.Length + 1)..], probability, entropy);
            }
        }

        public void EndRow(int text, int tokens)
        {
            Builder.AddRows(RowColumns.Of(CollectionsMarshal.AsSpan(rows), schema.ContextWidth), tokens);
            rows.Clear();
        }
    }
}
