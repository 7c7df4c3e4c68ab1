using Watermark.NGrams;
using Watermark.TorchSharp.Reading;

namespace Distillation.Experiment;

/// <summary>N-grams of a suspect in parts that merge, so that "how many tokens are enough" can be asked afterwards.</summary>
/// <param name="Parts">Tables of runs of replies, in order.</param>
/// <param name="Expectations">What the owner's unmarked model expected of the rows of all parts.</param>
internal sealed record Evidence(IReadOnlyList<NGramTable> Parts, RowExpectations Expectations)
{
    /// <summary>All parts as one.</summary>
    public NGramTable Table { get; } = MergeAll(Parts);

    private static NGramTable MergeAll(IReadOnlyList<NGramTable> parts)
    {
        List<NGramTable> tables = [.. parts];
        while (tables.Count > 1)
            tables = [.. tables.Chunk(2).Select(pair => pair.Length == 2 ? NGramTable.Merge(pair[0], pair[1]) : pair[0])];
        return tables[0];
    }
}
