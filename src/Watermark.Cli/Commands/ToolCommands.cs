using System.CommandLine;
using Watermark.Cli.Fingerprints;

namespace Watermark.Cli.Commands;

/// <summary>All commands of the tool, in the order of the work.</summary>
internal static class ToolCommands
{
    /// <summary>The commands.</summary>
    public static RootCommand Create() => new(HelpText.Flow("""
        Was that model trained on ours? Marks the text that a language model writes with a secret key, and later tests whether
        a suspect model's replies carry the mark.

        Start with 'watermark demo'. Exit codes: 0 done, 1 what was checked is not intact, 2 wrong input or usage, 70 internal
        error, 130 interrupted (143, 129: told to end).
        """))
    {
        DemoCommand.Create(),
        KeygenCommand.Create(),
        SignerCommand.Create(),
        CommitCommand.Create(),
        TimestampCommand.Create(),
        PlanCommand.Create(),
        CollectCommand.Create(),
        ImportCommand.Create(),
        InspectCommand.Create(),
        TokenizeCommand.Create(),
        ExtractCommand.Create(),
        MergeCommand.Create(),
        DetectCommand.Create(),
        ReceiptCommand.Create(),
        VerifyCommand.Create(),
        RecheckCommand.Create(),
        FingerprintCommand.Create(),
        ValidateCommand.Create(),
        ReportCommand.Create(),
        CheckCommand.Create(),
        PackageCommand.Create(),
        PowerCommand.Create(),
        TuneCommand.Create(),
        SchemesCommand.Create(),
    };
}
