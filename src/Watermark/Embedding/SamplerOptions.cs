namespace Watermark.Embedding;

/// <summary>How <see cref="TokenSampler"/> draws.</summary>
public sealed record SamplerOptions
{
    /// <summary>
    /// Biased logits are divided by this; with 0 the largest logit is always taken. <value>Default 1.</value>
    /// </summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Keep this many of the greatest biased logits, ties by lower id; 0 keeps all. <value>Default 0.</value></summary>
    public int TopK { get; init; }

    /// <summary>
    /// Keep the shortest run of most probable tokens, after top-k, whose probabilities reach this; 1 keeps all.
    /// <value>Default 1.</value>
    /// </summary>
    public double TopP { get; init; } = 1;

    /// <summary>The seed of the draws, or null for one from the operating system. <value>Default null.</value></summary>
    public ulong? Seed { get; init; }

    /// <summary>Throws where a value is out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The message names the value and the range.</exception>
    public void Validate()
    {
        if (!(Temperature >= 0 && double.IsFinite(Temperature)))
            throw new ArgumentOutOfRangeException(nameof(Temperature), Temperature, "The temperature must be finite, 0 or more.");
        ArgumentOutOfRangeException.ThrowIfNegative(TopK, nameof(TopK));
        if (!(TopP is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(TopP), TopP, "Top-p must lie above 0 and at most at 1.");
    }
}
