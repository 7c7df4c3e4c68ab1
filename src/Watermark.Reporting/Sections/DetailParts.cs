using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Reporting.Documents;

namespace Watermark.Reporting.Sections;

/// <summary>The figures and the sensitivity of a finding, where the test was asked for them.</summary>
internal static class DetailParts
{
    /// <summary>All of them, in their order.</summary>
    /// <param name="evidence">The case.</param>
    /// <param name="finding">The finding.</param>
    public static IEnumerable<Block> All(Case evidence, Finding finding)
    {
        _ = evidence;
        _ = finding;
        yield return new Subheading("Sensitivity", 2);
    }
}
