using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Reporting.Documents;
using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Sections.Fingerprints;

/// <summary>A finding on whether an endpoint serves another model than the one it is compared with.</summary>
internal sealed class EqualitySection : IFindingSection
{
    /// <inheritdoc/>
    public string Question => Questions.Equality;

    /// <inheritdoc/>
    public IEnumerable<Block> Write(Case evidence, RankedFinding finding)
    {
        string length = Option(finding.Finding, "length") ?? "some";
        string compared = $"Both models replied several times to the same prompts, and the first {PlainCharacters.Name(length)} characters of the replies are compared, place by place. ";
        yield return new Paragraph(
            Option(finding.Finding, "looks") == "any"
                ? compared + "Before each next pair of replies the test bets on which of the two comes from the reference. If both come from the same model, no way of betting gains in the long run; the wealth is the e-value, however often one looks."
                : compared + "If both come from the same model, it makes no difference which reply is counted as whose. The test therefore exchanges replies within each prompt, again and again, and counts how often the difference becomes as large as it is.",
            "Method.");
        foreach (Block block in FindingParts.All(evidence, finding))
            yield return block;
    }

    private static string? Option(Finding finding, string name) => finding.Options.FirstOrDefault(option => option.Name == name)?.Value;
}
