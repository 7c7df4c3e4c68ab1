using System.CommandLine;
using Watermark.Cli.Commands;
using Watermark.Cli.Terminal;

namespace Watermark.Cli.Demo;

/// <summary>Runs commands of the tool within the tool, so that a demonstration does what it tells users to do.</summary>
internal static class ToolCall
{
    /// <summary>Runs a command without its output; what it says is shown where it fails.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The command line without the tool's name.</returns>
    /// <exception cref="IOException">The command did not end with 0.</exception>
    public static string Run(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        string line = string.Join(' ', arguments.Select(argument => argument.Contains(' ', StringComparison.Ordinal) ? $"\"{argument}\"" : argument));
        (TextWriter output, TextWriter error) = (Console.Out, Console.Error);
        using var said = new StringWriter();
        int code;
        try
        {
            Console.SetOut(TextWriter.Null);
            Console.SetError(said);
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            code = ToolCommands.Create().Parse(arguments).InvokeAsync(configuration, cancellationToken).GetAwaiter().GetResult();
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return code == ExitCodes.Done ? line : throw new IOException($"'watermark {line}' ended with {code}: {said.ToString().Trim()}");
    }
}
