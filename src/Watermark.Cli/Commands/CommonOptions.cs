using System.CommandLine;
using Watermark.Cli.Terminal;

namespace Watermark.Cli.Commands;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    /// <summary>Machine-readable output.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Write JSON to standard output and nothing else." };

    /// <summary>The inputs of a command.</summary>
    /// <param name="description">What they are.</param>
    public static Argument<string[]> Inputs(string description) => new("FILES") { Description = description, Arity = ArgumentArity.OneOrMore };

    /// <summary>An option that may have several values. A value that looks like an option is refused.</summary>
    /// <param name="option">The option.</param>
    public static Option<string[]> Several(Option<string[]> option)
    {
        option.AllowMultipleArgumentsPerToken = true;
        option.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(token => token.Value.StartsWith("--", StringComparison.Ordinal)) is { } unknown)
                result.AddError($"{unknown.Value} is not an option of this command.");
        });
        return option;
    }

    /// <summary>Throws if an output is one of the inputs, or lies in an input folder and exists.</summary>
    /// <param name="output">The file that will be written; null for none.</param>
    /// <param name="inputs">What is read: files, folders or <c>-</c>.</param>
    public static void RefuseInput(string? output, IReadOnlyList<string> inputs)
    {
        if (output is null || !File.Exists(output))
            return;
        string full = Resolve(output);
        foreach (string input in inputs.Where(input => input != "-"))
        {
            string read = Resolve(input);
            if (full == read || (Directory.Exists(read) && full.StartsWith(read + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
                throw new InputFormatException($"{output}: the output is an input, {input}, and would overwrite it; name another file.");
        }
    }

    /// <summary>The full path, behind links.</summary>
    private static string Resolve(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        return File.Exists(full) && File.ResolveLinkTarget(full, returnFinalTarget: true) is { } target ? target.FullName : full;
    }

    /// <summary>Runs a command's body with the process's error stream.</summary>
    /// <param name="body">The body; returns the exit code.</param>
    public static Task<int> RunAsync(Func<Task<int>> body) => CommandRunner.RunAsync(body, Console.Error);
}
