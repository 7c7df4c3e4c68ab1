using Watermark.Embedding;
using Watermark.Randomness;
using Watermark.Schemes;

namespace Watermark.Cli.Demo;

/// <summary>
/// Draws replies from a model at temperature 1, with or without a mark, through the library's own session and sampler, as in
/// a user's sampling loop. Not safe for concurrent use.
/// </summary>
internal sealed class ReplySampler
{
    private static readonly SamplerOptions Options = new();

    private readonly NGramLanguageModel model;
    private readonly WatermarkSession? session;
    private readonly CandidateBuffer candidates;

    /// <summary>Creates a sampler.</summary>
    /// <param name="model">The model.</param>
    /// <param name="mark">The watermark, or null for replies without one.</param>
    /// <param name="candidateCount">The most candidates a position has, at least 1.</param>
    /// <exception cref="ArgumentException">The scheme can only be detected, not embedded.</exception>
    public ReplySampler(NGramLanguageModel model, KeyedScheme? mark, int candidateCount)
    {
        ArgumentNullException.ThrowIfNull(model);
        this.model = model;
        session = mark is null ? null : new WatermarkSession(mark);
        candidates = new CandidateBuffer(candidateCount);
    }

    /// <summary>Continues a prompt until the model ends the text or the reply is long enough.</summary>
    /// <param name="prompt">Token ids of the prompt; the reply does not repeat them.</param>
    /// <param name="maximumTokens">The most tokens to draw, 0 or more.</param>
    /// <param name="random">The source of the draws.</param>
    /// <returns>The reply's token ids, without the end of text.</returns>
    public int[] Sample(ReadOnlySpan<int> prompt, int maximumTokens, SeededRandomBits random)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maximumTokens);
        ArgumentNullException.ThrowIfNull(random);
        var sampler = new TokenSampler(Options, random);
        session?.Reset();
        session?.Prime(prompt);
        var sequence = new int[prompt.Length + maximumTokens];
        prompt.CopyTo(sequence);
        int length = prompt.Length;
        while (length < sequence.Length)
        {
            model.Predict(sequence.AsSpan(0, length), candidates);
            int token = sampler.Sample(session, candidates.Tokens, candidates.Logits);
            if (token == model.EndOfText)
                break;
            sequence[length++] = token;
        }

        return sequence[prompt.Length..length];
    }
}
