using Watermark.Cli.Commands;

namespace Watermark.Cli.Fingerprints;

/// <summary>The help of a method's command.</summary>
internal static class MethodHelp
{
    /// <summary>What the method answers, and the example that makes the files which the examples of its subcommands read.</summary>
    /// <param name="method">The method.</param>
    /// <param name="summary">What it answers.</param>
    public static string Of(string method, string summary) => HelpText.Flow($"""
        {summary}

        Examples:
          watermark demo --scenario {method} --out {method}
        """);
}
