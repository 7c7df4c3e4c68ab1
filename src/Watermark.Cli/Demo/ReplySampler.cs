using Watermark.Randomness;
using Watermark.Schemes;

namespace Watermark.Cli.Demo;

/// <summary>
/// Draws replies from a model at temperature 1, with or without a mark: prime with the prompt, take the model's
/// candidates, let the watermark bias their logits, softmax, draw. Not safe for concurrent use.
/// </summary>
internal sealed class ReplySampler
{
    private readonly NGramLanguageModel model;
    private readonly ILogitWatermark? watermark;
    private readonly int contextWidth;
    private readonly CandidateBuffer candidates;
    private readonly double[] cumulative;

    /// <summary>Creates a sampler.</summary>
    /// <param name="model">The model.</param>
    /// <param name="mark">The watermark, or null for replies without one.</param>
    /// <param name="candidateCount">The most candidates a position has, at least 1.</param>
    /// <exception cref="ArgumentException">The scheme does not mark by logits.</exception>
    public ReplySampler(NGramLanguageModel model, KeyedScheme? mark, int candidateCount)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (mark is not (null or ILogitWatermark))
            throw new ArgumentException($"The scheme '{mark.Scheme.Name}' does not mark by biasing logits.", nameof(mark));
        this.model = model;
        watermark = mark as ILogitWatermark;
        contextWidth = mark?.ContextWidth ?? 0;
        candidates = new CandidateBuffer(candidateCount);
        cumulative = new double[candidateCount];
    }

    /// <summary>Continues a prompt until the model ends the text or the reply is long enough.</summary>
    /// <param name="prompt">Token ids of the prompt; the reply does not repeat them.</param>
    /// <param name="maximumTokens">The most tokens to draw, 0 or more.</param>
    /// <param name="random">The source of the draws.</param>
    /// <returns>The reply's token ids, without the end of text.</returns>
    public int[] Sample(ReadOnlySpan<int> prompt, int maximumTokens, RandomBits random)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maximumTokens);
        ArgumentNullException.ThrowIfNull(random);
        var sequence = new int[prompt.Length + maximumTokens];
        prompt.CopyTo(sequence);
        int length = prompt.Length;
        while (length < sequence.Length)
        {
            ReadOnlySpan<int> soFar = sequence.AsSpan(0, length);
            model.Predict(soFar, candidates);
            if (watermark is not null && length >= contextWidth)
                watermark.BiasLogits(soFar[^contextWidth..], candidates.Tokens, candidates.Logits);
            int token = candidates.Tokens[Draw(candidates.Logits, random)];
            if (token == model.EndOfText)
                break;
            sequence[length++] = token;
        }

        return sequence[prompt.Length..length];
    }

    private int Draw(ReadOnlySpan<float> logits, RandomBits random)
    {
        float largest = float.NegativeInfinity;
        foreach (float logit in logits)
            largest = Math.Max(largest, logit);
        double sum = 0;
        for (int i = 0; i < logits.Length; i++)
            cumulative[i] = sum += MathF.Exp(logits[i] - largest);
        double target = random.NextDouble() * sum;
        int chosen = 0;
        while (chosen < logits.Length - 1 && cumulative[chosen] <= target)
            chosen++;
        return chosen;
    }
}
