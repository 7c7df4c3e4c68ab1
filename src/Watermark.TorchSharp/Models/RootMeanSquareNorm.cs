using TorchSharp;
using TorchSharp.Modules;

namespace Watermark.TorchSharp.Models;

/// <summary>x / sqrt(mean(x²) + epsilon) · weight, the quotient in float32 (Zhang and Sennrich, 2019).</summary>
internal sealed class RootMeanSquareNorm : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private readonly Parameter weight;
    private readonly Scalar epsilon;

    public RootMeanSquareNorm(int width, double epsilon, torch.ScalarType type)
        : base(nameof(RootMeanSquareNorm))
    {
        this.epsilon = epsilon.ToScalar();
        weight = torch.nn.Parameter(torch.ones(width, dtype: type));
        register_parameter("weight", weight);
    }

    public override torch.Tensor forward(torch.Tensor input)
    {
        torch.Tensor wide = input.to(torch.ScalarType.Float32);
        torch.Tensor scale = wide.mul(wide).mean([-1L], keepdim: true).add(epsilon, Scalars.One).rsqrt();
        return wide.mul(scale).to(input.dtype).mul(weight);
    }
}
