using Watermark.Detection;

namespace Watermark.Forensics.Distillation;

/// <summary>What one corpus shows under the key.</summary>
public sealed record CorpusFinding
{
    /// <summary>Documents read.</summary>
    public required long Documents { get; init; }

    /// <summary>The test of the corpus: tokens read, scored, green, interval, log p-value, log e-value.</summary>
    public required DetectionResult Result { get; init; }

    /// <summary>Distinct rows in the corpus; where a row limit kept a sample of them, the estimate from the sample.</summary>
    public required long DistinctRows { get; init; }

    /// <summary>Whether a row limit kept a uniform sample of the distinct n-grams. The test stays exact.</summary>
    public required bool IsSample { get; init; }

    /// <summary>
    /// 95% interval of the score fraction that takes whole documents as the unit of chance (cluster bootstrap), where
    /// documents were at hand; null for a table. Wider than the exact one where replies differ from each other.
    /// </summary>
    public (double Low, double High)? DocumentInterval { get; init; }
}
