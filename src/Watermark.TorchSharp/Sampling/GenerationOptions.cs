using Watermark.Embedding;

namespace Watermark.TorchSharp.Sampling;

/// <summary>How <see cref="CausalGenerator"/> writes.</summary>
public sealed record GenerationOptions
{
    /// <summary>Temperature, top-k, top-p and the seed; every reply has its own stream of draws.</summary>
    public SamplerOptions Sampler { get; init; } = new();

    /// <summary>The largest number of tokens in a reply. <value>Default 256, 1 or more.</value></summary>
    public int MaximumTokens { get; init; } = 256;

    /// <summary>Tokens that end a reply; they are part of it. <value>Default none.</value></summary>
    public IReadOnlyList<int> StopTokens { get; init; } = [];

    /// <summary>Tokens that are never drawn. <value>Default none.</value></summary>
    public IReadOnlyList<int> ExcludedTokens { get; init; } = [];

    /// <summary>
    /// Threads that draw, in addition to those of the model. Replies do not depend on it. <value>Default the number of
    /// processors.</value>
    /// </summary>
    public int DegreeOfParallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Throws where a value is out of range.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names the option.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Sampler);
        ArgumentNullException.ThrowIfNull(StopTokens);
        ArgumentNullException.ThrowIfNull(ExcludedTokens);
        Sampler.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumTokens, 1, nameof(MaximumTokens));
        ArgumentOutOfRangeException.ThrowIfLessThan(DegreeOfParallelism, 1, nameof(DegreeOfParallelism));
    }
}

/// <summary>A token that was drawn.</summary>
/// <param name="Row">The prompt it answers, by its place in the list.</param>
/// <param name="Position">Its place in the reply, from 0.</param>
/// <param name="Token">Its id.</param>
/// <param name="IsLast">Whether it ends the reply.</param>
public readonly record struct GeneratedToken(int Row, int Position, int Token, bool IsLast);
