using BenchmarkDotNet.Attributes;
using Watermark.NGrams;
using Watermark.Randomness;

namespace Watermark.Benchmarks;

/// <summary>
/// Collecting distinct n-grams of tokenized documents, beside the plainest way to do it. One thread; a quarter of the
/// n-grams repeat.
/// </summary>
[MemoryDiagnoser]
public class ExtractionBenchmarks
{
    private const int Documents = 4_000;
    private const int TokensPerDocument = 500;

    private int[][] documents = [];

    /// <summary>h.</summary>
    [Params(1, 2, 3)]
    public int ContextWidth { get; set; }

    [GlobalSetup]
    public void MakeDocuments()
    {
        var random = new SeededRandomBits(1);
        documents = new int[Documents][];
        for (int i = 0; i < Documents; i++)
        {
            documents[i] = new int[TokensPerDocument];
            for (int t = 0; t < TokensPerDocument; t++)
            {
                // Token ranks by Zipf's law: e to a uniform exponent.
                documents[i][t] = (int)Math.Exp(random.NextDouble() * Math.Log(100_000));
            }
        }
    }

    [Benchmark(Baseline = true, Description = "HashSet of tuples", OperationsPerInvoke = Documents * TokensPerDocument)]
    public int HashSetOfTuples()
    {
        var seen = new HashSet<(int, int, int, int)>();
        foreach (int[] ids in documents)
        {
            for (int t = ContextWidth; t < ids.Length; t++)
                seen.Add((ContextWidth > 2 ? ids[t - 3] : 0, ContextWidth > 1 ? ids[t - 2] : 0, ids[t - 1], ids[t]));
        }

        return seen.Count;
    }

    [Benchmark(Description = "SampleBuilder, sorted table", OperationsPerInvoke = Documents * TokensPerDocument)]
    public int Table()
    {
        var builder = new SampleBuilder(new SampleSchema { ContextWidth = ContextWidth });
        foreach (int[] ids in documents)
            builder.AddDocument(ids);
        return builder.Build().RowCount;
    }
}
