using System.Numerics;
using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;

namespace Distillation.Training;

/// <summary>
/// AdamW (Loshchilov and Hutter, 2019) over the parameters' own memory, with the gradient's norm limited to 1. One
/// thread, fixed order: the same on every run. CPU and float32 only.
/// </summary>
internal sealed class AdamOptimizer
{
    private const float Beta1 = 0.9f;
    private const float Beta2 = 0.98f;
    private const float Epsilon = 1e-8f;
    private const float WeightDecay = 0.01f;

    private readonly Parameter[] parameters;
    private readonly float[][] first;
    private readonly float[][] second;
    private int step;

    public AdamOptimizer(IEnumerable<Parameter> parameters)
    {
        this.parameters = [.. parameters];
        first = [.. this.parameters.Select(parameter => new float[parameter.numel()])];
        second = [.. this.parameters.Select(parameter => new float[parameter.numel()])];
    }

    /// <summary>Moves the parameters against their gradients and sets those to zero.</summary>
    /// <param name="rate">The learning rate.</param>
    /// <param name="batches">Gradients were summed over this many batches.</param>
    public void Step(double rate, int batches)
    {
        using var scope = torch.NewDisposeScope();
        using IDisposable noGradient = torch.no_grad();
        torch.Tensor?[] gradients = [.. parameters.Select(parameter => parameter.grad)];
        double squares = 0;
        foreach (torch.Tensor? gradient in gradients)
            squares += gradient is null ? 0 : SumOfSquares(Floats(gradient));
        double norm = Math.Sqrt(squares) / batches;
        float scale = (float)(1 / Math.Max(1, norm) / batches);
        step++;
        var rates = (
            Step: (float)(rate * Math.Sqrt(1 - Math.Pow(Beta2, step)) / (1 - Math.Pow(Beta1, step))),
            Decay: (float)(1 - rate * WeightDecay));
        for (int i = 0; i < parameters.Length; i++)
        {
            if (gradients[i] is not { } gradient)
                continue;
            Update(Floats(parameters[i]), Floats(gradient), first[i], second[i], scale, rates.Step, parameters[i].dim() > 1 ? rates.Decay : 1);
            gradient.zero_();
        }
    }

    private static void Update(Span<float> weights, Span<float> gradient, Span<float> first, Span<float> second, float scale, float step, float decay)
    {
        int width = Vector<float>.Count;
        int i = 0;
        for (; i <= weights.Length - width; i += width)
        {
            Vector<float> g = new Vector<float>(gradient[i..]) * scale;
            Vector<float> m = new Vector<float>(first[i..]) * Beta1 + g * (1 - Beta1);
            Vector<float> v = new Vector<float>(second[i..]) * Beta2 + g * g * (1 - Beta2);
            m.CopyTo(first[i..]);
            v.CopyTo(second[i..]);
            (new Vector<float>(weights[i..]) * decay - step * m / (Vector.SquareRoot(v) + new Vector<float>(Epsilon))).CopyTo(weights[i..]);
        }

        for (; i < weights.Length; i++)
        {
            float g = gradient[i] * scale;
            first[i] = first[i] * Beta1 + g * (1 - Beta1);
            second[i] = second[i] * Beta2 + g * g * (1 - Beta2);
            weights[i] = weights[i] * decay - step * first[i] / (MathF.Sqrt(second[i]) + Epsilon);
        }
    }

    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
            sum += (double)value * value;
        return sum;
    }

    private static Span<float> Floats(torch.Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
