namespace Watermark.Forensics.Findings;

/// <summary>
/// A finding in words. Every sentence gives the probability of the findings under two stated propositions, never the
/// probability of a proposition.
/// </summary>
internal static class FindingSentence
{
    public static string Write(Finding finding) => finding.Outcome switch
    {
        Outcome.Support => Join($"{MoreProbable(finding, "The")}: {finding.Strength} support for H1.", finding.SupportCaveat),
        Outcome.NoSupport => Join(
            $"The findings do not support that {finding.Alternative} (H1) over that {finding.Null} (H0): the likelihood ratio is {Words.Ratio(finding.LogE)}. "
            + $"They weigh {Words.Ratio(finding.Power.LogEAgainstInterest)} to 1 against an excess of {Words.Number(finding.Power.EffectOfInterest)} or more in the {finding.Effect.Unit}.",
            finding.NoSupportCaveat),
        _ => Inconclusive(finding),
    };

    private static string Inconclusive(Finding finding)
    {
        string undecided = $"Inconclusive: these findings do not tell whether {finding.Alternative} (H1) or {finding.Null} (H0)";
        Diagnostic[] blocking = [.. finding.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Blocking)];
        if (blocking.Length > 0)
            return $"{undecided}. {string.Join(" ", blocking.Select(diagnostic => diagnostic.Message))}";
        if (finding.Counts.Scored == 0)
            return $"{undecided}: nothing was scored.";
        bool some = finding.LogE >= Math.Log(2);
        if (finding.IsApproximate)
        {
            string about = some ? $", and the ratio {Words.Ratio(finding.LogE)} that it gives is weak support for H1 at most" : string.Empty;
            return $"{undecided}: the null is only approximate{about}.";
        }

        if (finding.IsSupportingOnly)
            return $"{undecided}: this method depends on the controls that were chosen, so it can add to other findings and supports nothing alone.";
        string needed = Needed(finding);
        return some && finding.AdjustedLogE > 0
            ? $"Inconclusive: {MoreProbable(finding, "the")}, less than the {Words.Number(finding.Rule.SupportThreshold)} times set for support. {needed}"
            : $"{undecided}. {needed}";
    }

    private static string MoreProbable(Finding finding, string article)
    {
        string sentence = $"{article} findings are {Words.Times(finding.LogE)} more probable if {finding.Alternative} (H1) than if {finding.Null} (H0)";
        return finding.Tests.M == 1
            ? sentence
            : $"{sentence}; divided by the {Words.Tests(finding.Tests.M)} that could have been reported, {Words.Times(finding.AdjustedLogE)}";
    }

    private static string Needed(Finding finding)
    {
        string scored = $"{Words.Count(finding.Counts.Scored)} were scored";
        return finding.Power.RowsNeeded is { } rows
            ? $"About {Words.Count(rows)} rows are needed to find {Interest(finding)} with probability {Words.Number(finding.Power.Power)}; {scored}."
            : $"No number of rows is known to find {Interest(finding)} with probability {Words.Number(finding.Power.Power)} in this way; {scored}.";
    }

    private static string Interest(Finding finding) => $"an excess of {Words.Number(finding.Power.EffectOfInterest)} in the {finding.Effect.Unit}";

    private static string Join(string sentence, string caveat) => caveat.Length == 0 ? sentence : $"{sentence} {caveat}";
}
