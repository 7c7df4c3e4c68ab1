using System.Globalization;
using Watermark.Cli.Terminal;
using Watermark.Text.Documents;

namespace Watermark.Cli.Commands;

/// <summary>Reports on standard error what could not be read.</summary>
internal static class MalformedReport
{
    /// <summary>Shows the count and the first faults; writes nothing if everything was read.</summary>
    /// <param name="malformed">What the reader counted.</param>
    /// <param name="console">The output to write to.</param>
    /// <returns>The exit code: bad input if a file broke off, so that the input is incomplete.</returns>
    public static int Show(MalformedInput malformed, ConsoleOutput console)
    {
        if (malformed.Count == 0)
            return ExitCodes.Done;
        console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Warning: {malformed.Count} of {malformed.Total} lines could not be read and were left out:"));
        foreach (string fault in malformed.First)
            console.Error.WriteLine($"  {fault}");
        if (malformed.Count > malformed.First.Count)
            console.Error.WriteLine("  …");
        return malformed.IncompleteFiles.Count == 0 ? ExitCodes.Done : ExitCodes.BadInput;
    }
}
