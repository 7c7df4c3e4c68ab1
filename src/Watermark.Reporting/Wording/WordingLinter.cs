using System.Text.RegularExpressions;

namespace Watermark.Reporting.Wording;

/// <summary>
/// Finds words that say more than findings can: the probability of a proposition instead of the probability of findings
/// (<em>McDaniel v. Brown</em>, 558 U.S. 120), certainty, and words that decide what only a court decides. It follows the
/// ENFSI guideline for evaluative reporting and the statement of the ASA on p-values (2016).
/// </summary>
public static partial class WordingLinter
{
    private const int Before = 40;

    private const string Transposed = "It gives the probability of a proposition; findings have a probability given a proposition.";
    private const string Absolute = "Findings are more or less probable under a proposition; none of them settles one.";
    private const string Legal = "Whether anybody did wrong is for a court to decide, not for a test.";
    private const string Matching = "A likelihood ratio has degrees; \"match\" hides them.";

    private static readonly (Func<Regex> Pattern, string Reason, bool MayBeDenied)[] Rules =
    [
        (ProbabilityOfProposition, Transposed, true),
        (ProbabilityOfPerson, Transposed, true),
        (PercentCertain, Transposed, false),
        (ProbablyPerson, Transposed, false),
        (OneInChance, Transposed, false),
        (Certainty, Absolute, false),
        (Proof, Absolute, false),
        (Doubt, Absolute, false),
        (Confirms, Absolute, false),
        (Theft, Legal, false),
        (Guilt, Legal, true),
        (Match, Matching, false),
    ];

    /// <summary>The faults of a text, in the order of the rules.</summary>
    /// <param name="text">The text.</param>
    /// <returns>One sentence for each fault, which begins with the phrase in quotation marks; empty where there is none.</returns>
    public static IReadOnlyList<string> Check(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var faults = new List<string>();
        foreach ((Func<Regex> pattern, string reason, bool mayBeDenied) in Rules)
        {
            foreach (Match match in pattern().Matches(text))
            {
                if (!(mayBeDenied && IsDenied(text, match.Index)))
                    faults.Add($"\"{match.Value}\": {reason}");
            }
        }

        return faults;
    }

    /// <summary>Whether the words before say that it is not so: "it is not the probability of H1".</summary>
    private static bool IsDenied(string text, int index)
    {
        int start = Math.Max(0, index - Before);
        string before = text[start..index];
        int sentence = before.LastIndexOfAny(['.', ';', '?', '!']);
        return Denial().IsMatch(before[(sentence + 1)..]);
    }

    [GeneratedRegex(@"\b(?:not|neither|nor|never)\b(?!\s+only)", RegexOptions.IgnoreCase)]
    private static partial Regex Denial();

    [GeneratedRegex(@"\b(?:probability|chances?|likelihood|odds)\s+(?:of|that|for|in\s+favou?r\s+of)\s+(?:the\s+|a\s+)?(?:H[01]\b|guilt|innocence|hypothes[ie]s|propositions?|distillation|copying|training|dependence|causation)", RegexOptions.IgnoreCase)]
    private static partial Regex ProbabilityOfProposition();

    [GeneratedRegex(@"\b(?:probability|chances?|likelihood|odds|probable|likely)\s+(?:is\s+)?that\s+(?:(?:the|a|an|this|their|its)\s+)?(?:suspect|defendant|accused|competitor|model|outputs?|repl(?:y|ies)|texts?|key|student|it|they)\b", RegexOptions.IgnoreCase)]
    private static partial Regex ProbabilityOfPerson();

    [GeneratedRegex(@"[\d.,]+\s*(?:%|per\s?cent|percent)\s+(?:certain|sure|confident|likely|probable|probability\s+that)\b", RegexOptions.IgnoreCase)]
    private static partial Regex PercentCertain();

    [GeneratedRegex(@"\b(?:suspect|defendant|model)\s+(?:(?:has|had)\s+)?(?:probably|likely|almost\s+certainly|very\s+likely|most\s+likely|(?:is|was)\s+(?:probably|likely|very\s+likely|most\s+likely))\b", RegexOptions.IgnoreCase)]
    private static partial Regex ProbablyPerson();

    [GeneratedRegex(@"\b(?:1|one)\s+in\s+(?:a\s+)?[\w.,^]+(?:\s+(?:thousand|million|billion|trillion))?\s+(?:chance|probability|likelihood)\b", RegexOptions.IgnoreCase)]
    private static partial Regex OneInChance();

    [GeneratedRegex(@"\bcertainty\b|\b(?:almost|nearly|virtually|practically|absolutely|scientifically|is|are)\s+certain(?:ly)?\b|\b(?:definitely|undeniabl[ey]|undoubtedly|indisputabl[ey]|unquestionabl[ey]|conclusively)\b|\bconclusive\s+(?:evidence|proof)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Certainty();

    [GeneratedRegex(@"\bprove[sdn]?\b|\bproving\b|\bproofs?\b|\bdisprove[sdn]?\b", RegexOptions.IgnoreCase)]
    private static partial Regex Proof();

    [GeneratedRegex(@"\b(?:beyond|without)\s+(?:a\s+|any\s+|all\s+|reasonable\s+|a\s+reasonable\s+|any\s+reasonable\s+)*doubt\b|\bno\s+doubt\b|\bcould\s+only\s+have\b|\bonly\s+possible\s+explanation\b", RegexOptions.IgnoreCase)]
    private static partial Regex Doubt();

    [GeneratedRegex(@"\b(?:confirm(?:s|ed)?|establish(?:es|ed)?|demonstrate[sd]?|show(?:s|ed|n)?|reveal(?:s|ed)?)\s+(?:that|beyond)\s+(?:(?:the|this|a|an)\s+)?(?:suspect|defendant|accused|competitor)\b|\bidentif(?:y|ies|ied)\s+the\s+(?:suspect|defendant)\s+as\b", RegexOptions.IgnoreCase)]
    private static partial Regex Confirms();

    [GeneratedRegex(@"\b(?:theft|thie(?:f|ves)|stole|stolen|steal(?:s|ing)?|pirated?|piracy|plagiari[sz]\w*|misappropriat\w*|infring\w*|illegal(?:ly)?|unlawful(?:ly)?|cheat(?:s|ed|ing)?)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Theft();

    [GeneratedRegex(@"\b(?:guilt|guilty|culprit|perpetrators?)\b|\b(?:is|are|was|were)\s+innocent\b", RegexOptions.IgnoreCase)]
    private static partial Regex Guilt();

    [GeneratedRegex(@"\bmatch(?:es|ed|ing)?\b", RegexOptions.IgnoreCase)]
    private static partial Regex Match();
}
