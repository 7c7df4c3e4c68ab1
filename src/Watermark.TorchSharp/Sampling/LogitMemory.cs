using System.Runtime.InteropServices;
using TorchSharp;

namespace Watermark.TorchSharp.Sampling;

/// <summary>Gives logits as spans.</summary>
internal static class LogitMemory
{
    /// <summary>Throws where the tensor is not a batch of floating-point logits.</summary>
    public static void Check(torch.Tensor logits, int rows)
    {
        ArgumentNullException.ThrowIfNull(logits);
        if (logits.dim() != 2 || logits.shape[0] != rows)
            throw new ArgumentException($"The logits have shape [{string.Join(", ", logits.shape)}]; [{rows}, vocabulary] was expected.", nameof(logits));
        if (logits.dtype is not (torch.ScalarType.Float32 or torch.ScalarType.Float16 or torch.ScalarType.BFloat16))
            throw new ArgumentException($"The logits have type {logits.dtype}; float32, float16 or bfloat16 was expected.", nameof(logits));
    }

    /// <summary>Whether a tensor's memory can be read and written in place.</summary>
    public static bool IsPlain(torch.Tensor tensor) =>
        tensor.device.type == DeviceType.CPU && tensor.dtype == torch.ScalarType.Float32 && tensor.is_contiguous();

    /// <summary>The numbers of a plain tensor; valid while the tensor lives.</summary>
    public static Span<float> Span(torch.Tensor plain) => MemoryMarshal.Cast<byte, float>(plain.bytes);
}
