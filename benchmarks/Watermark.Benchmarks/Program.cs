using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using Watermark.Benchmarks;

IConfig config = DefaultConfig.Instance
    .AddColumn(StatisticColumn.Min, new MillionsPerSecondColumn())
    .HideColumns(Column.Error, Column.RatioSD, Column.StdDev, Column.Median);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
