using System.CommandLine;
using System.CommandLine.Invocation;
using Watermark.Cli.Commands;
using Watermark.Cli.Terminal;

var root = new RootCommand(HelpText.Flow("""
    Was that model trained on ours? Marks the text that a language model writes with a secret key, and later tests whether
    a suspect model's replies carry the mark.

    Start with 'watermark demo'. Exit codes: 0 done, 1 internal error, 2 wrong input or usage, 130 interrupted.
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
    PowerCommand.Create(),
    SchemesCommand.Create(),
};

ParseResult parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction failure)
    failure.ShowHelp = false;
int code = await parsed.InvokeAsync().ConfigureAwait(false);
return parsed.Errors.Count > 0 ? ExitCodes.BadInput : code;
