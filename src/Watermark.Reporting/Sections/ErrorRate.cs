using Watermark.Forensics.Cases;
using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Sections;

/// <summary>The measured error rate of the whole procedure, which stands beside every p-value.</summary>
internal static class ErrorRate
{
    /// <summary>The name of the column beside p-values.</summary>
    public const string Column = "Measured false-positive bound of the procedure";

    /// <summary>The bound, short.</summary>
    /// <param name="evidence">The case.</param>
    public static string Of(Case evidence) => evidence.Validation switch
    {
        null => "not measured",
        { Fault: not null } => "measured, not for this test",
        { } validation => $"at most {Numbers.Percent(validation.UpperBound)}",
    };

    /// <summary>A p-value with the bound beside it.</summary>
    /// <param name="evidence">The case.</param>
    /// <param name="logP">ln p; NaN where there is none.</param>
    public static string Beside(Case evidence, double logP) => double.IsNaN(logP) ? Numbers.None : $"{Numbers.FromLn(logP)} (procedure: {Of(evidence)})";
}
