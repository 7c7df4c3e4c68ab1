using BenchmarkDotNet.Attributes;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes.Native;
using Watermark.Scoring;

namespace Watermark.Benchmarks;

/// <summary>One sample under many keys in one pass, as random keys and traces are scored, beside key after key.</summary>
public class KeySetScoring
{
    private const int Rows = 1_000_000;
    private const int Keys = 200;

    private Sample sample = Sample.Empty(new SampleSchema { ContextWidth = 2 });

    /// <summary>Threads.</summary>
    [Params(1, 2)]
    public int Threads { get; set; }

    /// <summary>Makes the sample.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var random = new SeededRandomBits(1);
        var builder = new SampleBuilder(new SampleSchema { ContextWidth = 2 });
        builder.AddDocument([.. Enumerable.Range(0, Rows + 2).Select(_ => (int)random.NextBelow(100_000))]);
        sample = builder.Build();
    }

    /// <summary>All keys on a block of rows, then the next block.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rows * Keys)]
    public void KeysInner() => Scorer.ScoreRandomKeys(sample, new GreenListScheme(), Keys, 1, Threads);

    /// <summary>One pass over the rows a key.</summary>
    [Benchmark(OperationsPerInvoke = Rows * Keys)]
    public void KeyAfterKey()
    {
        for (int key = 0; key < Keys; key++)
            Scorer.ScoreRandomKeys(sample, new GreenListScheme(), 1, (ulong)key, Threads);
    }
}
