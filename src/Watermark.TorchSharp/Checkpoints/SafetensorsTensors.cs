using TorchSharp;
using Watermark.Models.Checkpoints;

namespace Watermark.TorchSharp.Checkpoints;

/// <summary>Reads tensors of safetensors files into TorchSharp.</summary>
internal static class SafetensorsTensors
{
    private const int BlockBytes = 1 << 26;

    /// <summary>Reads one tensor.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">The tensor's name.</param>
    /// <returns>A tensor on the CPU, in the file's type; the caller disposes it.</returns>
    /// <exception cref="InputFormatException">There is no tensor with this name, or its type is not float32, float16 or bfloat16.</exception>
    public static torch.Tensor Read(this SafetensorsFile file, string name)
    {
        torch.ScalarType type = file.TypeOf(name) switch
        {
            "F32" => torch.ScalarType.Float32,
            "F16" => torch.ScalarType.Float16,
            "BF16" => torch.ScalarType.BFloat16,
            string other => throw new InputFormatException($"The tensor '{name}' has type {other}; F32, F16 or BF16 was expected."),
        };
        torch.Tensor tensor = torch.empty([.. file.ShapeOf(name)], dtype: type);
        using torch.Tensor flat = tensor.view(-1);
        long size = tensor.element_size();
        long block = BlockBytes / size;
        for (long at = 0; at < tensor.numel(); at += block)
        {
            using torch.Tensor part = flat.narrow(0, at, Math.Min(block, tensor.numel() - at));
            file.ReadBytes(name, at * size, part.bytes);
        }

        return tensor;
    }
}
