using TorchSharp;
using Watermark.Randomness;

namespace Watermark.TorchSharp.Models;

/// <summary>Weights to start training from, the same on every machine.</summary>
public static class WeightInitialization
{
    /// <summary>
    /// Fills matrices with N(0, <paramref name="deviation"/>²), biases with 0 and leaves other vectors (norms) at 1.
    /// </summary>
    /// <param name="module">A module on the CPU with float32 weights.</param>
    /// <param name="seed">The seed; each parameter has a stream of its own.</param>
    /// <param name="deviation">Standard deviation of the matrices' entries. <value>Default 0.02.</value></param>
    public static void Fill(torch.nn.Module module, ulong seed, double deviation = 0.02)
    {
        ArgumentNullException.ThrowIfNull(module);
        using IDisposable noGradient = torch.no_grad();
        ulong stream = 0;
        foreach ((string name, torch.Tensor parameter) in module.named_parameters())
        {
            var random = new SeededRandomBits(seed, stream++);
            var values = new float[parameter.numel()];
            if (parameter.dim() > 1)
                FillNormal(values, deviation, random);
            else if (!name.Contains("bias", StringComparison.Ordinal))
                Array.Fill(values, 1f);
            using torch.Tensor filled = torch.tensor(values, parameter.shape);
            parameter.copy_(filled);
        }
    }

    /// <summary>Box and Muller's pairs.</summary>
    private static void FillNormal(float[] values, double deviation, SeededRandomBits random)
    {
        for (int i = 0; i < values.Length; i += 2)
        {
            double radius = deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            (double sine, double cosine) = Math.SinCos(2 * Math.PI * random.NextDouble());
            values[i] = (float)(radius * cosine);
            if (i + 1 < values.Length)
                values[i + 1] = (float)(radius * sine);
        }
    }
}
