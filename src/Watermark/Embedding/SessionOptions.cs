namespace Watermark.Embedding;

/// <summary>Where a session does not mark, although its scheme could.</summary>
/// <remarks>
/// Detection may ignore all of it: positions and tokens that were not marked are like text of others, so they weaken a mark and
/// add no false alarms. <see cref="Scoring.WatermarkDetector"/> can also leave exempt tokens out of its count. The rule knows token ids
/// only, not the key, so the coins of the other rows are what they were, and the null stays exact.
/// </remarks>
public sealed record SessionOptions
{
    /// <summary>What happens where a context was used before; null for the scheme's usual policy. <value>Default null.</value></summary>
    public RepeatedContextPolicy? RepeatedContexts
    {
        get;
        init => field = value is { } policy && !Enum.IsDefined(policy) ? throw new ArgumentOutOfRangeException(nameof(value), value, "RepeatedContexts is Mark or SamplePlainly.") : value;
    }

    /// <summary>
    /// A position is marked only where no token has a larger probability than this, before temperature and truncation where the scheme
    /// marks logits, after them otherwise: forced tokens of code and JSON stay as they are. <value>From above 0 to 1; default 1: no
    /// gate.</value>
    /// </summary>
    /// <remarks>
    /// The largest probability of logits is 1/Σ e^(logit − greatest), in single precision summed in a fixed order: the same decision on
    /// every machine for the same logits.
    /// </remarks>
    public double LargestProbability
    {
        get;
        init => field = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "LargestProbability is above 0 and at most 1.");
    } = 1;

    /// <summary>
    /// Token ids that are never biased, such as tool tags and the punctuation of JSON; only for schemes that mark logits. <value>Default
    /// none.</value>
    /// </summary>
    public IReadOnlyCollection<int> ExemptTokens
    {
        get;
        init => field = value.Any(token => token < 0) ? throw new ArgumentOutOfRangeException(nameof(value), value.Min(), "ExemptTokens are 0 or greater.") : value;
    } = [];
}
