using System.Runtime.CompilerServices;
using LLama;
using LLama.Abstractions;
using LLama.Common;
using LLama.Native;
using LLama.Sampling;
using Watermark.Embedding;
using Watermark.Serving;

namespace Watermark.LLamaSharp;

/// <summary>Who is served by an executor, and what is done with what was served.</summary>
public sealed record WatermarkedExecutorOptions
{
    /// <summary>The account whose key marks. <value>Default null: none.</value></summary>
    public string? Account { get; init; }

    /// <summary>The epoch whose key marks; asked before each reply, so that keys change without a restart. <value>Default null: none.</value></summary>
    public Func<string?>? Epoch { get; init; }

    /// <summary>Called after each reply, also one that was cancelled: the place for a log of served contexts. <value>Default null.</value></summary>
    public Action<ServedReply>? Served { get; init; }

    /// <summary>The seed of the draws of marks that do not bias logits; null for a random one. <value>Default null.</value></summary>
    public ulong? Seed { get; init; }
}

/// <summary>A reply that was served.</summary>
/// <param name="Tokens">The token ids of the sequence so far: what stood before the reply, then the reply.</param>
/// <param name="PromptLength">The number of tokens before the reply.</param>
/// <param name="Account">The account; null for none.</param>
/// <param name="Epoch">The epoch; null for none.</param>
public sealed record ServedReply(ReadOnlyMemory<int> Tokens, int PromptLength, string? Account, string? Epoch);

/// <summary>
/// An executor of LLamaSharp whose replies are marked. It knows the prompt: also the turns of a chat, which never reach a sampling
/// pipeline. With <c>AsChatClient()</c> of LLamaSharp it is an <c>IChatClient</c>.
/// </summary>
/// <remarks>
/// Around a <see cref="StatelessExecutor"/> every reply is a sequence of its own. Around an executor with state
/// (<see cref="InteractiveExecutor"/>, <see cref="InstructExecutor"/>) one sequence goes on over all turns, also where llama.cpp
/// shifts its context, until the epoch changes; contexts that a turn of the user begins are marked like all others. Not safe for
/// concurrent use, as the executors are not.
/// </remarks>
public sealed class WatermarkedExecutor : ILLamaExecutor
{
    private readonly ILLamaExecutor inner;
    private readonly Watermarker watermarker;
    private readonly WatermarkedExecutorOptions options;
    private WatermarkSession? session;
    private string? sessionEpoch;

    /// <summary>Wraps an executor.</summary>
    /// <param name="inner">The executor.</param>
    /// <param name="watermarker">The key; the caller disposes it.</param>
    /// <param name="options">Who is served; null for no account and no epoch.</param>
    public WatermarkedExecutor(ILLamaExecutor inner, Watermarker watermarker, WatermarkedExecutorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(watermarker);
        this.inner = inner;
        this.watermarker = watermarker;
        this.options = options ?? new WatermarkedExecutorOptions();
    }

    /// <inheritdoc/>
    public LLamaContext Context => inner.Context;

    /// <inheritdoc/>
    public bool IsMultiModal => inner.IsMultiModal;

    /// <inheritdoc/>
    public MtmdWeights? ClipModel => inner.ClipModel;

    /// <inheritdoc/>
    public List<SafeMtmdEmbed> Embeds => inner.Embeds;

    /// <summary>The sequence of the last reply; null before the first one.</summary>
    public WatermarkSession? Session => session;

    /// <summary>Serves a reply, marked.</summary>
    /// <param name="text">The prompt, or the next turn of the user.</param>
    /// <param name="inferenceParams">How it is sampled; its pipeline stays in use. Null for LLamaSharp's default.</param>
    /// <param name="token">Stops the reply.</param>
    /// <exception cref="ObjectDisposedException">The watermarker was disposed.</exception>
    /// <exception cref="ArgumentException">The mark needs the final candidates, and the pipeline does not show them.</exception>
    public async IAsyncEnumerable<string> InferAsync(string text, IInferenceParams? inferenceParams = null, [EnumeratorCancellation] CancellationToken token = default)
    {
        inferenceParams ??= new InferenceParams();
        string? epoch = options.Epoch?.Invoke();
        WatermarkSession current = Continue(epoch);
        int start = current.Length;
        int inputs = (inner as StatefulExecutorBase)?.GetStateData().EmbedInps.Length ?? 0;

        // The caller's pipeline stays the caller's, so the marked one is not disposed.
        var pipeline = new WatermarkedPipeline(inferenceParams.SamplingPipeline, current, options.Seed);
        pipeline.BeforeSample = () =>
        {
            current.Prime(NewInputs(text, inputs));
            start = current.Length;
        };
        try
        {
            await foreach (string part in inner.InferAsync(text, new MarkedParams(inferenceParams, pipeline), token).ConfigureAwait(false))
                yield return part;
        }
        finally
        {
            options.Served?.Invoke(new ServedReply(current.Tokens.ToArray(), start, options.Account, epoch));
        }
    }

    /// <summary>The sequence that goes on, or a new one: for every reply without state, and where the epoch has changed.</summary>
    private WatermarkSession Continue(string? epoch)
    {
        if (session is not null && epoch == sessionEpoch && inner is StatefulExecutorBase)
            return session;
        WatermarkSession fresh = watermarker.NewSession(session is not null && inner is StatefulExecutorBase ? session.Tokens : [], options.Account, epoch);
        (session, sessionEpoch) = (fresh, epoch);
        return fresh;
    }

    /// <summary>The tokens that the engine read since the last reply, as it read them.</summary>
    private int[] NewInputs(string text, int inputs)
    {
        if (inner is StatefulExecutorBase stateful)
        {
            // A prompt that overflows the context makes the engine forget earlier inputs; the text itself is then the best record.
            LLamaToken[] all = stateful.GetStateData().EmbedInps;
            return all.Length > inputs ? Ids(all.AsSpan(inputs)) : Ids(inner.Context.Tokenize(text, addBos: false, special: true));
        }

        if (inner is StatelessExecutor { ApplyTemplate: true } templated)
        {
            var template = new LLamaTemplate(inner.Context.NativeHandle.ModelHandle, null, false) { AddAssistant = true };
            if (templated.SystemMessage is { } system)
                template.Add("system", system);
            template.Add("user", text);
            text = LLamaTemplate.Encoding.GetString(template.Apply());
        }

        return Ids(inner.Context.Tokenize(text, addBos: true, special: true));
    }

    private static int[] Ids(ReadOnlySpan<LLamaToken> tokens)
    {
        int[] ids = new int[tokens.Length];
        for (int i = 0; i < ids.Length; i++)
            ids[i] = (int)tokens[i];
        return ids;
    }

    /// <summary>The caller's parameters with the marked pipeline.</summary>
    private sealed class MarkedParams(IInferenceParams given, ISamplingPipeline pipeline) : IInferenceParams
    {
        public int TokensKeep { get; set; } = given.TokensKeep;

        public int MaxTokens { get; set; } = given.MaxTokens;

        public IReadOnlyList<string> AntiPrompts { get; set; } = given.AntiPrompts;

        public ISamplingPipeline SamplingPipeline { get; set; } = pipeline;

        public bool DecodeSpecialTokens { get; set; } = given.DecodeSpecialTokens;

        public ContextOverflowStrategy OverflowStrategy { get; set; } = given.OverflowStrategy;

        public float ContextTruncationPercentage { get; set; } = given.ContextTruncationPercentage;
    }
}
