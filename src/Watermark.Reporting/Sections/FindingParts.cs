using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Reporting.Documents;
using Watermark.Reporting.Texts;
using Watermark.Statistics;

namespace Watermark.Reporting.Sections;

/// <summary>The parts of a finding's section that do not depend on its kind.</summary>
internal static class FindingParts
{
    private const int MostControls = 20;

    /// <summary>All of them, in their order.</summary>
    /// <param name="evidence">The case.</param>
    /// <param name="ranked">The finding.</param>
    public static IEnumerable<Block> All(Case evidence, RankedFinding ranked)
    {
        Finding finding = ranked.Finding;
        yield return Measured(evidence, ranked);
        foreach (Block block in FindingDiagnostics(finding))
            yield return block;
        foreach (Block block in Controls(evidence, finding))
            yield return block;
        foreach (Block block in RandomKeys(finding))
            yield return block;
        foreach (Block block in DetailParts.All(evidence, finding))
            yield return block;
        if (finding.Assumptions.Count > 0)
        {
            yield return new Subheading("What is assumed", 2);
            yield return new Bullets(finding.Assumptions);
        }

        yield return new Subheading("What was read, and how", 2);
        yield return Counts(finding);
        foreach (Block block in Inputs(finding))
            yield return block;
        yield return Options(finding);
    }

    private static Table Measured(Case evidence, RankedFinding ranked)
    {
        Finding finding = ranked.Finding;
        EffectEstimate effect = finding.Effect;
        Wording wording = Wordings.Of(finding.Question);
        bool bound = finding.LogPMethod == TailMethod.UpperBound;
        List<IReadOnlyList<string>> rows =
        [
            (string[])[Capital(effect.Unit), Numbers.Of(effect.Estimate), $"{Numbers.Of(effect.NullValue)} is expected if H0 is true"],
            (string[])[$"95 % interval, {wording.Units} independent", effect.Interval is { } tokens ? Numbers.Interval(tokens.Low, tokens.High) : Numbers.None, wording.ReadsMarks ? "exact for independent tokens; too narrow where tokens of a reply resemble each other" : $"for independent {wording.Units}"],
            .. wording.ReadsMarks ? [(string[])["95 % interval, replies independent", effect.ReplyInterval is { } replies ? Numbers.Interval(replies.Low, replies.High) : Numbers.None, "bootstrap over whole replies"]] : Array.Empty<string[]>(),
            (string[])[$"Scored {wording.Units}", Numbers.Count(finding.Counts.Scored), $"the statistic is {PlainCharacters.Name(finding.Statistic)}"],
            (string[])["p-value", bound && double.IsFinite(finding.LogP) ? $"at most {Numbers.FromLn(finding.LogP)}" : Numbers.FromLn(finding.LogP), $"ln p = {Numbers.Ln(finding.LogP)}, under {PlainCharacters.Name(finding.NullDescription)}. Measured bound of the procedure: {ErrorRate.Of(evidence)}"],
            (string[])["p-value after Holm", Numbers.FromLn(ranked.AdjustedLogP), $"over {Numbers.Count(finding.Tests.M, "test")}. Measured bound of the procedure: {ErrorRate.Of(evidence)}"],
            (string[])["e-value, the likelihood ratio", Numbers.FromLn(finding.LogE), $"ln e = {Numbers.Ln(finding.LogE)}; the prior is {PlainCharacters.Name(finding.Prior)}"],
            (string[])["Divided by the number of tests", Numbers.FromLn(finding.AdjustedLogE), $"{Numbers.Of(finding.Rule.SupportThreshold)} or more is support; the word is \"{finding.Strength}\""],
            (string[])["Against the effect of interest", Numbers.FromLn(finding.Power.LogEAgainstInterest), $"e-value against an excess of {Numbers.Of(finding.Power.EffectOfInterest, 3)} or more; {Numbers.Of(finding.Rule.AcquittalThreshold)} or more, with a ratio below 2, is no support"],
            (string[])["Smallest effect shown by this text", Numbers.Of(finding.Power.SmallestEffect, 3), $"excess found with probability {Numbers.Of(finding.Power.Power, 2)}; the {(wording.ReadsMarks ? "rows" : wording.Units)} needed for the effect of interest are {(finding.Power.RowsNeeded is { } needed ? Numbers.Count(needed) : "not known")}"],
        ];
        return new Table("What was measured", [new("Quantity"), new("Value", ColumnKind.Number), new("How to read it")], rows);
    }

    private static IEnumerable<Block> FindingDiagnostics(Finding finding)
    {
        if (finding.Diagnostics.Count > 0)
        {
            yield return new Table(
                "What a reader must know about this finding",
                [new("Weight"), new("What was seen"), new("Code", ColumnKind.Code)],
                [
                    .. finding.Diagnostics.OrderByDescending(diagnostic => diagnostic.Severity)
                        .Select(diagnostic => (IReadOnlyList<string>)[Word(diagnostic.Severity), diagnostic.Message, diagnostic.Code]),
                ]);
        }

        if (finding.Waivers.Count > 0)
            yield return new Warning($"A person took responsibility for something that blocks a finding otherwise: {string.Join(", ", finding.Waivers.Select(PlainCharacters.Name))}. The assumptions below say what for.");
    }

