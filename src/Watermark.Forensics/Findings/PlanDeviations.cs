using Watermark.Statistics;

namespace Watermark.Forensics.Findings;

/// <summary>
/// The differences between a finding and its plan. A change that could have made a conclusion easier to reach blocks the
/// finding; one that can only make it harder is a warning.
/// </summary>
internal static class PlanDeviations
{
    /// <summary>The name of the option that holds the selection.</summary>
    private const string SelectionOption = "selection";

    public static IEnumerable<Diagnostic> Of(Plan plan, Finding finding)
    {
        // Random keys that decide because the theoretical null failed have their own e-value.
        bool decides = finding.NullName == Measurement.RandomKeysNull;
        string key = finding.Key?.Id ?? Plan.NoKey;
        if (!plan.Keys.Contains(key, StringComparer.Ordinal) && !(finding.Key?.Commitment is { } commitment && plan.Keys.Contains(commitment, StringComparer.Ordinal)))
            yield return Blocking($"The key {key} is not in the plan.");
        if (finding.Statistic != plan.Statistic)
            yield return Blocking($"The statistic is {finding.Statistic}, and the plan fixed {plan.Statistic}.");
        if (finding.Prior != plan.Prior)
            yield return Deviation(!decides, $"The prior of the e-value is {finding.Prior}, and the plan fixed {plan.Prior}.");
        foreach (Diagnostic threshold in Thresholds(plan.Rule, finding.Rule))
            yield return threshold;
        foreach (Diagnostic panel in Panel(plan, finding))
            yield return panel;
        foreach (Diagnostic subject in Subjects(plan, finding))
            yield return subject;
        string? design = finding.Options.FirstOrDefault(option => option.Name == Plan.DesignOption)?.Value;
        if (design != plan.DesignSha256)
            yield return Blocking($"The design has SHA-256 {design ?? "none"}, and the plan fixed {plan.DesignSha256 ?? "none"}.");
        string? selection = finding.Options.FirstOrDefault(option => option.Name == SelectionOption)?.Value;
        if (plan.Selection is { } plannedSelection && selection != plannedSelection)
            yield return Blocking($"The selection is {selection ?? "not known"}, and the plan fixed {plannedSelection}.");
        string? width = finding.Key?.Parameter("contextWidth");
        if (plan.ContextWidth is { } plannedWidth && width != Words.Count(plannedWidth))
            yield return Blocking($"The context width is {width ?? "not known"}, and the plan fixed {plannedWidth}.");
        string? gamma = finding.Key?.Parameter("gamma");
        if (plan.Gamma is { } plannedGamma && !(Fraction.TryParse(gamma, out Fraction value) && value == plannedGamma))
            yield return Blocking($"Gamma is {gamma ?? "not known"}, and the plan fixed {plannedGamma}.");
        if (finding.AdequateControls < plan.ControlsRequired)
        {
            yield return Diagnostic.Blocking(
                DiagnosticCodes.ControlMissing,
                $"The plan requires {plan.ControlsRequired} controls that could have shown an effect like the suspect's; of the {finding.Controls.Count} given, {finding.AdequateControls} could.");
        }
    }

    /// <summary>The differences between all findings together and the plan.</summary>
    public static IEnumerable<Diagnostic> Of(Plan plan, IReadOnlyList<Finding> findings)
    {
        if (plan.Subjects.Count == 0)
            yield break;
        foreach (PlannedSubject suspect in plan.Planned(SubjectRole.Suspect))
        {
            if (!findings.Any(finding => IsOf(finding, suspect)))
                yield return Warning($"The plan names the suspect {suspect.Name}, and no finding is about it; it counts as p = 1.");
        }
    }

