using TorchSharp;
using TorchSharp.Modules;

namespace Watermark.TorchSharp.Models;

/// <summary>Causal self-attention with rotary positions and heads that share keys and values (Ainslie et al., 2023).</summary>
internal sealed class Attention : torch.nn.Module
{
    private readonly TransformerOptions options;
    private readonly RotaryTable rotary;
    private readonly int? window;
    private readonly Linear queries;
    private readonly Linear keys;
    private readonly Linear values;
    private readonly Linear output;

    public Attention(TransformerOptions options, int layer, RotaryTable rotary, torch.ScalarType type)
        : base(nameof(Attention))
    {
        this.options = options;
        this.rotary = rotary;
        window = layer >= options.FirstSlidingLayer ? options.SlidingWindow : null;
        int width = options.Heads * options.WidthOfHead;
        int shared = options.SharedHeads * options.WidthOfHead;
        queries = torch.nn.Linear(options.HiddenSize, width, options.InputBias, dtype: type);
        keys = torch.nn.Linear(options.HiddenSize, shared, options.InputBias, dtype: type);
        values = torch.nn.Linear(options.HiddenSize, shared, options.InputBias, dtype: type);
        output = torch.nn.Linear(width, options.HiddenSize, options.OutputBias, dtype: type);
        register_module("q_proj", queries);
        register_module("k_proj", keys);
        register_module("v_proj", values);
        register_module("o_proj", output);
    }

    /// <summary>Attends from every position of the input to that position and all earlier ones.</summary>
    /// <param name="input">Shape [batch, length, width].</param>
    /// <param name="memory">Keys and values of earlier positions; the new ones are added. Null where there are none.</param>
    public torch.Tensor Forward(torch.Tensor input, KeyValueMemory? memory)
    {
        long batch = input.shape[0];
        long length = input.shape[1];
        long past = memory?.Length ?? 0;
        torch.Tensor query = rotary.Turn(Split(queries.call(input), options.Heads, batch, length), past);
        torch.Tensor key = rotary.Turn(Split(keys.call(input), options.SharedHeads, batch, length), past);
        torch.Tensor value = Split(values.call(input), options.SharedHeads, batch, length);
        if (memory is not null)
            (key, value) = memory.Append(key, value);

        int group = options.Heads / options.SharedHeads;
        if (group > 1)
            (key, value) = (key.repeat_interleave(group, 1), value.repeat_interleave(group, 1));
        bool onlyCausal = past == 0 && (window is null || length <= window);
        torch.Tensor? mask = onlyCausal || (length == 1 && (window is null || past < window)) ? null : Mask(length, past, input.device);
        torch.Tensor mixed = torch.nn.functional.scaled_dot_product_attention(query, key, value, mask!, 0, onlyCausal && length > 1);
        return output.call(mixed.transpose(1, 2).reshape(batch, length, options.Heads * options.WidthOfHead));
    }

    private torch.Tensor Split(torch.Tensor projected, int heads, long batch, long length) =>
        projected.view(batch, length, heads, options.WidthOfHead).transpose(1, 2);

    /// <summary>True where the query at past + i may see the key at j: j ≤ past + i, and within the window.</summary>
    private torch.Tensor Mask(long length, long past, torch.Device device)
    {
        long reach = window ?? long.MaxValue;
        var visible = new bool[length * (past + length)];
        for (long i = 0; i < length; i++)
        {
            for (long j = Math.Max(0, past + i + 1 - Math.Min(reach, past + i + 1)); j <= past + i; j++)
                visible[i * (past + length) + j] = true;
        }

        return torch.tensor(visible, length, past + length, device: device);
    }
}
