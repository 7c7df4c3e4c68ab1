using System.CommandLine;
using System.CommandLine.Invocation;
using Watermark.Cli.Commands;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;

var root = new RootCommand(HelpText.Flow("""
    Was that model trained on ours? Marks the text that a language model writes with a secret key, and later tests whether
    a suspect model's replies carry the mark.

    Start with 'watermark demo'. Exit codes: 0 done, 1 internal error, 2 wrong input or usage, 130 interrupted (143, 129: told to end).
    """))
{
    DemoCommand.Create(),
    KeygenCommand.Create(),
    InspectCommand.Create(),
    TokenizeCommand.Create(),
    ExtractCommand.Create(),
    MergeCommand.Create(),
    DetectCommand.Create(),
    VerifyCommand.Create(),
    RecheckCommand.Create(),
    ValidateCommand.Create(),
    PowerCommand.Create(),
    SchemesCommand.Create(),
};

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
