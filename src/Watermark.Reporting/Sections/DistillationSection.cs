using Watermark.Forensics.Cases;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Reporting.Documents;
using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Sections;

/// <summary>A finding on whether a suspect was trained on text with the mark.</summary>
internal sealed class DistillationSection : IFindingSection
{
    /// <inheritdoc/>
    public string Question => DistillationTest.Question;

    /// <inheritdoc/>
    public IEnumerable<Block> Write(Case evidence, RankedFinding finding)
    {
        yield return new Paragraph(Method(finding.Finding), "Method.");
        yield return new Paragraph(Counting(finding.Finding), "Counting.");
        foreach (Block block in FindingParts.All(evidence, finding))
            yield return block;
    }

    private static string Method(Finding finding)
    {
        string scheme = finding.Key is { } key
            ? $"The scheme is {PlainCharacters.Name(key.Scheme)}{(key.Parameter("contextWidth") is { } width ? $", with a context of {PlainCharacters.Name(width)} tokens" : string.Empty)}{(key.Parameter("gamma") is { } gamma ? $" and gamma {PlainCharacters.Name(gamma)}" : string.Empty)}. "
            : string.Empty;
        return $"With the key, the tokens before a token decide how that token is scored; without the key, the scores look like coin tosses. The owner's service favours tokens with high scores. A model trained on such text inherits some of the preference. {scheme}"
            + "The test adds up the scores of the suspect's tokens and compares the sum with its distribution for text that has nothing to do with the key.";
    }

    private static string Counting(Finding finding)
    {
        MeasurementCounts counts = finding.Counts;
        string selection = finding.Options.FirstOrDefault(option => option.Name == "selection")?.Value is { } rule ? $" The rule of counting is \"{PlainCharacters.Name(rule)}\"." : string.Empty;
        string tokenizer = finding.Options.FirstOrDefault(option => option.Name == "tokenizer")?.Value is { } name ? $" Text was cut into tokens by {PlainCharacters.Name(name)}." : string.Empty;
        return $"Each context with its token counts once, however often it stands in the text, and nothing counts that a reply's own prompt decided: {Numbers.Count(counts.Tokens, "token")} gave {Numbers.Count(counts.Rows, "distinct row")}, {Numbers.Count(counts.LeftOutByPrompts)} of them were left out because of prompts, and {Numbers.Count(counts.Scored)} were scored.{selection}{tokenizer}";
    }
}
