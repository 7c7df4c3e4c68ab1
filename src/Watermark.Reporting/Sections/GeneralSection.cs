using Watermark.Forensics.Cases;
using Watermark.Reporting.Documents;
using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Sections;

/// <summary>A finding of a kind that no other section writes about: everything that all findings have.</summary>
internal sealed class GeneralSection : IFindingSection
{
    /// <inheritdoc/>
    public string Question => string.Empty;

    /// <inheritdoc/>
    public IEnumerable<Block> Write(Case evidence, RankedFinding finding)
    {
        yield return new Paragraph($"The kind of this finding is \"{PlainCharacters.Name(finding.Finding.Question)}\". This report shows what every finding has; the reader must know the method.");
        foreach (Block block in FindingParts.All(evidence, finding))
            yield return block;
    }
}
