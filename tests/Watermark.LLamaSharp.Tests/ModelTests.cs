using LLama;
using LLama.Native;
using Watermark.Models;
using Watermark.SampleModels;

namespace Watermark.LLamaSharp.Tests;

[Collection(nameof(Engine))]
public sealed class ModelTests(Engine engine)
{
    private static readonly int[] First = [1, .. "The quick brown fox jumps over the lazy dog.".Select(TinyLlama.TokenOf)];
    private static readonly int[] Second = [1, .. "Short.".Select(TinyLlama.TokenOf)];

    [Fact]
    public void All_positions_at_once_equal_one_token_after_the_other()
    {
        using var model = new LLamaModel(engine.Weights, engine.Parameters());
        using ILogProbabilities all = model.Evaluate([First, Second]);
        Assert.Equal(TinyLlama.VocabularySize, model.VocabularySize);
        foreach ((int[] text, int sequence) in new[] { (First, 0), (Second, 1) })
        {
            float[][] steps = StepByStep(text);
            for (int position = text.Length - 1; position >= 0; position--)
            {
                ReadOnlySpan<float> row = all.After(sequence, position);
                double sum = 0;
                for (int v = 0; v < row.Length; v++)
                {
                    sum += Math.Exp(row[v]);
                    // The engine keeps keys and values in half precision.
                    Assert.Equal(steps[position][v], row[v], 0.01f + (0.001f * Math.Abs(row[v])));
                }

                Assert.Equal(1, sum, 1e-4);
            }
        }
    }

    [Fact]
    public void A_long_text_is_evaluated_in_parts()
    {
        LLama.Common.ModelParams small = engine.Parameters(256);
        small.BatchSize = 32;
        small.UBatchSize = 32;
        using var inParts = new LLamaModel(engine.Weights, small);
        using var whole = new LLamaModel(engine.Weights, engine.Parameters(256));
        int[] text = [.. Enumerable.Range(0, 200).Select(i => TinyLlama.TokenOf((char)(' ' + (i * 7 % 95))))];
        using ILogProbabilities parts = inParts.Evaluate([text]);
        using ILogProbabilities once = whole.Evaluate([text]);
        foreach (int position in (int[])[0, 31, 32, 100, 199])
        {
            float[] expected = once.After(0, position).ToArray();
            ReadOnlySpan<float> actual = parts.After(0, position);
            for (int v = 0; v < expected.Length; v++)
                Assert.Equal(expected[v], actual[v], 0.01f + (0.001f * Math.Abs(actual[v])));
        }
    }

    [Fact]
    public void Wrong_sequences_are_refused()
    {
        using var model = new LLamaModel(engine.Weights, engine.Parameters(256));
        Assert.Throws<ArgumentException>(() => model.Evaluate([Array.Empty<int>()]));
        Assert.Throws<ArgumentException>(() => model.Evaluate([new int[257]]));
        Assert.Throws<ArgumentException>(() => model.Evaluate([new[] { TinyLlama.VocabularySize }]));
        using ILogProbabilities result = model.Evaluate([Second]);
        Assert.Throws<ArgumentOutOfRangeException>(() => result.After(0, Second.Length));
        Assert.Throws<ArgumentOutOfRangeException>(() => result.After(1, 0));
        Assert.Equal(Second[1..], model.Tokenize("Short."));
    }

    /// <summary>Log-probabilities from the engine, one token at a time, in double precision.</summary>
    private float[][] StepByStep(int[] text)
    {
        using LLamaContext context = engine.Weights.CreateContext(engine.Parameters());
        var batch = new LLamaBatch();
        return
        [
            .. text.Select((token, position) =>
            {
                batch.Clear();
                batch.Add(token, position, LLamaSeqId.Zero, true);
                Assert.Equal(DecodeResult.Ok, context.Decode(batch));
                float[] logits = context.NativeHandle.GetLogitsIth(0).ToArray();
                double greatest = logits.Max();
                double normaliser = greatest + Math.Log(logits.Sum(logit => Math.Exp(logit - greatest)));
                return logits.Select(logit => (float)(logit - normaliser)).ToArray();
            }),
        ];
    }
}
