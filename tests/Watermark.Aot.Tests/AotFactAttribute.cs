using System.Runtime.InteropServices;

namespace Watermark.Aot.Tests;

/// <summary>
/// A test that compiles a program ahead of time. Skipped, with the reason, where the machine has no linker for it; never on
/// the build server (<c>CI=true</c>), whose script installs one.
/// </summary>
public sealed class AotFactAttribute : FactAttribute
{
    public AotFactAttribute()
    {
        bool required = Environment.GetEnvironmentVariable("CI") == "true";
        if (!required && Missing() is { } missing)
            Skip = missing;
    }

    /// <summary>The linker's driver: clang, as the SDK has it, or gcc.</summary>
    public static string? Linker { get; } = new[] { "clang", "gcc" }.FirstOrDefault(IsOnPath);

    private static string? Missing() =>
        !OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64 ? "Native AOT is tested on Linux x64 only."
        : Linker is null ? "Native AOT links with clang or gcc, and neither is on the PATH (apt-get install gcc libc6-dev zlib1g-dev)."
        : null;

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
