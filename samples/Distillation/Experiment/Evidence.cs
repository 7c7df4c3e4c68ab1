using Watermark.Models.Comparisons;
using Watermark.Models.Reading;
using Watermark.NGrams;

namespace Distillation.Experiment;

/// <summary>
/// What was collected from a suspect, in parts that can be merged, so that the number of tokens needed can be computed
/// afterwards.
/// </summary>
internal sealed class Evidence
{
    /// <summary>Samples of the suspect's tokens on runs of replies, in order.</summary>
    public required IReadOnlyList<Sample> Samples { get; init; }

    /// <summary>What the owner's unmarked model expected of the samples' rows; null where no weights are made of it.</summary>
    public required RowExpectations? Expectations { get; init; }

    /// <summary>
    /// Comparisons of the suspect with the owner's unmarked model on runs of replies; empty where they are not compared.
    /// </summary>
    public required IReadOnlyList<ModelComparison> Comparisons { get; init; }

    /// <summary>Whether the suspect's probabilities were read; otherwise its tokens were counted.</summary>
    public required bool IsReading { get; init; }

    /// <summary>All comparisons as one.</summary>
    public static ModelComparison Merge(IReadOnlyList<ModelComparison> parts)
    {
        var sum = new ModelComparison(parts[0].Schema, parts[0].Schema.Origin);
        foreach (ModelComparison part in parts)
            sum.Add(part);
        return sum;
    }
}
