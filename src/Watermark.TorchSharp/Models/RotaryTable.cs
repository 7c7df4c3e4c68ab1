using TorchSharp;

namespace Watermark.TorchSharp.Models;

/// <summary>
/// Cosines and sines of the rotary position embedding: the pair (i, i + d/2) of a head of width d is rotated by position ·
/// theta^(-2i/d) (Su et al., 2021, in the half-split order of Hugging Face checkpoints).
/// </summary>
internal sealed class RotaryTable : IDisposable
{
    private readonly double[] frequencies;
    private torch.Tensor? cosines;
    private torch.Tensor? sines;

    public RotaryTable(TransformerOptions options)
    {
        int half = options.WidthOfHead / 2;
        frequencies = new double[half];
        for (int i = 0; i < half; i++)
        {
            double frequency = Math.Pow(options.RopeTheta, -2.0 * i / options.WidthOfHead);
            frequencies[i] = options.RopeScaling?.Scale(frequency) ?? frequency;
        }
    }

    /// <summary>
    /// Rotates queries or keys of shape [batch, heads, length, width] whose first position is <paramref name="start"/>.
    /// </summary>
    public torch.Tensor Turn(torch.Tensor heads, long start)
    {
        long length = heads.shape[2];
        Ensure(start + length, heads.device);
        torch.Tensor cosine = cosines!.narrow(0, start, length).to(heads.dtype);
        torch.Tensor sine = sines!.narrow(0, start, length).to(heads.dtype);
        torch.Tensor[] halves = heads.chunk(2, -1);
        return torch.cat(
            [halves[0].mul(cosine).sub(halves[1].mul(sine)), halves[1].mul(cosine).add(halves[0].mul(sine), Scalars.One)], -1);
    }

    public void Dispose()
    {
        cosines?.Dispose();
        sines?.Dispose();
    }

    private void Ensure(long positions, torch.Device device)
    {
        if (cosines is not null && cosines.shape[0] >= positions && cosines.device.type == device.type && cosines.device.index == device.index)
            return;
        long rows = Math.Max(positions, 2 * (cosines?.shape[0] ?? 32));
        var cosine = new float[rows * frequencies.Length];
        var sine = new float[cosine.Length];
        for (int i = 0; i < cosine.Length; i++)
        {
            (double s, double c) = Math.SinCos(i / frequencies.Length * frequencies[i % frequencies.Length]);
            (cosine[i], sine[i]) = ((float)c, (float)s);
        }

        Dispose();
        cosines = torch.tensor(cosine, rows, frequencies.Length, device: device).DetachFromDisposeScope();
        sines = torch.tensor(sine, rows, frequencies.Length, device: device).DetachFromDisposeScope();
    }
}
