using System.Text.Json;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Statistics;

namespace Watermark.Tests.Embedding;

/// <summary>A keyless scheme of context width 2 that pads with −1 and writes its context into the first logits.</summary>
internal sealed record PaddedScheme : WatermarkScheme
{
    public override string Name => "padded";

    public override int ContextWidth => 2;

    public override int? Padding => -1;

    public override ScoreNull Null => new BinomialNull(Fraction.Half);

    public override KeyedScheme WithKey(WatermarkSecret secret) => new Keyed(this);

    public override WatermarkSecret DrawSecret(RandomBits random) => WatermarkKey.Draw(random);

    public override WatermarkSecret ReadSecret(JsonElement secret) => throw new InputFormatException();

    public override IReadOnlyList<SchemeParameter> Parameters => [];

    private sealed class Keyed(PaddedScheme scheme) : KeyedScheme(scheme, "0000000000000000"), ILogitWatermark
    {
        public override void ScoreRows(NGramRows rows, Span<long> scores) => scores[..rows.Count].Clear();

        public void BiasLogits(ReadOnlySpan<int> context, Span<float> logits)
        {
            for (int i = 0; i < context.Length; i++)
                logits[i] = context[i];
        }

        public void BiasLogits(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, Span<float> logits) => BiasLogits(context, logits);

        protected override void Dispose(bool disposing)
        {
        }
    }
}

/// <summary>Wraps a logit mark and hides its largest bias, so that the sampler biases the whole vocabulary.</summary>
internal sealed class DenseOnly(KeyedScheme inner) : KeyedScheme(inner.Scheme, inner.KeyId), ILogitWatermark
{
    public override void ScoreRows(NGramRows rows, Span<long> scores) => inner.ScoreRows(rows, scores);

    public void BiasLogits(ReadOnlySpan<int> context, Span<float> logits) => ((ILogitWatermark)inner).BiasLogits(context, logits);

    public void BiasLogits(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, Span<float> logits) =>
        ((ILogitWatermark)inner).BiasLogits(context, candidates, logits);

    protected override void Dispose(bool disposing)
    {
    }
}

/// <summary>A mark that gives all probability to the candidate of the lowest id.</summary>
internal sealed class LowestId() : KeyedScheme(new PaddedScheme(), "0000000000000000"), IProbabilityWatermark
{
    public override void ScoreRows(NGramRows rows, Span<long> scores) => scores[..rows.Count].Clear();

    public void ReshapeProbabilities(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, Span<float> probabilities)
    {
        int lowest = 0;
        for (int i = 1; i < candidates.Length; i++)
            lowest = candidates[i] < candidates[lowest] ? i : lowest;
        probabilities.Clear();
        probabilities[lowest] = 1;
    }

    protected override void Dispose(bool disposing)
    {
    }
}
