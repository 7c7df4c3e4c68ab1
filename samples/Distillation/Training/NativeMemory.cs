using System.Runtime.InteropServices;

namespace Distillation.Training;

/// <summary>
/// Keeps the C library from returning every large tensor to the system and loading its pages again a moment later, which
/// costs more than the arithmetic of a small model.
/// </summary>
internal static partial class NativeMemory
{
    private const int TrimThreshold = -1;
    private const int MapThreshold = -3;

    public static void KeepLargeBlocks()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = SetOption(MapThreshold, 1 << 30);
            _ = SetOption(TrimThreshold, 1 << 30);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than glibc: slower, not wrong.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
