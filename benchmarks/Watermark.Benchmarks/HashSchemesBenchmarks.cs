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
    private const int Tokens = 8_192;

    private const int TextTokens = 1024;

    private readonly Dictionary<string, KeyedScheme> schemes = [];
    private readonly long[] scores = new long[TextTokens];
    private readonly ulong[] hashes = new ulong[TextTokens];
    private readonly RecentContexts contexts = new();
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

    [Benchmark(OperationsPerInvoke = Tokens, Description = "synthid, 30 layers, mask of 1024 contexts and mean, texts of 1024")]
    public double SynthIdMasked()
    {
        // What the reference rate times: bits, repetition mask and mean, text by text.
        KeyedScheme scheme = schemes["synthid"];
        double means = 0;
        for (int start = 0; start < Tokens; start += TextTokens)
        {
            NGramRows rows = NGramRows.FromSequence(tokens.AsSpan(start, TextTokens), scheme.ContextWidth);
            scheme.ScoreRows(rows, scores);
            contexts.Clear();
            SynthIdHash.Rows(1, NGramRows.FromSequence(tokens.AsSpan(start, TextTokens - 1), scheme.ContextWidth - 1), hashes);
            long sum = 0;
            long kept = 0;
            for (int i = 0; i < rows.Count; i++)
            {
                if (contexts.IsRepeated(hashes[i], i))
                    continue;
                sum += scores[i];
                kept++;
            }

            means += (double)sum / kept / scheme.Scheme.Null.TrialsPerRow;
        }

        return means;
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

    /// <summary>The last position of each context hash: open addressing, half full at most.</summary>
    private sealed class RecentContexts
    {
        private const int Slots = 2 * TextTokens;
        private const int History = 1024;

        private readonly ulong[] keys = new ulong[Slots];
        private readonly int[] positions = new int[Slots];

        public void Clear() => Array.Clear(positions);

        public bool IsRepeated(ulong hash, int position)
        {
            int slot = (int)(hash >> 53);
            while (positions[slot] != 0 && keys[slot] != hash)
                slot = (slot + 1) & (Slots - 1);
            bool repeated = positions[slot] != 0 && position + 1 - positions[slot] <= History;
            (keys[slot], positions[slot]) = (hash, position + 1);
            return repeated;
        }
    }
}
