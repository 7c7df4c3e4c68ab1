namespace Watermark.Cli.Terminal;

/// <summary>
/// Runs a command and turns errors into an exit code and one sentence on the error stream. Messages of unexpected exceptions
/// may quote input, so only their class is shown unless <c>WATERMARK_DEBUG=1</c> is set.
/// </summary>
internal static class CommandRunner
{
    /// <summary>The environment variable that, if set to 1, makes the tool print unexpected exceptions in full.</summary>
    public const string DebugVariable = "WATERMARK_DEBUG";

    /// <summary>What is said when the user ends a command.</summary>
    public const string CancelledMessage = "Cancelled.";

    /// <summary>Runs a command.</summary>
    /// <param name="command">The command; returns its exit code.</param>
    /// <param name="error">The stream for error messages.</param>
    /// <param name="debug">Whether to print unexpected exceptions in full; null reads <see cref="DebugVariable"/>.</param>
    /// <returns>The command's own code, or one of <see cref="ExitCodes"/>.</returns>
    public static int Run(Func<int> command, TextWriter error, bool? debug = null)
    {
        ArgumentNullException.ThrowIfNull(command);
        return RunAsync(() => Task.FromResult(command()), error, debug).GetAwaiter().GetResult();
    }

    /// <summary>Runs an asynchronous command; see <see cref="Run"/>.</summary>
    /// <param name="command">The command; returns its exit code.</param>
    /// <param name="error">The stream for error messages.</param>
    /// <param name="debug">Whether to print unexpected exceptions in full; null reads <see cref="DebugVariable"/>.</param>
    /// <returns>The command's own code, or one of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(Func<Task<int>> command, TextWriter error, bool? debug = null)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(error);
        try
        {
            return await command().ConfigureAwait(false);
        }
        catch (Exception exception) when (FirstCause(exception) is OperationCanceledException)
        {
            Say(error, CancelledMessage);
            return ExitCodes.Cancelled;
        }
        catch (Exception exception) when (FirstCause(exception) is OutputClosedException)
        {
            return ExitCodes.OutputClosed;
        }
        catch (Exception exception) when (IsBadInput(FirstCause(exception)))
        {
            Say(error, PlainText.Of(Sentence(FirstCause(exception))));
            return ExitCodes.BadInput;
        }
        catch (Exception exception) // The last handler of the process: every other exception becomes exit code 1.
        {
            bool whole = debug ?? Environment.GetEnvironmentVariable(DebugVariable) == "1";
            Say(error, whole ? exception.ToString() : $"Internal error ({FirstCause(exception).GetType().Name}); set {DebugVariable}=1 to see where.");
            return ExitCodes.InternalError;
        }
    }

    /// <summary>Writes a message. Where the terminal is gone, the exit code must do.</summary>
    /// <param name="error">The error stream.</param>
    /// <param name="message">The message.</param>
    public static void Say(TextWriter error, string message)
    {
        try
        {
            error.WriteLine(message);
        }
        catch (IOException)
        {
        }
    }

    /// <summary>The first failure of parallel work that is not the cancellation of the rest; the exception itself otherwise.</summary>
    private static Exception FirstCause(Exception exception)
    {
        if (exception is not AggregateException aggregate || aggregate.Flatten().InnerExceptions is not { Count: > 0 } causes)
            return exception;
        return causes.FirstOrDefault(cause => cause is not OperationCanceledException) ?? causes[0];
    }

    /// <summary>A null argument is an error of the tool; any other argument or file comes from the command line.</summary>
    private static bool IsBadInput(Exception exception) =>
        exception is InputFormatException or IOException or UnauthorizedAccessException
        || exception is ArgumentException and not ArgumentNullException;

    /// <summary>
    /// The first line, without the parameter name that .NET appends, ending in a full stop. The tool's own messages have one
    /// line, and a line break in them is part of a name.
    /// </summary>
    private static string Sentence(Exception exception)
    {
        string message = exception.Message;
        string line = exception is InputFormatException ? message : message.ReplaceLineEndings("\n").Split('\n')[0].Trim();
        int parameter = line.LastIndexOf(" (Parameter '", StringComparison.Ordinal);
        if (parameter >= 0 && line.EndsWith("')", StringComparison.Ordinal))
            line = line[..parameter];
        return line.Length == 0 || line[^1] is '.' or '!' or '?' ? line : line + ".";
    }
}
