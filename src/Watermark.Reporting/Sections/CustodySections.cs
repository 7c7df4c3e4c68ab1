using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Reporting.Documents;
using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Sections;

/// <summary>What was fixed before the data, and what was done otherwise.</summary>
internal static class PlanSection
{
    /// <summary>The section.</summary>
    /// <param name="evidence">The case.</param>
    public static Section Create(Case evidence) => new("plan", "Plan and deviations", [.. Blocks(evidence)]);

    private static IEnumerable<Block> Blocks(Case evidence)
    {
        if (CaseStates.PlanOf(evidence) is not { } plan)
        {
            yield return new Warning("No plan was fixed before the data were seen. What a plan leaves open can still be chosen afterwards, and a result chosen among several means less than it seems.");
            yield break;
        }

        yield return new Facts(
        [
            new("SHA-256 of the plan", evidence.Plan?.Sha256 ?? Numbers.None, IsCode: evidence.Plan is not null),
            new("Signed by key", evidence.Plan?.SignedBy ?? Numbers.None, IsCode: evidence.Plan?.SignedBy is not null),
            new("Made", Numbers.Time(plan.Created)),
        ]);
        if (evidence.Plan?.Fault is { } fault)
            yield return new Warning(fault);
        yield return new Table("What the plan fixed", [new("Point"), new("Value")], [.. Points(plan)]);
        if (plan.Subjects.Count > 0)
        {
            yield return new Table(
                "Suspects and controls of the plan",
                [new("Name"), new("Role"), new("Endpoint", ColumnKind.Code), new("Model", ColumnKind.Code)],
                [.. plan.Subjects.Select(subject => (IReadOnlyList<string>)[subject.Name, subject.Role == SubjectRole.Suspect ? "suspect" : "control", subject.Endpoint ?? "left open", subject.Model ?? "left open"])]);
        }

        IReadOnlyList<string> deviations = CaseStates.Deviations(evidence);
        yield return new Subheading("Deviations from the plan");
        yield return deviations.Count == 0 ? new Paragraph("The findings do not differ from the plan.") : new Bullets(deviations);
    }

    private static IEnumerable<IReadOnlyList<string>> Points(Plan plan)
    {
        yield return ["Keys, by id or commitment", string.Join(", ", plan.Keys.Take(20).Select(PlainCharacters.Name)) + (plan.Keys.Count > 20 ? $", and {Numbers.Count(plan.Keys.Count - 20)} more" : string.Empty)];
        yield return ["Tests counted, M", Numbers.Count(plan.Tests.M)];
        yield return ["Statistic", PlainCharacters.Name(plan.Statistic)];
        yield return ["Prior of the e-value", PlainCharacters.Name(plan.Prior)];
        yield return ["Support from a ratio of", Numbers.Of(plan.Rule.SupportThreshold)];
        yield return ["No support from a ratio against the effect of interest of", Numbers.Of(plan.Rule.AcquittalThreshold)];
        yield return ["Effect of interest, in standard deviations of a row", Numbers.Of(plan.Rule.EffectOfInterest)];
        yield return ["Combination", plan.Combination == CombinationRule.Holm ? $"Holm, alpha {Numbers.Of(plan.Alpha)}" : "mean of e-values"];
        yield return ["Random keys, seed", $"{Numbers.Count(plan.RandomKeys)}, {plan.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture)}"];
        yield return ["Controls required of each finding", Numbers.Count(plan.ControlsRequired)];
        yield return ["Selection of rows", plan.Selection is { } selection ? PlainCharacters.Name(selection) : "left open"];
        yield return ["Context width", plan.ContextWidth is { } width ? Numbers.Count(width) : "left open"];
        yield return ["Gamma", plan.Gamma?.ToString() ?? "left open"];
        yield return ["Weights", plan.Weighted switch { true => "rows have weights", false => "none", null => "left open" }];
        yield return ["End of the collection", Stopping(plan.Stopping)];
        yield return ["Prompts, SHA-256", plan.PromptsSha256 ?? "left open"];
        yield return ["Replies to each prompt", Numbers.Count(plan.RepliesPerPrompt)];
        yield return ["Text left out, SHA-256", plan.Exclusions is { } exclusions ? exclusions.Count == 0 ? "none" : string.Join(", ", exclusions.Select(PlainCharacters.Name)) : "left open"];
    }

    private static string Stopping(StoppingRule? rule) => rule switch
    {
        null => "left open",
        { Kind: StoppingKind.Fixed } => $"at {Numbers.Count(rule.Replies, "reply", "replies")} of each subject",
        _ => $"at any time, at {Numbers.Count(rule.Replies, "reply", "replies")} of each subject at the latest",
    };
}

