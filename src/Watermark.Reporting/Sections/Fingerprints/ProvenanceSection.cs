using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints.Provenance;
using Watermark.Reporting.Documents;
using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Sections.Fingerprints;

/// <summary>A finding on whether a suspect agrees with the owner's model more often than with every control.</summary>
internal sealed class ProvenanceSection : IFindingSection
{
    /// <inheritdoc/>
    public string Question => Questions.Provenance;

    /// <inheritdoc/>
    public IEnumerable<Block> Write(Case evidence, RankedFinding finding)
    {
        yield return new Paragraph(
            "All models answered the same prompts, and the first word of an answer counts. For each control, the prompts count to which the suspect gave the answer of the owner's model and not the control's, or the reverse; "
            + "if the suspect is no nearer to the owner's model, either is as likely. The weakest of these comparisons counts. The lead over the nearest control is also ranked among the leads of models that do not come from the owner's, and the larger of both p-values is the result.",
            "Method.");
        IReadOnlyList<ControlComparison> comparisons = ProvenanceTest.Comparisons(finding.Finding);
        if (comparisons.Count > 0)
        {
            yield return new Table(
                "The suspect between the owner's model and each control",
                [new("Control"), new("Equal answers", ColumnKind.Number), new("Owner's model only", ColumnKind.Number), new("Control only", ColumnKind.Number), new("p-value", ColumnKind.Number), new("After Holm", ColumnKind.Number), new(ErrorRate.Column, ColumnKind.Number)],
                [
                    .. comparisons.Select(item => (IReadOnlyList<string>)
                    [
                        PlainCharacters.Name(item.Control), Numbers.Count(item.Agreements), Numbers.Count(item.ReferenceOnly), Numbers.Count(item.ControlOnly), Numbers.FromLn(item.LogP), Numbers.FromLn(item.AdjustedLogP), ErrorRate.Of(evidence),
                    ]),
                ]);
        }

        foreach (Block block in FindingParts.All(evidence, finding))
            yield return block;
    }
}
