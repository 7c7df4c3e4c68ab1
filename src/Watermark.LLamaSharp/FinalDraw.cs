using LLama.Native;
using LLama.Sampling;
using Watermark.Embedding;
using Watermark.Randomness;

namespace Watermark.LLamaSharp;

/// <summary>
/// The draw of marks that need the final candidates: the inner pipeline's chain truncates and scales, and the library's sampler
/// draws from what is left.
/// </summary>
/// <param name="chain">The inner pipeline.</param>
/// <param name="random">The source of draws, one uniform a token.</param>
internal sealed class FinalDraw(BaseSamplingPipeline chain, SeededRandomBits random) : IDisposable
{
    // The chain has scaled and truncated already.
    private readonly TokenSampler sampler = new(new SamplerOptions(), random);
    private SafeLLamaSamplerChainHandle? grammar;
    private LLamaTokenData[] buffer = [];
    private int[] ids = [];
    private float[] finalLogits = [];

    /// <summary>Draws a token, under the mark where the session says so; the inner pipeline and the session accept it.</summary>
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
            finalLogits = new float[logits.Length];
        }

        LLamaTokenDataArray data = LLamaTokenDataArray.Create(logits, buffer.AsMemory(0, logits.Length));
        int count = 0;
        using (LLamaTokenDataArrayNative.Create(data, out LLamaTokenDataArrayNative native))
        {
            Grammar(ctx)?.Apply(ref native);
            chain.Apply(ctx, ref native);
            foreach (ref readonly LLamaTokenData item in native.Data[..(int)native.Size])
                (ids[count], finalLogits[count++]) = ((int)item.ID, item.Logit);
        }

        LLamaToken token = sampler.Sample(session, ids.AsSpan(0, count), finalLogits.AsSpan(0, count));
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
}
