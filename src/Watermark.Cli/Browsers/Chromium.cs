using System.Diagnostics;

namespace Watermark.Cli.Browsers;

/// <summary>The browser that prints a page as PDF: Chromium, or Chrome, as it is installed on the machine.</summary>
/// <param name="program">The full path of its program.</param>
internal sealed class Chromium(string program)
{
    /// <summary>The environment variable that names the program.</summary>
    public const string Variable = "WATERMARK_CHROMIUM";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private static readonly string[] Installed =
    [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe",
        @"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
        @"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ];

    /// <summary>The full path of its program.</summary>
    public string Program { get; } = program;

    /// <summary>Finds the browser: the variable where it is set, else the search path, else the usual folders.</summary>
    /// <param name="named">The value of <see cref="Variable"/>; null or empty where it is not set.</param>
    /// <param name="searchPath">The search path (<c>PATH</c>).</param>
    /// <returns>The browser; null where there is none.</returns>
    /// <exception cref="InputFormatException">The variable names no file.</exception>
    public static Chromium? Find(string? named, string? searchPath)
    {
        if (!string.IsNullOrEmpty(named))
            return File.Exists(named) ? new Chromium(Path.GetFullPath(named)) : throw new InputFormatException($"{Variable} names {named}, and there is no such file; the path of Chromium was expected.");
        IEnumerable<string> folders = (searchPath ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathFullyQualified);
        string? found = folders.SelectMany(folder => Names, (folder, name) => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name))
            .Concat(Installed).FirstOrDefault(File.Exists);
        return found is null ? null : new Chromium(found);
    }

    /// <summary>Prints a page as PDF. The page needs no network, and the browser is given none of the user's settings.</summary>
    /// <param name="page">The HTML file.</param>
    /// <param name="output">Where the PDF goes.</param>
    /// <param name="cancellationToken">Ends the browser.</param>
    /// <exception cref="InputFormatException">The browser did not print; the message says what it was.</exception>
    public async Task PrintAsync(string page, Stream output, CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("watermark-print-").FullName;
        try
        {
            string pdf = Path.Combine(folder, "report.pdf");
            await RunAsync(page, pdf, folder, cancellationToken).ConfigureAwait(false);
            if (!File.Exists(pdf))
                throw new InputFormatException($"{Program} ended without a PDF; print {page} from a browser instead.");
            FileStream file = File.OpenRead(pdf);
            await using (file.ConfigureAwait(false))
                await file.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Remove(folder);
        }
    }

    private async Task RunAsync(string page, string pdf, string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        string[] arguments =
        [
            "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-background-networking", "--disable-dev-shm-usage", $"--user-data-dir={Path.Combine(folder, "profile")}",
            "--no-pdf-header-footer", $"--print-to-pdf={pdf}", new Uri(Path.GetFullPath(page)).AbsoluteUri,
        ];

        // Chromium refuses to start as root with its sandbox; the page runs no script.
        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess)
            start.ArgumentList.Add("--no-sandbox");
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        using Process process = Start(start);
        try
        {
            Task drained = Task.WhenAll(process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            await drained.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new InputFormatException($"{Program} did not print within {Patience.TotalMinutes:0} minutes.");
        }
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new InputFormatException($"{Program} cannot be started; set {Variable} to the path of Chromium.", exception);
        }
    }

    /// <summary>Removes the temporary folder; helpers of the browser may still hold files in it, and then it is left.</summary>
    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }
}
