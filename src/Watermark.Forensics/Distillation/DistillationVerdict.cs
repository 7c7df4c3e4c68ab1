using Watermark.Schemes;

namespace Watermark.Forensics.Distillation;

/// <summary>
/// The answer of a distillation test, with everything it rests on. H0: the suspect's scored tokens are independent of
/// the key. H1: they depend on it. H1 is not "the suspect's maker distilled": the key's text may have reached the
/// suspect by another way; and no support is not innocence.
/// </summary>
public sealed record DistillationVerdict
{
    /// <summary>The public id of the key.</summary>
    public required string KeyId { get; init; }

    /// <summary>The scheme's public parameters.</summary>
    public required WatermarkScheme Scheme { get; init; }

    /// <summary>The name of the tokenizer that made the token ids.</summary>
    public required string Tokenizer { get; init; }

    /// <summary>SHA-256 of the tokenizer's content, hexadecimal; empty for ids made elsewhere.</summary>
    public required string TokenizerHash { get; init; }

    /// <summary>The suspect's text.</summary>
    public required CorpusFinding Suspect { get; init; }

    /// <summary>A control that is known to be independent of the key, where one was given.</summary>
    public CorpusFinding? Control { get; init; }

    /// <summary>The panel of random keys, where one was asked for.</summary>
    public RandomKeySummary? RandomKeys { get; init; }

    /// <summary>
    /// Whether the random-key test decides in place of the exact tail: for text that was not deduplicated over the
    /// whole corpus, for schemes whose theoretical null is known not to hold, and where the panel contradicts it.
    /// </summary>
    public required bool DecidedByRandomKeys { get; init; }

    /// <summary>What was found.</summary>
    public required VerdictOutcome Outcome { get; init; }

    /// <summary>Natural log of the likelihood ratio (an e-value) of H1 against H0 that the outcome rests on.</summary>
    public required double LogLikelihoodRatio { get; init; }

    /// <summary>The verbal scale's word for it.</summary>
    public required string Strength { get; init; }

    /// <summary>
    /// The smallest mean excess over the null, in points a token (green fraction above gamma), that this much text
    /// would have shown at <see cref="Alpha"/> with probability <see cref="Power"/>; NaN where nothing was scored.
    /// </summary>
    public required double SmallestDetectableEffect { get; init; }

    /// <summary>The p-value at which power is stated.</summary>
    public required double Alpha { get; init; }

    /// <summary>The power at which the smallest effect is stated.</summary>
    public required double Power { get; init; }

    /// <summary>Scored tokens that would have sufficed for the effect of interest.</summary>
    public required long TokensNeeded { get; init; }

    /// <summary>The answer in words; names both propositions.</summary>
    public required string Sentence { get; init; }

    /// <summary>What a reader must know before using the answer; empty where there is nothing.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}
