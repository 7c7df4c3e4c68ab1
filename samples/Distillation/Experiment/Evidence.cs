using Watermark.NGrams;
using Watermark.TorchSharp.Reading;

namespace Distillation.Experiment;

/// <summary>What was seen of a suspect, in parts that merge, so that "how many tokens are enough" can be asked afterwards.</summary>
internal sealed class Evidence
{
    /// <summary>Tables of the suspect's tokens on runs of replies, in order.</summary>
    public required IReadOnlyList<NGramTable> Tables { get; init; }

    /// <summary>What the owner's unmarked model expected of the tables' rows; null where no weights are made of it.</summary>
    public required RowExpectations? Expectations { get; init; }

    /// <summary>The suspect beside the owner's unmarked model on runs of replies; empty where they are not compared.</summary>
    public required IReadOnlyList<ModelComparison> Comparisons { get; init; }

    /// <summary>Whether the suspect's probabilities were read; otherwise its tokens were counted.</summary>
    public required bool IsReading { get; init; }

    /// <summary>All tables as one.</summary>
    public static NGramTable Merge(IEnumerable<NGramTable> parts)
    {
        List<NGramTable> tables = [.. parts];
        while (tables.Count > 1)
            tables = [.. tables.Chunk(2).Select(pair => pair.Length == 2 ? NGramTable.Merge(pair[0], pair[1]) : pair[0])];
        return tables[0];
    }

    /// <summary>All comparisons as one.</summary>
    public static ModelComparison Merge(IReadOnlyList<ModelComparison> parts)
    {
        var sum = new ModelComparison(parts[0].ContextWidth);
        foreach (ModelComparison part in parts)
            sum.Add(part);
        return sum;
    }
}
