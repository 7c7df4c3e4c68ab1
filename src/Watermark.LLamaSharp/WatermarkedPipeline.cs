using LLama.Native;
using LLama.Sampling;
using Watermark.Embedding;
using Watermark.Randomness;

namespace Watermark.LLamaSharp;

/// <summary>
/// A sampling pipeline that marks what another pipeline samples. Penalties, grammar, min-p and everything else of the inner pipeline
/// stay as they are.
/// </summary>
/// <remarks>
/// <para>
/// A mark on logits biases them in place while the inner pipeline samples, and puts the model's own values back: conversations that
/// share logits after a fork can each have a key. A mark that reshapes probabilities or draws works on the candidates that the inner
/// pipeline leaves, with their final probabilities; for it the inner pipeline must be a <see cref="BaseSamplingPipeline"/>.
/// </para>
/// <para>
/// <see cref="Sample"/> also accepts the token, in the inner pipeline and in the session, as LLamaSharp's executors expect.
/// <see cref="Reset"/> resets the inner pipeline only: executors call it before the first token, when the session holds the prompt
/// already. The session must be primed with the prompt; <see cref="WatermarkedExecutor"/> does that. Not safe for concurrent use.
/// </para>
/// </remarks>
public sealed class WatermarkedPipeline : ISamplingPipeline
{
    private readonly ISamplingPipeline inner;
    private readonly FinalDraw? draw;
    private float[] plain = [];

    /// <summary>Creates a pipeline.</summary>
    /// <param name="inner">What samples; this disposes it.</param>
    /// <param name="session">The sequence under its mark, primed with the prompt.</param>
    /// <param name="seed">The seed of the draws of marks that reshape probabilities or choose between keys; null for a random one.</param>
    /// <exception cref="ArgumentException">
    /// The mark does not bias logits, and the inner pipeline is not a <see cref="BaseSamplingPipeline"/>.
    /// </exception>
    public WatermarkedPipeline(ISamplingPipeline inner, WatermarkSession session, ulong? seed = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(session);
        this.inner = inner;
        Session = session;
        if (session.Place == MarkPlace.Logits)
            return;
        if (inner is not BaseSamplingPipeline chain)
            throw new ArgumentException($"The scheme '{session.Scheme.Scheme.Name}' marks the final candidates, and a pipeline of the type {inner.GetType().Name} does not show them; a BaseSamplingPipeline was expected.", nameof(inner));
        draw = new FinalDraw(chain, new SeededRandomBits(seed ?? RandomBits.System.NextUInt64()));
    }

    /// <summary>The sequence: tokens so far, prompt and reply.</summary>
    public WatermarkSession Session { get; }

    /// <summary>Samples a token, marked where the session says so, and accepts it.</summary>
    /// <param name="ctx">The context.</param>
    /// <param name="index">The position in the batch whose logits are used.</param>
    public LLamaToken Sample(SafeLLamaContextHandle ctx, int index)
    {
        ArgumentNullException.ThrowIfNull(ctx);
        BeforeSample?.Invoke();
        BeforeSample = null;

        // The host may sample a position again, as a grammar in a loop does.
        Session.Rewind(0);
        if (draw is not null)
            return draw.Sample(ctx, index, Session);
        LLamaToken token = Biased(ctx, index);
        Session.Accept((int)token);
        return token;
    }

    /// <summary>Applies the inner pipeline to candidates, without a mark.</summary>
    /// <param name="ctx">The context.</param>
    /// <param name="data">The candidates.</param>
    public void Apply(SafeLLamaContextHandle ctx, LLamaTokenDataArray data) => inner.Apply(ctx, data);

    /// <summary>Resets the inner pipeline; the session stays.</summary>
    public void Reset()
    {
        inner.Reset();
        draw?.Reset();
    }

    /// <summary>Adds a token that was not sampled here.</summary>
    /// <param name="token">The token.</param>
    public void Accept(LLamaToken token)
    {
        inner.Accept(token);
        draw?.Accept(token);
        Session.Prime([(int)token]);
    }

    /// <summary>A pipeline for a conversation that was forked: its sequence goes on by itself.</summary>
    /// <param name="pipeline">What samples in the new conversation; its penalties start anew.</param>
    /// <param name="seed">The seed, as for a new pipeline.</param>
    public WatermarkedPipeline Fork(ISamplingPipeline pipeline, ulong? seed = null) => new(pipeline, Session.Clone(), seed);

    /// <summary>Disposes the inner pipeline.</summary>
    public void Dispose()
    {
        draw?.Dispose();
        inner.Dispose();
    }

    /// <summary>What runs once before the next token: an executor primes the session when the engine knows the prompt's tokens.</summary>
    internal Action? BeforeSample { get; set; }

    private LLamaToken Biased(SafeLLamaContextHandle ctx, int index)
    {
        if (!Session.WillMark)
            return inner.Sample(ctx, index);
        Span<float> logits = ctx.GetLogitsIth(index);
        if (plain.Length < logits.Length)
            plain = new float[logits.Length];
        logits.CopyTo(plain);
        try
        {
            Session.Apply(logits);
            return inner.Sample(ctx, index);
        }
        finally
        {
            plain.AsSpan(0, logits.Length).CopyTo(logits);
        }
    }
}

/// <summary>Adds marks to sampling pipelines.</summary>
public static class WatermarkedPipelineExtensions
{
    /// <summary>The same pipeline with a mark.</summary>
    /// <param name="pipeline">What samples; the result disposes it.</param>
    /// <param name="session">The sequence under its mark, primed with the prompt.</param>
    /// <param name="seed">The seed of the draws of marks that reshape probabilities or choose between keys; null for a random one.</param>
    public static WatermarkedPipeline WithWatermark(this ISamplingPipeline pipeline, WatermarkSession session, ulong? seed = null) => new(pipeline, session, seed);
}
