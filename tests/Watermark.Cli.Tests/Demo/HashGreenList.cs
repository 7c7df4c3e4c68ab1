using System.Text.Json;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Statistics;

namespace Watermark.Cli.Tests.Demo;

/// <summary>A green list for the tests of the scenario: Bernoulli(gamma) by a 64-bit mixing hash; no scheme of the library.</summary>
internal sealed class HashGreenList : KeyedScheme, ILogitWatermark
{
    private readonly ulong key;
    private readonly ulong threshold;
    private readonly float delta;

    public HashGreenList(ulong key, int contextWidth = 2, double delta = 2)
        : base(new HashGreenListScheme(contextWidth), "0000000000000000")
    {
        this.key = key;
        this.delta = (float)delta;
        threshold = 1UL << 62;
    }

    public override void ScoreRows(NGramRows rows, Span<long> scores)
    {
        CheckRows(rows, scores.Length);
        Span<int> context = stackalloc int[ContextWidth];
        for (int i = 0; i < rows.Count; i++)
        {
            for (int column = 0; column < ContextWidth; column++)
                context[column] = rows.Column(column)[i];
            scores[i] = IsGreen(SeedOf(context), rows.Tokens[i]) ? 1 : 0;
        }
    }

    public void BiasLogits(ReadOnlySpan<int> context, Span<float> logits)
    {
        ulong seed = SeedOf(context);
        for (int token = 0; token < logits.Length; token++)
            logits[token] += IsGreen(seed, token) ? delta : 0;
    }

    public void BiasLogits(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, Span<float> logits)
    {
        ulong seed = SeedOf(context);
        for (int i = 0; i < candidates.Length; i++)
            logits[i] += IsGreen(seed, candidates[i]) ? delta : 0;
    }

    protected override void Dispose(bool disposing)
    {
    }

    private ulong SeedOf(ReadOnlySpan<int> context)
    {
        ulong state = key;
        foreach (int token in context)
            state = Mix(state ^ (uint)token);
        return state;
    }

    private bool IsGreen(ulong seed, int token) => Mix(seed ^ (uint)token) < threshold;

    /// <summary>One step of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).</summary>
    private static ulong Mix(ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
        return state ^ (state >> 31);
    }
}

internal sealed record HashGreenListScheme(int Width) : WatermarkScheme
{
    public override string Name => "hash-green-list";

    public override int ContextWidth => Width;

    public override ScoreNull Null => new BinomialNull(Fraction.Quarter);

    public override KeyedScheme WithKey(WatermarkSecret secret) => throw new NotSupportedException();

    public override WatermarkSecret DrawSecret(RandomBits random) => throw new NotSupportedException();

    public override WatermarkSecret ReadSecret(JsonElement secret) => throw new NotSupportedException();

    public override IReadOnlyList<SchemeParameter> Parameters => [];
}