/// <summary>The commitment to the keys, and the time stamps.</summary>
internal static class CommitmentSection
{
    /// <summary>The section.</summary>
    /// <param name="evidence">The case.</param>
    public static Section Create(Case evidence) => new("commitment", "Commitment and time stamps", [.. Blocks(evidence)]);

    private static IEnumerable<Block> Blocks(Case evidence)
    {
        yield return new Paragraph("With a secret key chosen after the text was seen, chance alone gives any result that one searches for long enough. A commitment fixes the key without showing it; a time stamp by somebody else fixes when; and the size of the registry says how many keys could have been shown.");
        if (evidence.Commitments is { } commitments)
        {
            yield return new Facts(
            [
                new("Keys in the registry, M", Numbers.Count(commitments.Count)),
                new("Tests counted in the findings", Numbers.Count(evidence.Verdict.Tests.M)),
                new("SHA-256 of the registry", commitments.Sha256, IsCode: true),
                .. commitments.Opened.Take(20).Select(opened => new Fact("Opened by a key of the findings", PlainCharacters.Name(opened), IsCode: true)),
            ]);
            if (evidence.Verdict.Tests.M < commitments.Count)
                yield return new Warning($"The registry holds {Numbers.Count(commitments.Count)} keys, and the findings count {Numbers.Count(evidence.Verdict.Tests.M, "test")}. Each of the keys could have been shown.");
        }
        else
        {
            yield return new Warning("No key was committed: nothing shows that the key was fixed before the text was seen.");
        }

        if (evidence.KeyOrderFault is { } fault)
            yield return new Warning(fault);
        if (evidence.Timestamps.Count > 0)
        {
            yield return new Table(
                "Time stamps (RFC 3161)",
                [new("Stamped"), new("Time"), new("Authority"), new("Result")],
                [.. evidence.Timestamps.Select(stamp => (IReadOnlyList<string>)[PlainCharacters.Name(stamp.Name), Numbers.Time(stamp.Time), PlainCharacters.Name(stamp.Authority), stamp.Fault ?? "valid"])]);
        }
        else
        {
            yield return new Paragraph("There are no time stamps.");
        }
    }
}

/// <summary>How the replies were collected.</summary>
internal static class CollectionSection
{
    private const int Most = 100;

    /// <summary>The section.</summary>
    /// <param name="evidence">The case.</param>
    public static Section Create(Case evidence) => new("collection", "Collection and custody", [.. Blocks(evidence)]);

    private static IEnumerable<Block> Blocks(Case evidence)
    {
        if (evidence.Custody is not { } custody)
        {
            yield return new Warning("There is no collection log. The replies were given as files, and nothing in this case shows when, from where and with which parameters they were collected.");
            yield break;
        }

        yield return new Facts(
        [
            new("Records", Numbers.Count(custody.Records)),
            new("First record", Numbers.Time(custody.First)),
            new("Last record", Numbers.Time(custody.Last)),
            new("Hash of the last record", custody.Head, IsCode: true),
            new("Chain", custody.Faults.Count == 0 ? "whole: each record holds the hash of the one before" : $"damaged in {Numbers.Count(custody.Faults.Count, "place")}"),
        ]);
        if (custody.Faults.Count > 0)
            yield return new Bullets([.. custody.Faults.Take(Most)]);
        if (custody.Warnings.Count > 0)
            yield return new Bullets([.. custody.Warnings.Take(Most)]);
        if (custody.Subjects.Count > 0)
        {
            yield return new Table(
                "Suspects and controls in the log",
                [new("Name"), new("Role"), new("Endpoint", ColumnKind.Code), new("Model", ColumnKind.Code), new("Replies", ColumnKind.Number), new("Failures", ColumnKind.Number), new("Left out of the test", ColumnKind.Number)],
                [
                    .. custody.Subjects.Select(subject => (IReadOnlyList<string>)
                    [
                        PlainCharacters.Name(subject.Name), PlainCharacters.Name(subject.Role), subject.Endpoint.Length > 0 ? PlainCharacters.Name(subject.Endpoint) : "imported", PlainCharacters.Name(subject.Model),
                        Numbers.Count(subject.Replies), Numbers.Count(subject.Failures), subject.LeftOut is { } left ? Numbers.Count(left) : "not tested",
                    ]),
                ]);
        }

        if (custody.Imports.Count > 0)
        {
            yield return new Table(
                "Files that others collected",
                [new("Name", ColumnKind.Code), new("Said to come from"), new("SHA-256", ColumnKind.Code), new("Imported by"), new("Imported")],
                [.. custody.Imports.Select(import => (IReadOnlyList<string>)[PlainCharacters.Name(import.Name), PlainCharacters.Name(import.Subject), import.Sha256, PlainCharacters.Name(import.By), Numbers.Time(import.Time)])]);
        }
    }
}
