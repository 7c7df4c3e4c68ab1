using TorchSharp;
using TorchSharp.Modules;

namespace Watermark.TorchSharp.Models;

/// <summary>down(silu(gate(x)) · up(x)), "SwiGLU" (Shazeer, 2020).</summary>
internal sealed class FeedForward : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private readonly Linear gate;
    private readonly Linear up;
    private readonly Linear down;

    public FeedForward(TransformerOptions options, torch.ScalarType type)
        : base(nameof(FeedForward))
    {
        gate = torch.nn.Linear(options.HiddenSize, options.IntermediateSize, hasBias: false, dtype: type);
        up = torch.nn.Linear(options.HiddenSize, options.IntermediateSize, hasBias: false, dtype: type);
        down = torch.nn.Linear(options.IntermediateSize, options.HiddenSize, hasBias: false, dtype: type);
        register_module("gate_proj", gate);
        register_module("up_proj", up);
        register_module("down_proj", down);
    }

    public override torch.Tensor forward(torch.Tensor input) =>
        down.call(torch.nn.functional.silu(gate.call(input)).mul(up.call(input)));
}
