namespace Watermark.Cli.Demo;

/// <summary>
/// How large the demonstration is. With the defaults it finishes in seconds, and the suspect is found with certainty.
/// </summary>
internal sealed record DistillationSizes
{
    /// <summary>Consecutive sentences that make one training document. <value>Default 8.</value></summary>
    public int SentencesPerDocument { get; init; } = 8;

    /// <summary>How many words of a sentence make a prompt. <value>Default 5.</value></summary>
    public int PromptWords { get; init; } = 5;

    /// <summary>Replies the owner's service writes. <value>Default 4,000.</value></summary>
    public int ServedReplies { get; init; } = 4_000;

    /// <summary>The most tokens of a served reply. <value>Default 160.</value></summary>
    public int ServedTokens { get; init; } = 160;

    /// <summary>Replies collected from a student model for the verifier. <value>Default 1,600.</value></summary>
    public int CollectedReplies { get; init; } = 1_600;

    /// <summary>The most tokens of a collected reply. <value>Default 160.</value></summary>
    public int CollectedTokens { get; init; } = 160;

    /// <summary>Candidates that the sampler considers at a position. <value>Default 200.</value></summary>
    public int Candidates { get; init; } = 200;

    /// <summary>Throws where a size is out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(SentencesPerDocument, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(PromptWords, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ServedReplies, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ServedTokens, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(CollectedReplies, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(CollectedTokens, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Candidates, 1);
    }
}
