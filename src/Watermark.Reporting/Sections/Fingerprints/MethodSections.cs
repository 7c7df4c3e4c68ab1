using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Reporting.Documents;
using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Sections.Fingerprints;

/// <summary>A finding of a method that a paragraph explains, with what all findings have.</summary>
/// <param name="question">The question.</param>
/// <param name="method">What is done, in plain words.</param>
/// <param name="noted">Counts of the finding that are named in a sentence: their names, and the words before their values.</param>
internal abstract class MethodSection(string question, string method, params (string Count, string Words)[] noted) : IFindingSection
{
    /// <inheritdoc/>
    public string Question => question;

    /// <inheritdoc/>
    public IEnumerable<Block> Write(Case evidence, RankedFinding finding)
    {
        yield return new Paragraph(method, "Method.");
        string[] counts =
        [
            .. noted.Select(item => (item.Words, Value: finding.Finding.Counts.Others.FirstOrDefault(count => count.Name == item.Count)?.Value))
                .Where(item => item.Value is not null).Select(item => $"{item.Words} {Numbers.Count(item.Value!.Value)}"),
        ];
        if (counts.Length > 0)
            yield return new Paragraph($"{string.Join("; ", counts)}.", "Counts.");
        foreach (Block block in FindingParts.All(evidence, finding))
            yield return block;
    }
}

/// <summary>Keyed answers to secret questions.</summary>
internal sealed class CanariesSection() : MethodSection(
    Questions.Canaries,
    "The owner has a list of questions that nobody else asks, and a list of answers. A secret key chose one answer for each question. Whoever learned from the owner's model or its replies gives the chosen answers more often than others do. "
        + "The suspect's replies are taken as they are; only the key's choice is random. A reply that is one of the answers has the chosen one with a probability of one in the number of answers, and the test adds up these probabilities.",
    ("hits", "Questions answered with the chosen answer:"), ("repliesAmongAnswers", "replies that are one of the answers:"), ("notAsked", "questions without a reply:"));

/// <summary>Variants of which the key chose the served one.</summary>
internal sealed class VariantsSection() : MethodSection(
    Questions.Variants,
    "For each prompt the owner has several replies that are equally good. A secret key chose the one that was served. The suspect is asked the same prompts, and each reply is compared with all variants by the pieces of five letters that they share. "
        + "If the suspect has nothing to do with the key, any variant could as well have been the served one: the sum of the similarities to the served variants is compared with the sums of all other choices.",
    ("asked", "Prompts asked:"), ("topOne", "prompts whose best variant is the served one:"), ("topOneUnits", "of so many with a best variant:"));

/// <summary>Pairs of replies of which a coin chose the served one.</summary>
internal sealed class GhostPairsSection() : MethodSection(
    Questions.GhostPairs,
    "For each prompt the owner's model, without a mark, wrote two replies, and a coin of a secret key decided which one was served. Nobody has seen the other. Whoever learned from the served replies leans to them. "
        + "If the suspect has nothing to do with the coins, it leans to the served reply of a pair as often as to its twin.",
    ("asked", "Pairs tested:"), ("leaningToServed", "pairs that lean to the served reply:"));

/// <summary>Replies under keys that are younger than the suspect.</summary>
internal sealed class RelaySection() : MethodSection(
    Questions.Relay,
    "The owner's service changes its key from time to time. A model cannot have learned a key that did not exist when it was trained. Where replies of an endpoint carry the mark of a key that is younger than the suspect, the endpoint passed replies of the owner's service on. "
        + "The test counts the tokens that the young key favours and compares the count with chance.");

/// <summary>Keys of several epochs on one text.</summary>
internal sealed class EpochsSection() : MethodSection(
    Questions.Epochs,
    "The owner's service changes its key from time to time. The text of the suspect is tested under the key of each period; the periods whose keys show are those in which the owner's service wrote what the suspect was trained on.");

/// <summary>Marks in contexts that were never served.</summary>
internal sealed class NoveltySection() : MethodSection(
    Questions.Novelty,
    "The owner logged every context, that is, every run of tokens before a marked token, that its service has seen. The text is divided into places whose context was served and places whose context was not. Whoever learned the mark, or copied it, knows it at served contexts only; at the others only the key tells which tokens are favoured. "
        + "The test counts favoured tokens at the unserved contexts and compares the count with chance.",
    ("unservedRows", "Tokens at unserved contexts:"), ("unservedGreen", "favoured ones among them:"), ("servedRows", "tokens at served contexts:"), ("servedGreen", "favoured ones among them:"));

/// <summary>Copied weights.</summary>
internal sealed class WeightsSection() : MethodSection(
    Questions.Weights,
    "Inside each layer of a model stand thousands of hidden units, whose order means nothing and comes from the random start of the training. For each unit of the suspect the most similar unit of the owner's model is sought. In a copy, also one that was trained further, it stands at the same place; between models from independent starts it stands there as often as in a random order, about once in a layer.",
    ("matched", "Units with a partner:"), ("fixedPoints", "units whose partner stands at the same place:"), ("layers", "layers:"));

/// <summary>The order of the training data.</summary>
internal sealed class TranscriptSection() : MethodSection(
    Questions.Transcript,
    "The owner's model saw its training texts in a random order that the owner kept. A model remembers what it saw late a little better than what it saw early. If the suspect has nothing to do with that order, its likelihoods and the order are unrelated; the test compares their rank correlation with those of random orders.");
