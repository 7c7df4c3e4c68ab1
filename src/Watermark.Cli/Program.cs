using System.CommandLine;
using System.CommandLine.Invocation;
using Watermark.Cli.Commands;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;

RootCommand root = ToolCommands.Create();

ParseResult parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction)
{
    await Console.Error.WriteLineAsync(UsageError.Sentence(parsed)).ConfigureAwait(false);
    return ExitCodes.BadInput;
}

using TerminationSignals signals = TerminationSignals.Listen(PendingFiles.DeleteAll);
StandardStreams.GuardConsole();
// Signals and exceptions are the tool's own business.
var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
int code = await CommandRunner.RunAsync(() => parsed.InvokeAsync(configuration, signals.Token), Console.Error).ConfigureAwait(false);
return signals.ExitCode ?? code;
