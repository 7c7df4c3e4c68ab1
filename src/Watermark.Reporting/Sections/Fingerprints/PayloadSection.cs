using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Tracing.Payload;
using Watermark.Reporting.Documents;
using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Sections.Fingerprints;

/// <summary>A finding on the number that a text carries.</summary>
internal sealed class PayloadSection : IFindingSection
{
    /// <inheritdoc/>
    public string Question => Questions.Payload;

    /// <inheritdoc/>
    public IEnumerable<Block> Write(Case evidence, RankedFinding finding)
    {
        string bits = finding.Finding.Options.FirstOrDefault(option => option.Name == "bits")?.Value ?? "k";
        yield return new Paragraph(
            "With the key, each place of a text has a colour that a number names, and the service favours tokens of that colour. The number is read from the colours that stand out, with an error-correcting code. "
            + $"There are 2^{PlainCharacters.Name(bits)} numbers, and the best of them always agrees with more tokens than chance; the p-value is therefore multiplied by that count.",
            "Method.");
        string? payload = finding.Finding.Options.FirstOrDefault(option => option.Name == PayloadTest.PayloadOption)?.Value;
        yield return new Paragraph(payload is null ? "No number is reported: what was read is no more than chance gives." : $"The number is {PlainCharacters.Name(payload)} (hexadecimal).", "Payload.");
        foreach (Block block in FindingParts.All(evidence, finding))
            yield return block;
    }
}
