using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Reporting.Documents;
using Watermark.Reporting.Figures;
using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Sections;

/// <summary>The judge's page: question, answer, three numbers, what speaks against the answer, and how the case was kept.</summary>
internal static class SummaryPage
{
    private const int LongestAnswer = 1300;
    private const int LongestQuestion = 300;
    private const int LongestStatus = 280;
    private const int MostControls = 3;
    private const int MostRanked = 8;

    /// <summary>The page.</summary>
    /// <param name="evidence">The case.</param>
    public static IReadOnlyList<Block> Create(Case evidence) =>
    [
        new Paragraph(Clip(evidence.Question, LongestQuestion), "Question."),
        Answer(evidence.Verdict),
        new KeyFigures([Effect(evidence.Verdict), Ratio(evidence.Verdict), ErrorBound(evidence)]),
        new Panels(
        [
            .. Picture(evidence.Verdict),
            new Panel("What was not tested", [new Bullets([.. NotTested(evidence)])]),
            new Panel("Main alternative explanation", [new Paragraph(Alternative(evidence.Verdict))]),
            new Panel("How the case was fixed and kept", [new Statuses([.. CaseStates.Of(evidence).Select(Clipped)])], IsWide: true),
            new Panel("Next step", [new Paragraph(NextStep(evidence))], IsWide: true),
            new Panel("Words used here", [new Facts(Glossary(evidence.Verdict))], IsWide: true),
        ]),
    ];

    private static Answer Answer(Verdict verdict)
    {
        (string word, string sign, string style) = verdict.Outcome switch
        {
            Outcome.Support => ($"{Capital(verdict.Strength)} support for H1", "◆", "support"),
            Outcome.NoSupport => ("No support for H1", "○", "no-support"),
            _ => ("Inconclusive", "◐", "inconclusive"),
        };
        return new Answer(word, sign, style, Clip(verdict.Sentence, LongestAnswer));
    }

    /// <summary>The one figure of the page: the suspect beside its controls, or the findings in their order.</summary>
    private static IEnumerable<Panel> Picture(Verdict verdict)
    {
        Figure figure = verdict.Findings.Count == 1 ? FindingFigures.Intervals(verdict.Findings[0], MostControls) : FindingFigures.Ranking(verdict, MostRanked);
        bool shows = figure.Wide is not null && (verdict.Findings.Count > 1 || (verdict.Findings[0].Controls.Count > 0 && !verdict.Findings[0].IsBlocked));
        if (shows)
            yield return new Panel("At a glance", [new FigureBlock(figure, WithNumbers: false)], IsWide: true);
    }

    private static KeyFigure Effect(Verdict verdict)
    {
        Finding strongest = Strongest(verdict);
        EffectEstimate effect = strongest.Effect;
        string label = Capital(effect.Unit);
        if (strongest.IsBlocked || !double.IsFinite(effect.Estimate))
            return new KeyFigure(label, "not used", strongest.IsBlocked ? "Something blocks every conclusion from this number; see the answer." : "Nothing was scored.");
        EffectInterval? interval = effect.ReplyInterval ?? effect.Interval;
        string range = interval is { } bounds
            ? $"95 % interval {Numbers.Interval(bounds.Low, bounds.High)}{(effect.ReplyInterval is null ? string.Empty : ", over replies")}. "
            : "No interval is known. ";
        string which = verdict.Findings.Count > 1 ? $"Finding with the highest ratio: {PlainCharacters.Name(strongest.Title)}. " : string.Empty;
        return new KeyFigure(label, Numbers.Of(effect.Estimate), $"{range}{Expected(strongest)} {which}".TrimEnd());
    }

    private static string Expected(Finding finding) => Wordings.Of(finding.Question).ReadsMarks
        ? $"Unrelated text gives {Numbers.Of(finding.Effect.NullValue)}{(finding.Effect.Unit == "green fraction" ? " (gamma)" : string.Empty)}."
        : $"If H0 is true, {Numbers.Of(finding.Effect.NullValue)} is expected.";

    private static KeyFigure Ratio(Verdict verdict)
    {
        const string Label = "Likelihood ratio, H1 to H0";
        bool alone = verdict.Findings.Count == 1;
        double ratio = alone ? verdict.Findings[0].AdjustedLogE : verdict.CombinedLogE;
        if (double.IsNaN(ratio) || (alone && verdict.Findings[0].IsBlocked))
            return new KeyFigure(Label, "not used", "No finding may be concluded from, so no ratio is stated.");
        string band = verdict.Outcome switch
        {
            Outcome.Support => $"{Capital(verdict.Strength)} support on the verbal scale",
            Outcome.NoSupport => "No support",
            _ => "Below what was set for support",
        };
        string tests = verdict.Tests.M == 1 ? "One test was made." : $"Divided by the {Numbers.Count(verdict.Tests.M)} tests that could have been reported.";
        return new KeyFigure(Label, Capital(Numbers.Ratio(ratio)), $"{band}; support needs {Numbers.Of(verdict.Findings.Max(finding => finding.Rule.SupportThreshold))} to 1. {tests}");
    }

