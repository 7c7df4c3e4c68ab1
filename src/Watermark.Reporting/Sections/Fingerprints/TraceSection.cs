using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Reporting.Documents;

namespace Watermark.Reporting.Sections.Fingerprints;

/// <summary>A finding on the accounts through which a text came.</summary>
internal sealed class TraceSection : IFindingSection
{
    /// <inheritdoc/>
    public string Question => Questions.Trace;

    /// <inheritdoc/>
    public IEnumerable<Block> Write(Case evidence, RankedFinding finding)
    {
        yield return new Paragraph(
            "The mark favours a secret set of tokens, which has two halves. In text for an account, each context has a place in a list of 4,096 secret signs that belongs to the account, and the sign there says which half is favoured more. "
            + "The tokens of both halves are counted at each place, and the counts are compared with the signs of every account. For an account that has nothing to do with the text, each sign is a fair coin, which gives the exact p-value. "
            + "Every account and every campaign that was compared counts as a test.",
            "Method.");
        foreach (Block block in FindingParts.All(evidence, finding))
            yield return block;
    }
}
