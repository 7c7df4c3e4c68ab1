using BenchmarkDotNet.Attributes;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.SynthId;
using Watermark.Schemes.TextSeal;
using Watermark.Schemes.Vllm;

namespace Watermark.Benchmarks;

/// <summary>Totals of whole sequences under the marks of SynthID-Text, TextSeal and vLLM, one core.</summary>
[MemoryDiagnoser]
[MinColumn]
public class HashSchemesBenchmarks
{
    private const int Tokens = 65_536;

    private readonly Dictionary<string, KeyedScheme> schemes = [];
    private int[] tokens = [];

    [GlobalSetup]
    public void Setup()
    {
        var random = new SeededRandomBits(1);
        tokens = [.. Enumerable.Range(0, Tokens + 16).Select(_ => (int)random.NextBelow(128_256))];
        Add("synthid", new SynthIdScheme());
        Add("synthid-weighted", new SynthIdScheme { Scoring = SynthIdScoring.WeightedMean });
        Add("synthid-hf", new SynthIdHfScheme());
        Add("textseal-green", new TextSealScheme { ContextWidth = 3, Mode = TextSealMode.GreenList });
        Add("textseal-gumbel", new TextSealScheme { ContextWidth = 3 });
        Add("vllm-gumbel", new VllmGumbelScheme());
        Add("vllm-dual-gumbel", new VllmDualGumbelScheme());
        Add("vllm-sbw", new VllmSbwScheme());

        void Add(string name, WatermarkScheme scheme)
        {
            using WatermarkSecret secret = scheme.DrawSecret(random);
            schemes[name] = scheme.WithKey(secret);
        }
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        foreach (KeyedScheme scheme in schemes.Values)
            scheme.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Tokens, Description = "synthid, 30 layers")]
    public Int128 SynthId() => Sum("synthid");

    [Benchmark(OperationsPerInvoke = Tokens, Description = "synthid, 30 layers, weighted")]
    public Int128 SynthIdWeighted() => Sum("synthid-weighted");

    [Benchmark(OperationsPerInvoke = Tokens, Description = "synthid, 30 layers, with the published mask")]
    public Int128 SynthIdMasked()
    {
        // What the reference rate times: bits, repetition mask and mean. The mask here compares context hashes in a set.
        KeyedScheme scheme = schemes["synthid"];
        NGramRows rows = NGramRows.FromSequence(tokens.AsSpan(0, Tokens), scheme.ContextWidth);
        var scores = new long[rows.Count];
        scheme.ScoreRows(rows, scores);
        var lastSeen = new Dictionary<ulong, int>(rows.Count);
        Int128 sum = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            ulong context = SynthIdHash.Context(1, tokens.AsSpan(i, scheme.ContextWidth));
            bool repeated = lastSeen.TryGetValue(context, out int seen) && i - seen <= 1024;
            lastSeen[context] = i;
            sum += repeated ? 0 : scores[i];
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Tokens, Description = "synthid-hf, 30 layers")]
    public Int128 SynthIdHf() => Sum("synthid-hf");

    [Benchmark(OperationsPerInvoke = Tokens, Description = "textseal green list, h 3")]
    public Int128 TextSealGreen() => Sum("textseal-green");

    [Benchmark(OperationsPerInvoke = Tokens, Description = "textseal gumbel, h 3")]
    public Int128 TextSealGumbel() => Sum("textseal-gumbel");

    [Benchmark(OperationsPerInvoke = Tokens, Description = "vllm-gumbel, h 4")]
    public Int128 VllmGumbel() => Sum("vllm-gumbel");

    [Benchmark(OperationsPerInvoke = Tokens, Description = "vllm-dual-gumbel, h 4")]
    public Int128 VllmDualGumbel() => Sum("vllm-dual-gumbel");

    [Benchmark(OperationsPerInvoke = Tokens, Description = "vllm-sbw selfhash, h 4")]
    public Int128 VllmSbw() => Sum("vllm-sbw");

    private Int128 Sum(string name)
    {
        KeyedScheme scheme = schemes[name];
        return scheme.SumScores(NGramRows.FromSequence(tokens.AsSpan(0, Tokens), scheme.ContextWidth));
    }
}