    /// <summary>Suspects, controls and exclusions that are not the planned ones.</summary>
    private static IEnumerable<Diagnostic> Subjects(Plan plan, Finding finding)
    {
        if (plan.Weighted is { } weighted && weighted != finding.Statistic.Contains("weighted-", StringComparison.Ordinal))
            yield return Blocking(weighted ? "The rows have no weights, and the plan fixed weights." : "The rows have weights, and the plan fixed none.");
        if (plan.Exclusions is { } exclusions)
        {
            string[] used = [.. finding.Inputs.Where(input => input.Role == "suspect-excluded").Select(input => input.Sha256).Distinct(StringComparer.Ordinal)];
            if (!used.ToHashSet(StringComparer.Ordinal).SetEquals(exclusions))
                yield return Blocking($"The text to exclude is not what the plan fixed: {used.Length} files were used, and the plan names {exclusions.Count}; {used.Intersect(exclusions, StringComparer.Ordinal).Count()} of them are the same.");
        }

        if (plan.Subjects.Count == 0)
            yield break;
        if (!plan.Planned(SubjectRole.Suspect).Any(suspect => IsOf(finding, suspect)))
            yield return Blocking($"The suspect {finding.Title} is not in the plan.");
        foreach (PlannedSubject control in plan.Planned(SubjectRole.Control))
        {
            if (!finding.Controls.Any(found => IsOf(found, control)) && !finding.Options.Any(option => option.Name == Plan.ComparedOption + control.Name))
                yield return Blocking($"The plan names the control {control.Name}, and it was not tested.");
        }

        foreach (ControlFinding control in finding.Controls)
        {
            if (!plan.Planned(SubjectRole.Control).Any(planned => IsOf(control, planned)))
                yield return Warning($"The control {control.Title} is not in the plan.");
        }
    }

    /// <summary>A title is the subject's name, alone or followed by the key's.</summary>
    private static bool IsOf(Measurement measurement, PlannedSubject subject) =>
        measurement.Title == subject.Name || measurement.Title.StartsWith(subject.Name + ", ", StringComparison.Ordinal);

    /// <summary>
    /// Tests in addition to those planned; M is the larger count, so they make every conclusion harder to reach.
    /// </summary>
    public static IEnumerable<Diagnostic> Of(Plan plan, TestCount looked)
    {
        TestCount tests = plan.Tests;
        if (tests.Stated is null)
        {
            foreach (((string name, long planned), (_, long seen)) in tests.Factors.Zip(looked.Factors))
            {
                if (seen > planned)
                    yield return Warning($"{Words.Count(seen)} {name} were looked at, and the plan fixed {Words.Count(planned)}; M counts the larger number.");
            }
        }

        if ((tests.Stated ?? looked.Stated) is not null && looked.M > tests.M)
            yield return Warning($"{Words.Tests(looked.M)} were counted, and the plan fixed {Words.Count(tests.M)}; M is the larger number.");
    }

    private static IEnumerable<Diagnostic> Thresholds(DecisionRule planned, DecisionRule used)
    {
        if (used.SupportThreshold != planned.SupportThreshold)
            yield return Changed("support threshold", used.SupportThreshold, planned.SupportThreshold, used.SupportThreshold < planned.SupportThreshold);
        if (used.AcquittalThreshold != planned.AcquittalThreshold)
            yield return Changed("acquittal threshold", used.AcquittalThreshold, planned.AcquittalThreshold, used.AcquittalThreshold < planned.AcquittalThreshold);
        if (used.EffectOfInterest != planned.EffectOfInterest)
            yield return Changed("effect of interest", used.EffectOfInterest, planned.EffectOfInterest, used.EffectOfInterest > planned.EffectOfInterest);
    }

    /// <summary>
    /// Other random keys than planned block the finding where random keys decide, and are a warning where they only check.
    /// </summary>
    private static IEnumerable<Diagnostic> Panel(Plan plan, Finding finding)
    {
        bool decides = finding.NullName == Measurement.RandomKeysNull;
        int count = finding.Panel?.Count ?? 0;
        if (count != plan.RandomKeys && finding.Counts.Scored > 0)
            yield return Deviation(decides, $"{Words.Count(count)} random keys were drawn, and the plan fixed {Words.Count(plan.RandomKeys)}.");
        if (finding.Seed is { } seed && seed != plan.Seed)
            yield return Deviation(decides, $"The seed is {seed}, and the plan fixed {plan.Seed}.");
    }

    private static Diagnostic Changed(string what, double used, double planned, bool easier) =>
        Deviation(easier, $"The {what} is {Words.Exact(used)}, and the plan fixed {Words.Exact(planned)}.");

    private static Diagnostic Deviation(bool blocks, string message) => blocks ? Blocking(message) : Warning(message);

    private static Diagnostic Blocking(string message) => Diagnostic.Blocking(DiagnosticCodes.PlanDeviation, message);

    private static Diagnostic Warning(string message) => Diagnostic.Warning(DiagnosticCodes.PlanDeviation, message);
}
