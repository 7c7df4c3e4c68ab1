using Microsoft.ML.OnnxRuntimeGenAI;
using Watermark.Embedding;
using Watermark.Serving;

namespace Watermark.OnnxRuntimeGenAI;

/// <summary>How a reply of <see cref="WatermarkedModel"/> is generated, and for whom.</summary>
public sealed record WatermarkedReplyOptions
{
    /// <summary>
    /// How tokens are drawn; null leaves the draw to the engine, which only schemes on logits allow.
    /// <value>Default: temperature 1, the whole vocabulary.</value>
    /// </summary>
    public SamplerOptions? Sampler { get; init; } = new();

    /// <summary>The most tokens to generate, 1 or more. <value>Default 256.</value></summary>
    public int MaxTokens { get; init; } = 256;

    /// <summary>The account whose key marks. <value>Default null: none.</value></summary>
    public string? Account { get; init; }

    /// <summary>The epoch whose key marks. <value>Default null: none.</value></summary>
    public string? Epoch { get; init; }

    /// <summary>Sets search options of the engine, such as <c>max_length</c>, before the generator is made. <value>Default null.</value></summary>
    public Action<GeneratorParams>? Configure { get; init; }

    internal void Validate()
    {
        if (MaxTokens < 1)
            throw new ArgumentOutOfRangeException(nameof(MaxTokens), MaxTokens, "A reply has at most 1 token or more.");
        Sampler?.Validate();
    }
}

/// <summary>A model of ONNX Runtime GenAI whose replies are marked: token ids in, token ids out as they come.</summary>
/// <remarks>Safe for concurrent use: every reply has a generator and a session of its own.</remarks>
public sealed class WatermarkedModel
{
    private readonly Model model;
    private readonly Watermarker watermarker;

    /// <summary>Joins a model with a key.</summary>
    /// <param name="model">The model; the caller disposes it.</param>
    /// <param name="watermarker">The key; the caller disposes it.</param>
    public WatermarkedModel(Model model, Watermarker watermarker)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(watermarker);
        (this.model, this.watermarker) = (model, watermarker);
    }

    /// <summary>Generates a reply.</summary>
    /// <param name="prompt">Token ids of everything before the reply, at least one, none negative.</param>
    /// <param name="options">How and for whom; null for the defaults.</param>
    /// <param name="cancellationToken">Stops before the next token.</param>
    /// <returns>
    /// The tokens, each when it is drawn. The reply ends with the model's end token, which is the last one, where the sequence is as
    /// long as the engine allows, or after <see cref="WatermarkedReplyOptions.MaxTokens"/>. Reading it again generates another reply.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The prompt is empty, an option is out of range, or the scheme does not mark logits and there is no sampler.
    /// </exception>
    public IEnumerable<int> Generate(ReadOnlyMemory<int> prompt, WatermarkedReplyOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new WatermarkedReplyOptions();
        options.Validate();
        if (prompt.IsEmpty)
            throw new ArgumentException("The prompt has 0 tokens; at least one is needed.", nameof(prompt));
        MarkPlace place = watermarker.NewSession().Place;
        if (options.Sampler is null && place != MarkPlace.Logits)
            throw new ArgumentException($"The scheme '{watermarker.Scheme.Name}' does not mark logits: give a sampler.", nameof(options));
        return Replies(prompt, options, cancellationToken);
    }

    private IEnumerable<int> Replies(ReadOnlyMemory<int> prompt, WatermarkedReplyOptions options, CancellationToken cancellationToken)
    {
        using var parameters = new GeneratorParams(model);
        options.Configure?.Invoke(parameters);
        using var generator = new Generator(model, parameters);
        var marked = new WatermarkedGenerator(
            generator,
            [watermarker.NewSession([], options.Account, options.Epoch)],
            new WatermarkedGeneratorOptions { Sampler = options.Sampler });
        marked.Append(prompt.Span);
        for (int i = 0; i < options.MaxTokens && !marked.IsDone; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return marked.GenerateNextToken();
        }
    }
}
