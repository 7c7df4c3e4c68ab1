using System.Diagnostics;
using System.Globalization;

namespace Watermark.TestKit;

/// <summary>Runs a program of <c>samples</c> as the solution built it.</summary>
public static class SampleProgram
{
    /// <summary>Runs a sample; it must end with 0.</summary>
    /// <param name="folder">Its folder below <c>samples</c>.</param>
    /// <param name="assembly">The name of its assembly.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>What it printed.</returns>
    public static string Run(string folder, string assembly, params string[] arguments)
    {
        DirectoryInfo output = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        string program = Path.Combine(Root(), "samples", folder, "bin", output.Parent!.Name, output.Name, assembly + ".dll");
        if (!File.Exists(program))
            throw new InvalidOperationException($"{program} is missing: build Watermark.sln first.");
        var start = new ProcessStartInfo("dotnet", ["exec", program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? printed : throw new InvalidOperationException($"{assembly} ended with {process.ExitCode}:\n{printed}{error.GetAwaiter().GetResult()}");
    }

    /// <summary>The number after "ln p = " in the last line of what a sample printed.</summary>
    /// <param name="printed">What it printed.</param>
    public static double LastLogP(string printed)
    {
        ArgumentNullException.ThrowIfNull(printed);
        string line = printed.TrimEnd().Split('\n')[^1];
        int start = line.IndexOf("ln p = ", StringComparison.Ordinal);
        if (start < 0)
            throw new FormatException($"The last line holds no 'ln p = …': {line}");
        string number = line[(start + 7)..].Split(' ', ',', ')')[0];
        return double.Parse(number, CultureInfo.InvariantCulture);
    }

    /// <summary>The root of the tree.</summary>
    public static string Root()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Watermark.sln")))
            root = root.Parent;
        return root?.FullName ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} has Watermark.sln.");
    }
}