    private static IEnumerable<Block> Controls(Case evidence, Finding finding)
    {
        yield return new Subheading("Controls", 2);
        if (finding.Controls.Count == 0)
        {
            yield return new Paragraph("No control was tested. Without the same test of a model known to be innocent, nothing shows that the test stays silent where it should.");
            yield break;
        }

        yield return new Table(
            "The same test of models known to be innocent",
            [new("Control"), new(Capital(finding.Effect.Unit), ColumnKind.Number), new("Scored", ColumnKind.Number), new("p-value", ColumnKind.Number), new(ErrorRate.Column, ColumnKind.Number), new("e-value", ColumnKind.Number), new("Result")],
            [
                .. finding.Controls.Select(control => (IReadOnlyList<string>)
                [
                    PlainCharacters.Name(control.Title), Numbers.Of(control.Effect.Estimate), Numbers.Count(control.Counts.Scored), Numbers.FromLn(control.LogP), ErrorRate.Of(evidence), Numbers.FromLn(control.LogE), Result(finding, control),
                ]),
            ]);
        yield return new FigureBlock(FindingFigures.Intervals(finding, MostControls));
    }

    private static IEnumerable<Block> RandomKeys(Finding finding)
    {
        if (finding.Panel is null && !Wordings.Of(finding.Question).ReadsMarks)
            yield break;
        yield return new Subheading("Random keys", 2);
        if (finding.Panel is not { } panel)
        {
            yield return new Paragraph("The text was not scored under random keys.");
            yield break;
        }

        string agrees = panel.Agrees switch
        {
            true => "Their mean and spread agree with the theoretical distribution.",
            false => "They lie higher or spread wider than the theoretical distribution allows.",
            null => "They are too few to check the theoretical distribution.",
        };
        yield return new Paragraph($"The same text was scored under {Numbers.Count(panel.Count, "random key")}. The rank of the key among them is {Numbers.Count(panel.Rank)} of {Numbers.Count(panel.Count + 1L)}. {agrees} {(finding.NullName == Measurement.RandomKeysNull ? "Random keys decide about this finding." : "They check the distribution that decides, and decide nothing themselves.")}");
        if (FindingFigures.RandomKeys(finding) is { } figure)
            yield return new FigureBlock(figure);
    }

    private static Table Counts(Finding finding)
    {
        MeasurementCounts counts = finding.Counts;
        Wording wording = Wordings.Of(finding.Question);
        return new Table(
            "What was read and scored",
            [new("Count"), new("Number", ColumnKind.Number)],
            [
                ["Replies", Numbers.Count(counts.Documents)],
                .. wording.ReadsMarks ? Rows(counts) : [],
                [wording.ReadsMarks ? "Scored" : $"Scored {wording.Units}", Numbers.Count(counts.Scored)],
                .. counts.Others.Select(other => (IReadOnlyList<string>)[PlainCharacters.Name(other.Name), Numbers.Count(other.Value)]),
            ]);
    }

    private static IReadOnlyList<string>[] Rows(MeasurementCounts counts) =>
    [
        ["Tokens", Numbers.Count(counts.Tokens)],
        ["Distinct rows (context and token)", Numbers.Count(counts.Rows)],
        ["Left out because a prompt decided them", Numbers.Count(counts.LeftOutByPrompts)],
    ];

    private static IEnumerable<Block> Inputs(Finding finding)
    {
        InputDigest[] inputs = [.. finding.Inputs, .. finding.Controls.SelectMany(control => control.Inputs)];
        if (inputs.Length > 0)
        {
            yield return new Table(
                "Files that were read",
                [new("Name", ColumnKind.Code), new("Used as"), new("SHA-256", ColumnKind.Code), new("Replies", ColumnKind.Number), new("Not read", ColumnKind.Number)],
                [.. inputs.Select(input => (IReadOnlyList<string>)[PlainCharacters.Name(input.Name), PlainCharacters.Name(input.Role), input.Sha256.Length > 0 ? input.Sha256 : "not known", Numbers.Count(input.Documents), Numbers.Count(input.Unread)])]);
        }
    }

    private static Facts Options(Finding finding)
    {
        List<Fact> facts = [];
        if (finding.Key is { } key)
        {
            facts.Add(new Fact("Key id", PlainCharacters.Name(key.Id), IsCode: true));
            facts.Add(new Fact("Commitment that it opens", key.Commitment is { } commitment ? PlainCharacters.Name(commitment) : Numbers.None, IsCode: key.Commitment is not null));
            facts.Add(new Fact("Scheme", $"{PlainCharacters.Name(key.Scheme)} {PlainCharacters.Of(key.Parameters)}", IsCode: true));
        }

        facts.AddRange(finding.Options.Select(option => new Fact(PlainCharacters.Name(option.Name), PlainCharacters.Name(option.Value), IsCode: true)));
        if (finding.Seed is { } seed)
            facts.Add(new Fact("seed", seed.ToString(System.Globalization.CultureInfo.InvariantCulture), IsCode: true));
        return new Facts(facts);
    }

    private static string Result(Finding finding, ControlFinding control)
    {
        if (control.SharesInput(finding))
            return "shares an input with the suspect";
        if (control.ShowsSignal)
            return "shows the signal too";
        return finding.Diagnostics.Any(diagnostic => diagnostic.Code == DiagnosticCodes.ControlUnderpowered && diagnostic.Message.Contains(control.Title, StringComparison.Ordinal))
            ? "too little text to count"
            : "silent";
    }

    private static string Word(DiagnosticSeverity severity) => severity switch
    {
        DiagnosticSeverity.Blocking => "Blocks every conclusion",
        DiagnosticSeverity.Warning => "Warning",
        _ => "Note",
    };

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
