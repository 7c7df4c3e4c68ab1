using BenchmarkDotNet.Attributes;
using Watermark.Randomness;
using Watermark.Schemes.Coded;

namespace Watermark.Benchmarks;

/// <summary>The sums of 100,000 accounts over 4,096 positions, codewords included.</summary>
[MemoryDiagnoser]
public class CodeTraceBenchmarks
{
    private const int Accounts = 100_000;

    private readonly string[] accounts = [.. Enumerable.Range(0, Accounts).Select(i => $"account-{i}")];
    private readonly AccountCode code = AccountCode.Draw(new SeededRandomBits(1));
    private readonly int[] differences = new int[CodedGreenListScheme.Positions];

    /// <summary>Position counts of about 250,000 green rows.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var random = new SeededRandomBits(2);
        for (int i = 0; i < differences.Length; i++)
            differences[i] = (int)random.NextBelow(31) - 15;
    }

    /// <summary>All sums, and their largest.</summary>
    [Benchmark(OperationsPerInvoke = Accounts)]
    public int Sums()
    {
        var sums = new CodeSums(differences);
        Span<byte> codeword = stackalloc byte[AccountCode.CodewordBytes];
        int largest = int.MinValue;
        foreach (string account in accounts)
        {
            code.Write(account, codeword);
            largest = Math.Max(largest, sums.Of(codeword));
        }

        return largest;
    }
}
