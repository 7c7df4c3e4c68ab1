using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Watermark.Benchmarks;

/// <summary>
/// Millions of rows or logits a second, from the best iteration: other work on the machine can only slow one down.
/// </summary>
internal sealed class MillionsPerSecondColumn : IColumn
{
    public string Id => nameof(MillionsPerSecondColumn);

    public string ColumnName => "M/s";

    public string Legend => "Millions of rows or logits a second, in the best iteration";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => GetValue(summary, benchmarkCase, SummaryStyle.Default);

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) =>
        summary[benchmarkCase]?.ResultStatistics is { } statistics
            ? (Units(benchmarkCase) * 1000 / statistics.Min).ToString("0.##", CultureInfo.InvariantCulture)
            : "-";

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    private static double Units(BenchmarkCase benchmarkCase) => benchmarkCase.Parameters["Rows"] is int rows
        ? rows
        : benchmarkCase.Parameters["VocabularySize"] is int size ? size : 1;
}
