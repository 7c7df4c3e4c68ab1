using System.CommandLine;

namespace Watermark.Cli.Commands;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    /// <summary>Machine-readable output.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Write JSON to standard output and nothing else." };

    /// <summary>The inputs of a command.</summary>
    /// <param name="description">What they are.</param>
    public static Argument<string[]> Inputs(string description) => new("FILES") { Description = description, Arity = ArgumentArity.OneOrMore };
}
