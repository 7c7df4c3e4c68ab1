namespace Watermark.Forensics.Findings;

/// <summary>A verdict in words: the answers of the findings, and what they say together.</summary>
internal static class VerdictSentence
{
    public static string Write(Verdict verdict)
    {
        if (verdict.Findings.Count == 1 && verdict.Findings[0].Outcome == verdict.Outcome)
            return verdict.Findings[0].Sentence;
        return $"Of {verdict.Findings.Count} findings, support for H1: {Group(verdict, Outcome.Support)}; no support: {Group(verdict, Outcome.NoSupport)}; "
            + $"inconclusive: {Group(verdict, Outcome.Inconclusive)}. {Together(verdict)}";
    }

    private static string Group(Verdict verdict, Outcome outcome)
    {
        string[] titles = [.. verdict.Findings.Where(finding => finding.Outcome == outcome).Select(finding => finding.Title)];
        return titles.Length == 0 ? "none" : $"{titles.Length} ({string.Join("; ", titles)})";
    }

    private static string Together(Verdict verdict)
    {
        const string One = "at least one of these H1 holds (H1)";
        const string None = "none does (H0)";
        if (double.IsNaN(verdict.CombinedLogE))
            return $"Together they do not tell whether {One} or {None}.";
        string close = verdict.Outcome == Outcome.Support ? $": {verdict.Strength} support for H1." : verdict.Outcome == Outcome.NoSupport ? ": no support for H1." : ": inconclusive.";
        if (verdict.Combination == CombinationRule.Fisher)
            return $"Together, by Fisher's method over {Words.Tests(verdict.Tests.M)}, findings as extreme have a probability of at most {Words.Ratio(verdict.CombinedLogP)} if {None}, which is worth a likelihood ratio of {Words.Ratio(verdict.CombinedLogE)} for {One}{close}";
        string over = $"over the {Words.Tests(verdict.Tests.M)} that could have been reported";
        string ratio = $"Together, by the mean {over}, they are {Words.Times(verdict.CombinedLogE)} as probable if {One} as if {None}";
        if (verdict.Combination != CombinationRule.Holm)
            return ratio + close;
        return $"{ratio}; findings as extreme as the strongest have a probability of at most {Words.Ratio(verdict.CombinedLogP)} if {None}, after Holm {over}, and at most {Words.Number(verdict.Plan?.Alpha ?? Plan.DefaultAlpha)} is asked for{close}";
    }
}
