namespace Watermark.Schemes;

/// <summary>A watermark that adds a bias to logits before sampling (green lists).</summary>
public interface ILogitWatermark
{
    /// <summary>
    /// The most that a logit is raised, where no logit is ever lowered and a token's bias depends on the context and
    /// that token alone; null where that is not so. It tells which tokens can reach the top k after the bias, so that
    /// only those need be biased.
    /// </summary>
    float? LargestBias => null;

    /// <summary>Biases the logits of the whole vocabulary in place.</summary>
    /// <param name="context">The h tokens before the position, oldest first.</param>
    /// <param name="logits">Natural-log scale, one a token id, length the vocabulary size; changed in place.</param>
    void BiasLogits(ReadOnlySpan<int> context, Span<float> logits);

    /// <summary>Biases the logits of candidates, as they are after top-k or top-p, in place.</summary>
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
