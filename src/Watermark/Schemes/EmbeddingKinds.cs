namespace Watermark.Schemes;

/// <summary>A watermark that adds a bias to logits before sampling (green lists).</summary>
public interface ILogitWatermark
{
    /// <summary>
    /// The largest amount by which a logit is raised, if no logit is ever lowered and a token's bias depends on the context
    /// and that token only; null otherwise. With it a sampler knows which tokens can reach the top k after the bias, and
    /// needs to bias only those.
    /// </summary>
    float? LargestBias => null;

    /// <summary>Biases the logits of the whole vocabulary in place.</summary>
    /// <param name="context">The h tokens before the position, oldest first.</param>
    /// <param name="logits">Natural-log scale, one per token id, length the vocabulary size; changed in place.</param>
    void BiasLogits(ReadOnlySpan<int> context, Span<float> logits);

    /// <summary>Biases in place the logits of candidates, for hosts that have already applied top-k or top-p.</summary>
    /// <param name="context">The h tokens before the position, oldest first.</param>
    /// <param name="candidates">Distinct token ids, any order.</param>
    /// <param name="logits">Their logits, same length; changed in place.</param>
    void BiasLogits(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, Span<float> logits);
}

/// <summary>A watermark that reshapes the probabilities of the final candidates (tournament sampling).</summary>
public interface IProbabilityWatermark
{
    /// <summary>Reshapes probabilities in place; they still sum to one.</summary>
    /// <param name="context">The h tokens before the position, oldest first.</param>
    /// <param name="candidates">Distinct token ids, any order.</param>
    /// <param name="probabilities">Their probabilities after temperature and truncation, summing to one; changed in place.</param>
    void ReshapeProbabilities(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, Span<float> probabilities);
}

/// <summary>A watermark that replaces the random draw itself (Gumbel).</summary>
public interface ISamplingWatermark
{
    /// <summary>Chooses the next token.</summary>
    /// <param name="context">The h tokens before the position, oldest first.</param>
    /// <param name="candidates">Distinct token ids, at least one, any order.</param>
    /// <param name="probabilities">Their probabilities after temperature and truncation, same length.</param>
    /// <param name="coin">A uniform draw in [0, 1) from the sampler's own generator, for schemes that choose between keys; others ignore it.</param>
    /// <returns>The index of the chosen candidate.</returns>
    int ChooseCandidate(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, ReadOnlySpan<float> probabilities, double coin);
}
