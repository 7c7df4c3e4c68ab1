namespace Watermark.Reporting.Tests.Printing;

/// <summary>A test that prints pages with Chromium. It is skipped, with the reason, where Chromium is not installed.</summary>
public sealed class ChromiumTheoryAttribute : TheoryAttribute
{
    private const string Variable = "WATERMARK_CHROMIUM";

    /// <summary>Creates the attribute.</summary>
    public ChromiumTheoryAttribute()
    {
        if (Program is null)
            Skip = $"Chromium is not installed, and {Variable} does not name it.";
    }

    /// <summary>The browser's program; null where there is none.</summary>
    public static string? Program { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
        ? named
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).SelectMany(folder => (string[])["chromium", "google-chrome"], Path.Combine).FirstOrDefault(File.Exists);
}
