using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints.GhostPairs;
using Watermark.Reporting.Documents;
using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Sections.Fingerprints;

/// <summary>A finding on answers that the owner's key chose.</summary>
internal sealed class CanariesSection : IFindingSection
{
    /// <inheritdoc/>
    public string Question => Questions.Canaries;

    /// <inheritdoc/>
    public IEnumerable<Block> Write(Case evidence, RankedFinding finding)
    {
        Finding found = finding.Finding;
        yield return new Paragraph(
            $"The owner drew up secret questions and a list of {ClaimParts.Option(found, "answers")} answers, and a secret key gave each question one answer, its target. "
            + "The suspect was asked the questions. A model that has nothing to do with the key hits a target only where one of its replies begins with an answer of the list, and then with a probability of one to the length of the list; "
            + "the p-value adds up these probabilities question by question, so it holds for every way to reply, also for a model that always says the same.",
            "Method.");
        yield return ClaimParts.Commitment(found);
        yield return new Paragraph(
            $"Of {ClaimParts.Option(found, "questions")} questions {Numbers.Count(found.Counts.Scored)} have a reply; to {ClaimParts.Count(found, "repliesAmongAnswers")} of them the suspect gave an answer of the list, and to {ClaimParts.Count(found, "hits")} the target.",
            "Counting.");
        foreach (Block block in FindingParts.All(evidence, finding))
            yield return block;
    }
}

/// <summary>A finding on the variants that the owner's key chose to serve.</summary>
internal sealed class VariantsSection : IFindingSection
{
    /// <inheritdoc/>
    public string Question => Questions.Variants;

    /// <inheritdoc/>
    public IEnumerable<Block> Write(Case evidence, RankedFinding finding)
    {
        Finding found = finding.Finding;
        yield return new Paragraph(
            $"For each prompt the owner had {ClaimParts.Option(found, "variants")} replies that are equally good, and a secret key chose the one that was served. The suspect was asked the same prompts. "
            + "The test adds up how much of each served variant stands in the suspect's reply, and compares the sum with all the sums that other choices of the key would have given for the same replies. "
            + "That some variants are more usual than others changes nothing, since the choice was random.",
            "Method.");
        yield return ClaimParts.Commitment(found);
        yield return new Paragraph(
            $"Of {ClaimParts.Option(found, "units")} units {ClaimParts.Count(found, "asked")} have a reply, and the replies to {Numbers.Count(found.Counts.Scored)} of them resemble one variant more than another. The best variant is the served one in {ClaimParts.Count(found, "topOne")} of {ClaimParts.Count(found, "topOneUnits")} units that have a best one.",
            "Counting.");
        foreach (Block block in FindingParts.All(evidence, finding))
            yield return block;
    }
}

/// <summary>A finding on pairs of replies of which a coin chose the served one.</summary>
internal sealed class GhostPairsSection : IFindingSection
{
    /// <inheritdoc/>
    public string Question => Questions.GhostPairs;

    /// <inheritdoc/>
    public IEnumerable<Block> Write(Case evidence, RankedFinding finding)
    {
        Finding found = finding.Finding;
        bool likelihoods = found.Statistic == GhostPairTest.LikelihoodStatistic;
        yield return new Paragraph(
            "For each prompt the owner's model wrote two replies in the same way, and a coin of a secret key chose the one that was served; nobody outside has seen the other. "
            + (likelihoods
                ? "For each pair the suspect's preference between both texts, less that of the owner's own model, was measured by likelihoods. If the suspect has nothing to do with the coins, each preference points to the served text as often as to its twin, and the sum has an exactly known distribution."
                : "The suspect was asked the same prompts, and for each pair it was noted which of both texts its reply resembles more. If the suspect has nothing to do with the coins, that is the served text in half of the pairs."),
            "Method.");
        yield return ClaimParts.Commitment(found);
        yield return new Paragraph(
            $"Of {ClaimParts.Option(found, "pairs")} pairs {ClaimParts.Count(found, "asked")} were {(likelihoods ? "measured" : "answered")}, {Numbers.Count(found.Counts.Scored)} of them lean to one side, and {ClaimParts.Count(found, "leaningToServed")} to the served text.",
            "Counting.");
        foreach (Block block in FindingParts.All(evidence, finding))
            yield return block;
    }
}

/// <summary>What the sections of keyed claims share.</summary>
internal static class ClaimParts
{
    /// <summary>What was fixed before the data.</summary>
    /// <param name="finding">The finding.</param>
    public static Paragraph Commitment(Finding finding) => new(
        $"The key of claim {Option(finding, "claim")} was fixed by the commitment {Option(finding, "commitment")}; another key does not open it, and a change of the design gives another one.",
        "Commitment.");

    /// <summary>An option's value; a dash where there is none.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="name">The option.</param>
    public static string Option(Finding finding, string name) =>
        finding.Options.FirstOrDefault(option => option.Name == name)?.Value is { } value ? PlainCharacters.Name(value) : Numbers.None;

    /// <summary>A count; a dash where there is none.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="name">The count.</param>
    public static string Count(Finding finding, string name) =>
        finding.Counts.Others.FirstOrDefault(count => count.Name == name) is { } count ? Numbers.Count(count.Value) : Numbers.None;
}
