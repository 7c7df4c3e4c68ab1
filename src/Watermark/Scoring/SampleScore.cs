using Watermark.Schemes;
using Watermark.Statistics;

namespace Watermark.Scoring;

/// <summary>What a sample scores under one key, with what its null needs. All integers: the same on every machine.</summary>
public sealed record SampleScore
{
    /// <summary>Rows, or coins, that count under this key.</summary>
    public required long Rows { get; init; }

    /// <summary>The sum of their scores, times their weights where there are weights, in units of the scheme's null.</summary>
    public required Int128 Total { get; init; }

    /// <summary>The coins by weight where the sample has weights; null where each counts once.</summary>
    public IReadOnlyList<WeightClass>? Weights { get; init; }

    /// <summary>
    /// Rows left out because the reply's own prompt decided their coin. Rows whose context stands in the prompt are not
    /// included; extraction leaves those out.
    /// </summary>
    public long PromptedRows { get; init; }

    /// <summary>Rows left out because another row has the same coin.</summary>
    public long RepeatedRows { get; init; }

    /// <summary>Rows left out because they are the same under every key.</summary>
    public long KeylessRows { get; init; }

    /// <summary>The theoretical null of this total.</summary>
    /// <param name="scheme">The scheme.</param>
    public TotalNull TheoryNull(WatermarkScheme scheme)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        return Weights is null ? TotalNull.For(scheme.Null, Rows) : TotalNull.Weighted(scheme.Null.Gamma!.Value, Weights);
    }
}
