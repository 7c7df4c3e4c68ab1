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
                result.AddError($"{UsageError.OptionName(unknown.Value)} is not an option of this command.");
        });
        return option;
    }

    /// <summary>Whether an output that is there is replaced.</summary>
    public static Option<bool> Force() => new("--force") { Description = "Replace the output if it exists. What is read is never replaced." };

    /// <summary>Runs a command's body with the process's error stream.</summary>
    /// <param name="body">The body; returns the exit code.</param>
    public static Task<int> RunAsync(Func<Task<int>> body) => CommandRunner.RunAsync(body, Console.Error);
}
