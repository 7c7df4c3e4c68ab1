using TorchSharp;

namespace Watermark.TorchSharp.Models;

/// <summary>Attention, then feed-forward, each on a normalised input and added to the residual stream.</summary>
internal sealed class DecoderLayer : torch.nn.Module
{
    private readonly Attention attention;
    private readonly FeedForward feedForward;
    private readonly RootMeanSquareNorm beforeAttention;
    private readonly RootMeanSquareNorm beforeFeedForward;

    public DecoderLayer(TransformerOptions options, int layer, RotaryTable rotary, torch.ScalarType type)
        : base(nameof(DecoderLayer))
    {
        attention = new Attention(options, layer, rotary, type);
        feedForward = new FeedForward(options, type);
        beforeAttention = new RootMeanSquareNorm(options.HiddenSize, options.NormEpsilon, type);
        beforeFeedForward = new RootMeanSquareNorm(options.HiddenSize, options.NormEpsilon, type);
        register_module("self_attn", attention);
        register_module("mlp", feedForward);
        register_module("input_layernorm", beforeAttention);
        register_module("post_attention_layernorm", beforeFeedForward);
    }

    public torch.Tensor Forward(torch.Tensor stream, KeyValueMemory? memory)
    {
        torch.Tensor attended = stream.add(attention.Forward(beforeAttention.call(stream), memory), Scalars.One);
        return attended.add(feedForward.call(beforeFeedForward.call(attended)), Scalars.One);
    }
}
