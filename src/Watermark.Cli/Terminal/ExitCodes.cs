namespace Watermark.Cli.Terminal;

/// <summary>The tool's exit codes. A verdict is a result, not an error: it never changes the code.</summary>
internal static class ExitCodes
{
    /// <summary>The command succeeded.</summary>
    public const int Done = 0;

    /// <summary>What was checked is not as it should be: a file of a case was changed, or a receipt does not fit its text.</summary>
    public const int NotIntact = 1;

    /// <summary>The command line or an input is wrong, or an output cannot be written; one sentence on the error stream says what.</summary>
    public const int BadInput = 2;

    /// <summary>The tool itself failed; the user's input was not at fault (EX_SOFTWARE of sysexits.h).</summary>
    public const int InternalError = 70;

    /// <summary>
    /// The user pressed Ctrl-C: 128 plus the number of the interrupt signal, as shells have it. SIGTERM gives 143 and SIGHUP
    /// 129.
    /// </summary>
    public const int Cancelled = 130;

    /// <summary>Nobody reads the standard output any more: 128 plus the number of SIGPIPE.</summary>
    public const int OutputClosed = 141;
}
