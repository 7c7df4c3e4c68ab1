using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Reporting.Documents;

namespace Watermark.Reporting.Sections.Fingerprints;

/// <summary>A finding on the rank of a suspect's statistic among reference models.</summary>
internal sealed class ReferenceRankSection : IFindingSection
{
    /// <inheritdoc/>
    public string Question => Questions.ReferenceRank;

    /// <inheritdoc/>
    public IEnumerable<Block> Write(Case evidence, RankedFinding finding)
    {
        yield return new Paragraph(
            "One number says how alike a model is to the owner's. It was computed in the same way for the suspect and for reference models that did not learn from the owner's model, students of its siblings among them. "
            + "If the suspect is a model like the references, its number is as likely to be the largest, the second largest, and so on; the p-value is its rank from above, divided by the number of models.",
            "Method.");
        foreach (Block block in FindingParts.All(evidence, finding))
            yield return block;
    }
}
