using System.Globalization;
using TorchSharp;
using TorchSharp.Modules;
using TokenEmbedding = TorchSharp.Modules.Embedding;

namespace Watermark.TorchSharp.Models;

/// <summary>
/// A decoder-only transformer of the Llama, Qwen2 and Mistral family: RMS norms, rotary positions, grouped-query attention,
/// SwiGLU. Its parameters have the names of Hugging Face checkpoints, so a checkpoint is loaded by name.
/// </summary>
/// <remarks>
/// Floating point: logits may differ in the last places between machines, batch sizes and with or without a key-value
/// memory. Apart from the sampled tokens, nothing that depends on a key uses them.
/// </remarks>
public sealed class CausalTransformer : torch.nn.Module<torch.Tensor, torch.Tensor>, ICausalLanguageModel
{
    private readonly RotaryTable rotary;
    private readonly TokenEmbedding embedding;
    private readonly DecoderLayer[] layers;
    private readonly RootMeanSquareNorm norm;
    private readonly Linear? head;

    /// <summary>Creates a model on the CPU with untrained weights.</summary>
    /// <param name="options">Its shape.</param>
    /// <param name="type">The weights' type: float32, float16 or bfloat16.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public CausalTransformer(TransformerOptions options, torch.ScalarType type = torch.ScalarType.Float32)
        : base(nameof(CausalTransformer))
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
        rotary = new RotaryTable(options);
        embedding = torch.nn.Embedding(options.VocabularySize, options.HiddenSize, dtype: type);
        norm = new RootMeanSquareNorm(options.HiddenSize, options.NormEpsilon, type);
        layers = new DecoderLayer[options.Layers];
        var body = new ModuleGroup();
        var stack = new ModuleGroup();
        body.register_module("embed_tokens", embedding);
        for (int i = 0; i < layers.Length; i++)
        {
            layers[i] = new DecoderLayer(options, i, rotary, type);
            stack.register_module(i.ToString(CultureInfo.InvariantCulture), layers[i]);
        }

        body.register_module("layers", stack);
        body.register_module("norm", norm);
        register_module("model", body);
        if (options.TieEmbeddings)
            return;
        head = torch.nn.Linear(options.HiddenSize, options.VocabularySize, hasBias: false, dtype: type);
        register_module("lm_head", head);
    }

    /// <summary>The model's shape.</summary>
    public TransformerOptions Options { get; }

    /// <inheritdoc/>
    public int VocabularySize => Options.VocabularySize;

    /// <inheritdoc/>
    public int MaximumPositions => Options.MaximumPositions;

    /// <inheritdoc/>
    public torch.Device Device => embedding.weight!.device;

    /// <inheritdoc/>
    public torch.Tensor Logits(torch.Tensor ids) => call(ids);

    /// <inheritdoc/>
    public IDecoder StartDecoding() => new Decoder(this);

    /// <summary>The logits after every token; see <see cref="Logits"/>.</summary>
    /// <param name="input">Token ids, int64, shape [batch, length].</param>
    public override torch.Tensor forward(torch.Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var scope = torch.NewDisposeScope();
        return Project(Encode(input, null)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            rotary.Dispose();
        base.Dispose(disposing);
    }

    private torch.Tensor Encode(torch.Tensor ids, KeyValueMemory[]? memories)
    {
        long end = ids.shape[1] + (memories?[0].Length ?? 0);
        if (end > MaximumPositions)
            throw new ArgumentException($"A sequence of {end} tokens is longer than the {MaximumPositions} this model takes.", nameof(ids));
        torch.Tensor stream = embedding.call(ids);
        for (int i = 0; i < layers.Length; i++)
            stream = layers[i].Forward(stream, memories?[i]);
        return norm.call(stream);
    }

    private torch.Tensor Project(torch.Tensor encoded) =>
        head is null ? torch.nn.functional.linear(encoded, embedding.weight!) : head.call(encoded);

    private sealed class Decoder(CausalTransformer model) : IDecoder
    {
        private readonly KeyValueMemory[] memories = [.. model.layers.Select(_ => new KeyValueMemory())];

        public torch.Tensor Advance(torch.Tensor ids)
        {
            ArgumentNullException.ThrowIfNull(ids);
            using IDisposable noGradient = torch.no_grad();
            using var scope = torch.NewDisposeScope();
            torch.Tensor encoded = model.Encode(ids, memories);
            return model.Project(encoded.narrow(1, ids.shape[1] - 1, 1).squeeze(1)).MoveToOuterDisposeScope();
        }

        public void Dispose()
        {
            foreach (KeyValueMemory memory in memories)
                memory.Dispose();
        }
    }
}
