using ArmAes = System.Runtime.Intrinsics.Arm.Aes;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace Watermark.Randomness;

/// <summary>The ways to encrypt AES blocks. All give the same bits; they differ in speed.</summary>
internal enum AesPath
{
    /// <summary>AES-NI instructions of x86, eight blocks in flight.</summary>
    X86,

    /// <summary>AES instructions of Arm64, eight blocks in flight.</summary>
    Arm,

    /// <summary>The platform's cipher, in buffers.</summary>
    Platform,
}

/// <summary>Which paths this processor has.</summary>
internal static class AesPaths
{
    /// <summary>The fastest path here; chosen once.</summary>
    public static AesPath Best { get; } = X86Aes.IsSupported ? AesPath.X86 : ArmAes.IsSupported ? AesPath.Arm : AesPath.Platform;

    /// <summary>Every path that runs here.</summary>
    public static IReadOnlyList<AesPath> Supported { get; } = [.. Enum.GetValues<AesPath>().Where(IsSupported)];

    /// <summary>Whether a path runs here.</summary>
    /// <param name="path">The path.</param>
    public static bool IsSupported(AesPath path) => path switch
    {
        AesPath.X86 => X86Aes.IsSupported,
        AesPath.Arm => ArmAes.IsSupported,
        _ => true,
    };
}
