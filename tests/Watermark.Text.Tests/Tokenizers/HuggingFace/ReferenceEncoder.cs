using System.Runtime.InteropServices;

namespace Watermark.Text.Tests.Tokenizers.HuggingFace;

/// <summary>
/// Hugging Face's library tokenizers (Rust, 0.22.2), by the package Tokenizers.DotNet 1.4.1. It adds the marks of a
/// post-processor, so files for it have none.
/// </summary>
internal sealed class ReferenceEncoder(string path) : IDisposable
{
    private readonly global::Tokenizers.DotNet.Tokenizer tokenizer = new(path);

    public int[] Encode(string text) => [.. tokenizer.Encode(text).Select(id => (int)id)];

    public string Decode(int[] ids) => tokenizer.Decode([.. ids.Select(id => (uint)id)]);

    public void Dispose() => tokenizer.Dispose();
}

/// <summary>A test against the reference library; skipped where its native part is not built for.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ReferenceFactAttribute : FactAttribute
{
    public ReferenceFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            Skip = "The reference library is there for Linux on x64 only.";
    }
}
