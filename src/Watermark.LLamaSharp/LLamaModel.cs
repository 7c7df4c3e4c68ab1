using System.Numerics.Tensors;
using LLama;
using LLama.Abstractions;
using LLama.Native;
using Watermark.Models;

namespace Watermark.LLamaSharp;

/// <summary>
/// A GGUF model to read and to compare: the log-probabilities after every token of a text. llama.cpp reads nearly every
/// architecture, so an owner's or a suspect's weights need no code of their own.
/// </summary>
/// <remarks>
/// Values are those of llama.cpp on this machine; they may differ in the last places between machines, builds and batch sizes. The
/// sequences are evaluated one after the other. Not safe for concurrent use.
/// </remarks>
public sealed class LLamaModel : ILanguageModel, IDisposable
{
    private readonly LLamaWeights weights;
    private readonly bool ownsWeights;
    private readonly LLamaContext context;
    private readonly LLamaBatch batch = new();

    /// <summary>Opens a model for evaluation.</summary>
    /// <param name="weights">The weights; the caller disposes them.</param>
    /// <param name="parameters">How they are evaluated; the context must be as long as the longest sequence.</param>
    public LLamaModel(LLamaWeights weights, IContextParams parameters)
        : this(weights, parameters, ownsWeights: false)
    {
    }

    private LLamaModel(LLamaWeights weights, IContextParams parameters, bool ownsWeights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(parameters);
        this.weights = weights;
        this.ownsWeights = ownsWeights;
        context = weights.CreateContext(parameters);
    }

    /// <summary>Loads a model.</summary>
    /// <param name="parameters">The file and how it is evaluated; the context must be as long as the longest sequence.</param>
    public static LLamaModel Load(LLama.Common.ModelParams parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        LLamaWeights weights = LLamaWeights.LoadFromFile(parameters);
        try
        {
            return new LLamaModel(weights, parameters, ownsWeights: true);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int VocabularySize => weights.Vocab.Count;

    /// <inheritdoc/>
    public int MaximumPositions => (int)context.ContextSize;

    /// <summary>The token ids of a text under the model's own tokenizer.</summary>
    /// <param name="text">The text.</param>
    /// <param name="special">Whether names of special tokens in the text are those tokens.</param>
    /// <param name="addBos">Whether the token for the beginning of a text is added where the model has one.</param>
    public int[] Tokenize(string text, bool special = false, bool addBos = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. context.Tokenize(text, addBos, special).Select(token => (int)token)];
    }

    /// <inheritdoc/>
    public ILogProbabilities Evaluate(IReadOnlyList<ReadOnlyMemory<int>> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        for (int i = 0; i < sequences.Count; i++)
        {
            if (sequences[i].Length is var length && (length == 0 || length > MaximumPositions))
                throw new ArgumentException($"Sequence {i} has {length} tokens; 1 to {MaximumPositions} were expected.", nameof(sequences));
            foreach (int token in sequences[i].Span)
            {
                if ((uint)token >= (uint)VocabularySize)
                    throw new ArgumentException($"Sequence {i} has the token {token}; the model has tokens from 0 to {VocabularySize - 1}.", nameof(sequences));
            }
        }

        return new Evaluation([.. sequences.Select(sequence => Logits(sequence.Span))], VocabularySize);
    }

    /// <summary>Frees the context, and the weights that <see cref="Load"/> loaded.</summary>
    public void Dispose()
    {
        context.Dispose();
        if (ownsWeights)
            weights.Dispose();
    }

    private float[] Logits(ReadOnlySpan<int> tokens)
    {
        int vocabulary = VocabularySize;
        float[] logits = new float[checked(tokens.Length * vocabulary)];
        context.NativeHandle.MemoryClear();
        int step = (int)Math.Min(context.BatchSize, context.NativeHandle.UBatchSize);
        for (int start = 0; start < tokens.Length; start += step)
        {
            int count = Math.Min(step, tokens.Length - start);
            batch.Clear();
            for (int i = 0; i < count; i++)
                batch.Add(tokens[start + i], start + i, LLamaSeqId.Zero, logits: true);
            DecodeResult result = context.Decode(batch);
            if (result != DecodeResult.Ok)
                throw new InvalidOperationException($"llama.cpp could not evaluate a text of {tokens.Length} tokens: {result}.");
            for (int i = 0; i < count; i++)
                context.NativeHandle.GetLogitsIth(i).CopyTo(logits.AsSpan((start + i) * vocabulary, vocabulary));
        }

        return logits;
    }

    private sealed class Evaluation(float[][] logits, int vocabulary) : ILogProbabilities
    {
        private readonly float[] row = new float[vocabulary];

        public ReadOnlySpan<float> After(int sequence, int position)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(sequence);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sequence, logits.Length);
            ArgumentOutOfRangeException.ThrowIfNegative(position);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, logits[sequence].Length / vocabulary);
            ReadOnlySpan<float> values = logits[sequence].AsSpan(position * vocabulary, vocabulary);
            float greatest = TensorPrimitives.Max(values);
            double sum = 0;
            foreach (float value in values)
                sum += Math.Exp((double)value - greatest);
            TensorPrimitives.Subtract(values, (float)(greatest + Math.Log(sum)), row);
            return row;
        }

        public void Dispose()
        {
        }
    }
}
