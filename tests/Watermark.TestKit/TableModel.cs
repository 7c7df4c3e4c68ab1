using Watermark.Models;
using Watermark.Randomness;

namespace Watermark.TestKit;

/// <summary>A model whose logits depend on the last two tokens through a seeded table: no weights, the same bits in every batch. Not safe for concurrent use.</summary>
/// <param name="vocabularySize">The number of token ids.</param>
/// <param name="seed">Models of different seeds have nothing in common.</param>
public sealed class TableModel(int vocabularySize, ulong seed = 1) : ILanguageModel
{
    private readonly Dictionary<ulong, float[]> table = [];

    /// <inheritdoc/>
    public int VocabularySize => vocabularySize;

    /// <inheritdoc/>
    public int MaximumPositions { get; init; } = 64;

    /// <summary>Added to the logit of a token (second) after a token (first); null for nothing.</summary>
    public Func<int, int, double>? Bias { get; init; }

    /// <summary>Evaluations that were not disposed.</summary>
    public int OpenEvaluations { get; private set; }

    /// <summary>The logits of the next token; not to be changed.</summary>
    /// <param name="ids">What stands before it, at least one token.</param>
    public float[] LogitsAfter(ReadOnlySpan<int> ids)
    {
        ulong stream = ((ulong)(ids.Length > 1 ? ids[^2] + 1 : 0) << 20) | (uint)ids[^1];
        if (table.TryGetValue(stream, out float[]? known))
            return known;
        var random = new SeededRandomBits(seed, stream);
        int last = ids[^1];
        float[] logits = [.. Enumerable.Range(0, vocabularySize).Select(token => (float)((6 * random.NextDouble()) + (Bias?.Invoke(last, token) ?? 0)))];
        table.Add(stream, logits);
        return logits;
    }

    /// <summary>The probabilities of the next token.</summary>
    /// <param name="ids">What stands before it, at least one token.</param>
    public double[] ProbabilitiesAfter(ReadOnlySpan<int> ids)
    {
        float[] logits = LogitsAfter(ids);
        double sum = logits.Sum(logit => Math.Exp(logit));
        return [.. logits.Select(logit => Math.Exp(logit) / sum)];
    }

    /// <summary>Goes on from a first token, drawing every next one from the model.</summary>
    /// <param name="first">The first token.</param>
    /// <param name="length">How many tokens in all.</param>
    /// <param name="random">The source of the draws.</param>
    public int[] Write(int first, int length, RandomBits random)
    {
        var ids = new int[length];
        ids[0] = first;
        for (int t = 1; t < length; t++)
        {
            double rest = random.NextDouble();
            double[] probabilities = ProbabilitiesAfter(ids.AsSpan(0, t));
            while (ids[t] < vocabularySize - 1 && (rest -= probabilities[ids[t]]) >= 0)
                ids[t]++;
        }

        return ids;
    }

    /// <inheritdoc/>
    public ILogProbabilities Evaluate(IReadOnlyList<ReadOnlyMemory<int>> sequences)
    {
        if (sequences.Any(sequence => sequence.Length == 0 || sequence.Length > MaximumPositions))
            throw new ArgumentException("A sequence is empty or too long.", nameof(sequences));
        OpenEvaluations++;
        return new Evaluation(this, sequences);
    }

    private sealed class Evaluation(TableModel model, IReadOnlyList<ReadOnlyMemory<int>> sequences) : ILogProbabilities
    {
        private readonly float[] logs = new float[model.VocabularySize];

        public ReadOnlySpan<float> After(int sequence, int position)
        {
            double[] probabilities = model.ProbabilitiesAfter(sequences[sequence].Span[..(position + 1)]);
            for (int token = 0; token < logs.Length; token++)
                logs[token] = (float)Math.Log(probabilities[token]);
            return logs;
        }

        public void Dispose() => model.OpenEvaluations--;
    }
}
