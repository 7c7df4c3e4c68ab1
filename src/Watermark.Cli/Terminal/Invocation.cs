namespace Watermark.Cli.Terminal;

/// <summary>How the user starts the tool, so that command lines shown by the tool can be copied and run.</summary>
internal static class Invocation
{
    private const string ToolName = "watermark";

    /// <summary>The words with which this process was started.</summary>
    public static string OfProcess() =>
        From(Environment.ProcessPath, Path.Combine(AppContext.BaseDirectory, "Watermark.Cli.dll"), Environment.CurrentDirectory);

    /// <summary>The words that come before a command's name.</summary>
    /// <param name="processPath">The running program, or null where it is not known.</param>
    /// <param name="assembly">The tool's assembly, for the case that the program is <c>dotnet</c>.</param>
    /// <param name="currentDirectory">Paths below it are shown relative to it.</param>
    public static string From(string? processPath, string assembly, string currentDirectory)
    {
        string name = Path.GetFileName(processPath ?? ToolName);
        if (name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase))
            name = name[..^4];
        return name switch
        {
            ToolName => ToolName,
            "dotnet" => $"dotnet {Shown(assembly, currentDirectory)}",
            _ => Shown(processPath!, currentDirectory),
        };
    }

    private static string Shown(string path, string currentDirectory)
    {
        string relative = Path.GetRelativePath(currentDirectory, path);
        string shown = relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
        return shown.Contains(' ', StringComparison.Ordinal) ? $"\"{shown}\"" : shown;
    }
}
