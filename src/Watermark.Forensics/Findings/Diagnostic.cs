namespace Watermark.Forensics.Findings;

/// <summary>How severe a diagnostic is.</summary>
public enum DiagnosticSeverity
{
    /// <summary>Information for the reader; it changes nothing.</summary>
    Note,

    /// <summary>The finding is valid, but depends on something that a reader must judge.</summary>
    Warning,

    /// <summary>The finding is inconclusive, whatever its numbers are.</summary>
    Blocking,
}

/// <summary>One thing to know about a finding or a verdict.</summary>
/// <param name="Code">The code, for programs: one of <see cref="DiagnosticCodes"/>, in kebab case.</param>
/// <param name="Severity">How severe it is.</param>
/// <param name="Message">One sentence for a reader: what was seen, and what follows.</param>
public sealed record Diagnostic(string Code, DiagnosticSeverity Severity, string Message)
{
    /// <summary>A note.</summary>
    /// <param name="code">One of <see cref="DiagnosticCodes"/>.</param>
    /// <param name="message">One sentence.</param>
    public static Diagnostic Note(string code, string message) => new(code, DiagnosticSeverity.Note, message);

    /// <summary>A warning.</summary>
    /// <param name="code">One of <see cref="DiagnosticCodes"/>.</param>
    /// <param name="message">One sentence.</param>
    public static Diagnostic Warning(string code, string message) => new(code, DiagnosticSeverity.Warning, message);

    /// <summary>A diagnostic that makes the finding inconclusive.</summary>
    /// <param name="code">One of <see cref="DiagnosticCodes"/>.</param>
    /// <param name="message">One sentence.</param>
    public static Diagnostic Blocking(string code, string message) => new(code, DiagnosticSeverity.Blocking, message);
}
