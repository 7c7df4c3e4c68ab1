using LLama.Native;
using LLama.Sampling;
using Watermark.Embedding;
using Watermark.Randomness;

namespace Watermark.LLamaSharp;

/// <summary>
/// The draw of marks that need the final candidates: the inner pipeline's chain truncates and scales, this computes the
/// probabilities and draws.
/// </summary>
/// <param name="chain">The inner pipeline.</param>
/// <param name="random">The source of draws, one uniform a token.</param>
internal sealed class FinalDraw(BaseSamplingPipeline chain, SeededRandomBits random) : IDisposable
{
    private SafeLLamaSamplerChainHandle? grammar;
    private LLamaTokenData[] buffer = [];
    private int[] ids = [];
    private float[] probabilities = [];

    /// <summary>Draws a token, under the mark where the session says so; the inner pipeline accepts it.</summary>
    /// <param name="ctx">The context.</param>
    /// <param name="index">The position in the batch.</param>
    /// <param name="session">The sequence.</param>
    public LLamaToken Sample(SafeLLamaContextHandle ctx, int index, WatermarkSession session)
    {
        Span<float> logits = ctx.GetLogitsIth(index);
        if (buffer.Length < logits.Length)
        {
            buffer = new LLamaTokenData[logits.Length];
            ids = new int[logits.Length];
            probabilities = new float[logits.Length];
        }

        LLamaTokenDataArray data = LLamaTokenDataArray.Create(logits, buffer.AsMemory(0, logits.Length));
        int count;
        using (LLamaTokenDataArrayNative.Create(data, out LLamaTokenDataArrayNative native))
        {
            Grammar(ctx)?.Apply(ref native);
            chain.Apply(ctx, ref native);
            count = Candidates(native.Data[..(int)native.Size]);
        }

        ReadOnlySpan<int> candidates = ids.AsSpan(0, count);
        Span<float> final = probabilities.AsSpan(0, count);
        double coin = random.NextDouble();
        session.Reshape(candidates, final);
        if (!session.TryChoose(candidates, final, coin, out int chosen))
            chosen = Walk(final, coin);
        LLamaToken token = candidates[chosen];
        chain.Accept(token);
        grammar?.Accept(token);
        return token;
    }

    /// <summary>Adds a token that was not drawn here.</summary>
    /// <param name="token">The token.</param>
    public void Accept(LLamaToken token) => grammar?.Accept(token);

    /// <summary>Starts the grammar anew.</summary>
    public void Reset() => grammar?.Reset();

    /// <summary>Frees the grammar.</summary>
    public void Dispose() => grammar?.Dispose();

    /// <summary>
    /// The grammar of LLamaSharp's own pipeline: it applies it outside its chain, in a way that depends on its optimisation mode.
    /// </summary>
    private SafeLLamaSamplerChainHandle? Grammar(SafeLLamaContextHandle ctx)
    {
        if (grammar is not null || chain is not DefaultSamplingPipeline { Grammar: { } rules })
            return grammar;
        grammar = SafeLLamaSamplerChainHandle.Create(LLamaSamplerChainParams.Default());
        grammar.AddGrammar(ctx.ModelHandle, rules.Gbnf, rules.Root);
        return grammar;
    }

    /// <summary>The candidates that may be drawn with their probabilities, in the order of the chain.</summary>
    private int Candidates(Span<LLamaTokenData> data)
    {
        float greatest = float.NegativeInfinity;
        foreach (ref readonly LLamaTokenData item in data)
            greatest = Math.Max(greatest, item.Logit);
        int count = 0;
        double sum = 0;
        foreach (ref readonly LLamaTokenData item in data)
        {
            double weight = Math.Exp((double)item.Logit - greatest);
            if (!(weight > 0))
                continue;
            sum += weight;
            (ids[count], probabilities[count]) = ((int)item.ID, (float)weight);
            count++;
        }

        for (int i = 0; i < count; i++)
            probabilities[i] = (float)(probabilities[i] / sum);
        return count > 0 ? count : throw new InvalidOperationException("The sampling pipeline left no token to draw.");
    }

    private static int Walk(ReadOnlySpan<float> final, double coin)
    {
        double total = 0;
        foreach (float probability in final)
            total += probability;
        double sum = 0;
        for (int i = 0; i < final.Length; i++)
        {
            sum += final[i];
            if (final[i] > 0 && sum > coin * total)
                return i;
        }

        return final.IndexOf(System.Numerics.Tensors.TensorPrimitives.Max(final));
    }
}
