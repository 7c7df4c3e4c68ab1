namespace Watermark.TorchSharp.Tests.Checkpoints;

/// <summary>The same model in loops over doubles, written from the papers and without a tensor library.</summary>
internal sealed class PlainTransformer(TinyCheckpoint checkpoint)
{
    /// <summary>The logits after every token, [length][vocabulary].</summary>
    public double[][] Logits(int[] ids)
    {
        double[][] stream = [.. ids.Select(id => Row("model.embed_tokens.weight", id))];
        for (int layer = 0; layer < checkpoint.Layers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            double[][] attended = Attend([.. stream.Select(x => Norm(x, prefix + "input_layernorm.weight"))], prefix + "self_attn.");
            stream = [.. stream.Zip(attended, Add)];
            stream = [.. stream.Select(x => Add(x, FeedForward(Norm(x, prefix + "post_attention_layernorm.weight"), prefix + "mlp.")))];
        }

        string head = checkpoint.Tied ? "model.embed_tokens" : "lm_head";
        return [.. stream.Select(x => Linear(Norm(x, "model.norm.weight"), head))];
    }

    private double[][] Attend(double[][] x, string prefix)
    {
        int size = checkpoint.HeadSize;
        var result = new double[x.Length][];
        double[][] q = [.. x.Select((row, t) => Rotate(Linear(row, prefix + "q_proj"), t))];
        double[][] k = [.. x.Select((row, t) => Rotate(Linear(row, prefix + "k_proj"), t))];
        double[][] v = [.. x.Select(row => Linear(row, prefix + "v_proj"))];
        for (int t = 0; t < x.Length; t++)
        {
            var mixed = new double[checkpoint.Heads * size];
            int first = checkpoint.Window is { } window ? Math.Max(0, t - window + 1) : 0;
            for (int h = 0; h < checkpoint.Heads; h++)
            {
                int shared = h / (checkpoint.Heads / checkpoint.SharedHeads);
                var weights = new double[t + 1];
                for (int s = first; s <= t; s++)
                {
                    double dot = 0;
                    for (int i = 0; i < size; i++)
                        dot += q[t][h * size + i] * k[s][shared * size + i];
                    weights[s] = Math.Exp(dot / Math.Sqrt(size));
                }

                double sum = weights.Sum();
                for (int s = first; s <= t; s++)
                {
                    for (int i = 0; i < size; i++)
                        mixed[h * size + i] += weights[s] / sum * v[s][shared * size + i];
                }
            }

            result[t] = Linear(mixed, prefix + "o_proj");
        }

        return result;
    }

    private double[] Rotate(double[] heads, int position)
    {
        int size = checkpoint.HeadSize;
        var turned = new double[heads.Length];
        for (int start = 0; start < heads.Length; start += size)
        {
            for (int i = 0; i < size / 2; i++)
            {
                double angle = position * Frequency(i);
                (double a, double b) = (heads[start + i], heads[start + i + size / 2]);
                turned[start + i] = a * Math.Cos(angle) - b * Math.Sin(angle);
                turned[start + i + size / 2] = b * Math.Cos(angle) + a * Math.Sin(angle);
            }
        }

        return turned;
    }

    /// <summary>With the wavelengths of the Llama 3.1 rule, as its model card states them.</summary>
    private double Frequency(int pair)
    {
        double frequency = 1 / Math.Pow(checkpoint.Theta, 2.0 * pair / checkpoint.HeadSize);
        if (checkpoint.Scaling is not { } s)
            return frequency;
        double wavelength = 2 * Math.PI / frequency;
        if (wavelength < s.Original / s.High)
            return frequency;
        if (wavelength > s.Original / s.Low)
            return frequency / s.Factor;
        double smooth = (s.Original / wavelength - s.Low) / (s.High - s.Low);
        return (1 - smooth) * frequency / s.Factor + smooth * frequency;
    }

    private double[] FeedForward(double[] x, string prefix)
    {
        double[] gate = Linear(x, prefix + "gate_proj");
        double[] up = Linear(x, prefix + "up_proj");
        return Linear([.. gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u)], prefix + "down_proj");
    }

    private double[] Norm(double[] x, string name)
    {
        double scale = 1 / Math.Sqrt(x.Sum(value => value * value) / x.Length + 1e-5);
        return [.. x.Select((value, i) => value * scale * checkpoint.Tensors[name].Values[i])];
    }

    private double[] Linear(double[] x, string name)
    {
        (long[] shape, float[] weights) = checkpoint.Tensors[name + ".weight"];
        var result = new double[shape[0]];
        for (int row = 0; row < result.Length; row++)
        {
            for (int i = 0; i < x.Length; i++)
                result[row] += weights[row * x.Length + i] * x[i];
            if (checkpoint.Tensors.TryGetValue(name + ".bias", out (long[] Shape, float[] Values) bias))
                result[row] += bias.Values[row];
        }

        return result;
    }

    private double[] Row(string name, int row) =>
        [.. checkpoint.Tensors[name].Values.Skip(row * checkpoint.Hidden).Take(checkpoint.Hidden).Select(value => (double)value)];

    private static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];
}
