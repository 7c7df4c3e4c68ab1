using System.Numerics.Tensors;

namespace Watermark.Models.Reading;

/// <summary>
/// Selections and statistics of the log-probabilities of a next token. Buffers are reused: not safe for concurrent use.
/// </summary>
/// <param name="specialTokens">Tokens that are never selected.</param>
/// <param name="count">The most tokens selected at a place.</param>
internal sealed class Distribution(IReadOnlyList<int> specialTokens, int count)
{
    /// <summary>Below this ln p a probability is 0 in single precision.</summary>
    private const float Least = -104;

    private float[] values = [];
    private int[] selected = [];

    /// <summary>The most likely tokens, without special ones and those of probability 0; valid until the next call.</summary>
    public ReadOnlySpan<int> MostLikely(ReadOnlySpan<float> logs)
    {
        if (specialTokens.Count == 0)
            return Select(logs, float.NegativeInfinity);
        Span<float> ranks = Values(logs.Length);
        logs.CopyTo(ranks);
        Exclude(ranks, float.NegativeInfinity);
        return Select(ranks, float.NegativeInfinity);
    }

    /// <summary>The tokens of the largest sums of probabilities, without special ones and sums of 0; valid until the next call.</summary>
    public ReadOnlySpan<int> Largest(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        Span<float> sums = Values(first.Length);
        TensorPrimitives.Add(first, second, sums);
        Exclude(sums, 0);
        return Select(sums, 0);
    }

    /// <summary>The entropy in nats.</summary>
    public double Entropy(ReadOnlySpan<float> logs)
    {
        Span<float> limited = Values(2 * logs.Length)[..logs.Length];
        Span<float> probabilities = values.AsSpan(logs.Length, logs.Length);
        TensorPrimitives.Max(logs, Least, limited);
        TensorPrimitives.Exp(limited, probabilities);
        return -TensorPrimitives.Dot(probabilities, limited);
    }

    private ReadOnlySpan<int> Select(ReadOnlySpan<float> ranks, float above)
    {
        int wanted = Math.Min(count, ranks.Length);
        if (selected.Length != wanted)
            selected = new int[wanted];
        return selected.AsSpan(0, TopTokens.Select(ranks, selected, above));
    }

    private void Exclude(Span<float> ranks, float value)
    {
        foreach (int token in specialTokens)
        {
            if ((uint)token < (uint)ranks.Length)
                ranks[token] = value;
        }
    }

    private Span<float> Values(int length)
    {
        if (values.Length < length)
            values = new float[length];
        return values.AsSpan(0, length);
    }
}
