using Xunit;

namespace Watermark.TestKit;

/// <summary>
/// A test on real-world data that is not part of the project because of its licence. It is skipped, with the reason,
/// where the environment variable <see cref="Variable"/> names no folder that holds the data.
/// </summary>
public sealed class ConformanceFactAttribute : FactAttribute
{
    /// <summary>The environment variable with the folder of the data.</summary>
    public const string Variable = "WATERMARK_CONFORMANCE_DATA";

    /// <summary>Creates the attribute.</summary>
    /// <param name="path">The folder or file the test needs, below the folder of the data.</param>
    public ConformanceFactAttribute(string path)
    {
        string? root = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(root))
            Skip = $"{Variable} is not set; it names the folder that holds {path}.";
        else if (!Path.Exists(Path.Combine(root, path)))
            Skip = $"{Variable} is {root}, where {path} is not.";
    }

    /// <summary>The full path of conformance data; to be asked by a test that is not skipped.</summary>
    /// <param name="path">Below the folder of the data.</param>
    public static string PathOf(string path) => Path.Combine(
        Environment.GetEnvironmentVariable(Variable) ?? throw new InvalidOperationException($"{Variable} is not set."), path);
}
