using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Reporting.Documents;

namespace Watermark.Reporting.Sections;

/// <summary>What the test cannot say.</summary>
internal static class LimitationsSection
{
    /// <summary>The section.</summary>
    /// <param name="evidence">The case.</param>
    public static Section Create(Case evidence) => new("limitations", "Limitations", [new Bullets([.. Items(evidence)])]);

    private static IEnumerable<string> Items(Case evidence)
    {
        Verdict verdict = evidence.Verdict;
        yield return "The test answers whether outputs depend on a key. It answers neither who is responsible, nor whether anything was allowed, nor what it was worth.";
        yield return "Support rests on the secrecy of the key: whoever has the key, or much text marked with it, can write text that carries the mark.";
        yield return "No support is not innocence. Paraphrasing, neutralisation at run time, and training on other text weaken or remove an inherited mark.";
        yield return "The prompts must not depend on the key. A model that is shown marked text repeats it, with no training at all; what prompts decided was left out as far as the prompts are recorded.";
        yield return "The numbers hold for the replies that were collected, from the endpoint as it was then. They say nothing about other versions of the model.";
        if (evidence.Validation is null)
            yield return "The error rate of the whole procedure was not measured. Mistakes that no p-value counts (wrong files, wrong tokenizer, faults of the program) are limited only by the checks that this report lists.";
        else
            yield return "The measured error rate holds for text like that on which it was measured; few corpora under many keys are not many models.";
        if (verdict.Findings.Any(finding => finding.Counts.Others.Any(count => count.Name == "unread" && count.Value > 0)))
            yield return "A part of the files could not be read; the findings say how much.";
        if (verdict.Findings.Any(finding => finding.IsApproximate))
            yield return "The distribution behind at least one finding holds only approximately, so that finding is inconclusive.";
        if (CaseStates.PlanOf(evidence) is null)
            yield return "No plan was fixed before, so nobody can tell which other tests were made and not shown.";
    }
}

/// <summary>What else could make the findings what they are.</summary>
internal static class AlternativesSection
{
    /// <summary>The section.</summary>
    /// <param name="evidence">The case.</param>
    public static Section Create(Case evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return new("alternatives", "Alternative explanations",
        [
            new Paragraph("H1 can be true for reasons other than training on the owner's outputs without leave. This test cannot tell these apart; other evidence must."),
            new Table("What else makes outputs depend on the key", [new("Explanation"), new("What would speak for or against it")],
            [
                ["Public web: marked text was published, and the suspect was trained on the web", "How much marked text was public before the suspect's training; dates of the crawl"],
                ["A data set of others: a third party collected the owner's outputs", "The suspect's data sets and their sources"],
                ["A shared ancestor: the suspect was made from a model that learned the mark", "The suspect's base model; the same test of that model"],
                ["A proxy: the endpoint passes the owner's replies on", "Latency, error messages, accounts; the owner's own logs"],
                ["Prompts: marked text stood in the prompts and was repeated", "The recorded prompts; the test leaves out what they decided"],
                ["A leaked or guessed key, or a forgery: text was written to carry the mark", "Who had the key; how the replies were obtained; the hash-chained log"],
                ["A key chosen after the fact", "The commitment, its time stamp and the size of the registry"],
                ["A fault of the program or of its use", "The controls, the random keys, the measured error rates, a repetition by others"],
            ]),
            new Paragraph("Findings without support can also arise although the suspect learned from the owner's outputs: where the mark was weak, a small part of the training text, or removed."),
        ]);
    }
}