    private static KeyFigure ErrorBound(Case evidence)
    {
        const string Label = "False positives of the whole procedure";
        return evidence.Validation switch
        {
            null => new KeyFigure(Label, "not measured", "The procedure was not run on models known to be independent. A small p-value is no error rate."),
            { Fault: { } fault } => new KeyFigure(Label, "not measured for this test", fault),
            { } validation => new KeyFigure(Label, $"at most {Numbers.Percent(validation.UpperBound)}", $"{Numbers.Count(validation.FalsePositives)} of {Numbers.Count(validation.Runs, "run")} on text independent of the key ended in support; 95 % upper bound."),
        };
    }

    private static IEnumerable<string> NotTested(Case evidence)
    {
        foreach (Wording wording in Wordings.Of(evidence.Verdict))
            yield return wording.NotTested;
        if (evidence.Verdict.Findings.All(finding => finding.AdequateControls == 0))
            yield return "No control: no model known to be independent, with enough text, was tested beside the suspect.";
        if (evidence.Verdict.Findings.Any(finding => finding.Panel is null && Wordings.Of(finding.Question).ReadsMarks))
            yield return "Random keys: the same text was not scored under other keys.";
        yield return "Other versions of the suspect, other endpoints, and replies that the case does not hold.";
    }

    private static string Alternative(Verdict verdict) => verdict.Outcome switch
    {
        Outcome.Support => Wordings.Of(Strongest(verdict).Question).AlternativeOfSupport,
        Outcome.NoSupport => Wordings.Of(Strongest(verdict).Question).AlternativeOfNoSupport,
        _ => "Both propositions remain open. Too little text, or the faults named in the answer, explain these findings as well as either proposition does.",
    };

    private static string NextStep(Case evidence)
    {
        Verdict verdict = evidence.Verdict;
        if (verdict.Outcome == Outcome.Support)
            return "An independent expert repeats the test from the files and the key, under a protective order (see How to repeat this), and other evidence is heard on the alternative explanations.";
        if (verdict.Outcome == Outcome.NoSupport)
            return "Nothing more follows from this test. Another kind of evidence, or text of another kind, would be a new question with a plan of its own.";
        Finding strongest = Strongest(verdict);
        if (strongest.Diagnostics.FirstOrDefault(diagnostic => diagnostic.Severity == DiagnosticSeverity.Blocking) is not null)
            return "Remove what blocks the findings (see the answer), with a plan fixed before, and test again with text collected anew.";
        return strongest.Power.RowsNeeded is { } rows && rows > strongest.Counts.Scored
            ? $"Collect more replies under a plan that allows it: about {Numbers.Count(rows)} scored {Wordings.Of(strongest.Question).Units} are needed, and {Numbers.Count(strongest.Counts.Scored)} were scored."
            : "Remove the weaknesses that the expert part names, with a plan fixed before, and test again with text collected anew.";
    }

    private static List<Fact> Glossary(Verdict verdict)
    {
        Finding first = verdict.Findings[0];
        List<Fact> facts =
        [
            new("H1, H0", $"the two propositions compared: {Wordings.Of(first.Question).Propositions}"),
            new("Likelihood ratio", "how many times more probable the findings are if H1 is true than if H0 is. It is not the probability of H1."),
        ];
        if (first.Effect.Unit == "green fraction")
            facts.Insert(1, new("Green fraction", "the share of tokens that the key favours; chance alone gives gamma."));
        facts.Add(new("Control", "a model known to be independent of the key, tested in the same way."));
        return facts;
    }

    /// <summary>The finding with the highest ratio among those that are not blocked; the first where all are.</summary>
    private static Finding Strongest(Verdict verdict) => ReportBuilder.Ranked(verdict)[0].Finding;

    private static Status Clipped(Status status) => status with { Text = Clip(status.Text, LongestStatus) };

    /// <summary>A text of that length whole, half of that length of a longer one.</summary>
    private static string Clip(string text, int longest)
    {
        string plain = PlainCharacters.Of(text);
        if (plain.Length <= longest)
            return plain;
        int kept = longest / 2;
        int end = plain.LastIndexOf(' ', kept);
        if (end < kept / 2)
            end = char.IsHighSurrogate(plain[kept - 1]) ? kept - 1 : kept;
        return plain[..end] + " … (The whole text is in the expert part.)";
    }

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
