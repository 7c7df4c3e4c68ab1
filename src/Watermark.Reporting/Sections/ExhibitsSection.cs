using Watermark.Forensics.Cases;
using Watermark.Reporting.Documents;
using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Sections;

/// <summary>How somebody who trusts nobody repeats the test.</summary>
internal static class RepeatSection
{
    /// <summary>The section.</summary>
    /// <param name="evidence">The case.</param>
    public static Section Create(Case evidence) => new("repeat", "How to repeat this",
    [
        new Paragraph("One command checks every signature, digest and time stamp of the case, computes every number again from the samples, and names each difference. It needs no network."),
        new Command("watermark check CASE --key owner.wmkey"),
        new Paragraph("CASE is the folder of this case, owner.wmkey the key, which is disclosed under a protective order. Without the key the same command checks everything but the scores. The samples hold tokens of the suspect's replies and no key; the same sample and key give the same numbers on every machine."),
        new Facts(
        [
            new("SHA-256 of the program", evidence.BuildHash.Length > 0 ? evidence.BuildHash : "not known", IsCode: evidence.BuildHash.Length > 0),
            new("SHA-256 of the statement", evidence.StatementSha256 ?? Numbers.None, IsCode: evidence.StatementSha256 is not null),
            new("Signer's key", evidence.SignerKeyId ?? Numbers.None, IsCode: evidence.SignerKeyId is not null),
        ]),
    ]);
}

/// <summary>The files of the case.</summary>
internal static class ExhibitsSection
{
    private const int Most = 200;

    /// <summary>The section.</summary>
    /// <param name="evidence">The case.</param>
    public static Section Create(Case evidence) => new("exhibits", "Exhibits", [.. Blocks(evidence)]);

    private static IEnumerable<Block> Blocks(Case evidence)
    {
        if (evidence.Files.Count == 0)
        {
            yield return new Paragraph("The case lists no files.");
            yield break;
        }

        yield return new Table(
            "The files of the case, without this report and the signed list that covers it",
            [new("Name", ColumnKind.Code), new("SHA-256", ColumnKind.Code), new("Bytes", ColumnKind.Number)],
            [.. evidence.Files.Take(Most).Select(file => (IReadOnlyList<string>)[PlainCharacters.Name(file.Name), file.Sha256, Numbers.Count(file.Size)])]);
        if (evidence.Files.Count > Most)
            yield return new Paragraph($"{Numbers.Count(evidence.Files.Count - Most)} more files stand in manifest.dsse.json.");
    }
}
