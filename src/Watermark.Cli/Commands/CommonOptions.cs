using System.CommandLine;
using Watermark.Cli.Terminal;

namespace Watermark.Cli.Commands;

/// <summary>What several commands share.</summary>
internal static class CommonOptions
{
    /// <summary>Machine-readable output.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Write JSON to standard output and nothing else." };

    /// <summary>The inputs of a command.</summary>
    /// <param name="description">What they are.</param>
    public static Argument<string[]> Inputs(string description) => new("FILES") { Description = description, Arity = ArgumentArity.OneOrMore };

    /// <summary>Runs a command's body with the process's error stream.</summary>
    /// <param name="body">The body; returns the exit code.</param>
    public static Task<int> RunAsync(Func<Task<int>> body) => CommandRunner.RunAsync(body, Console.Error);
}
