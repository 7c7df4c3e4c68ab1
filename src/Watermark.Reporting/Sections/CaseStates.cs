using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Reporting.Documents;
using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Sections;

/// <summary>How a case was fixed and kept, in points that are in order or not.</summary>
internal static class CaseStates
{
    /// <summary>All points for the judge's page; every deviation from the plan and every waiver is a point of its own.</summary>
    /// <param name="evidence">The case.</param>
    public static IReadOnlyList<Status> Of(Case evidence) =>
    [
        Commitment(evidence),
        Order(evidence),
        Timestamps(evidence),
        Log(evidence),
        Plan(evidence),
        .. Deviations(evidence).Select(text => new Status(State.Bad, "Deviation from the plan", text)),
        .. Waivers(evidence).Select(text => new Status(State.Absent, "Waived by a person", text)),
    ];

    /// <summary>The plan: the sealed one, else the one that the verdict was made with; null where there is none.</summary>
    /// <param name="evidence">The case.</param>
    public static Plan? PlanOf(Case evidence) => evidence.Plan?.Plan ?? evidence.Verdict.Plan;

    /// <summary>What differs from the plan, one sentence each, each once however many findings it concerns.</summary>
    /// <param name="evidence">The case.</param>
    public static IReadOnlyList<string> Deviations(Case evidence)
    {
        if (PlanOf(evidence) is null)
            return [];
        IEnumerable<Diagnostic> seen = evidence.Verdict.Diagnostics.Concat(evidence.Verdict.Findings.SelectMany(finding => finding.Diagnostics));
        return
        [
            .. seen.Where(diagnostic => diagnostic.Code == DiagnosticCodes.PlanDeviation || (diagnostic is { Code: DiagnosticCodes.ControlMissing, Severity: DiagnosticSeverity.Blocking }))
                .GroupBy(diagnostic => diagnostic.Message, StringComparer.Ordinal)
                .Select(group => group.Count() == 1 ? group.Key : $"{group.Key} (This concerns {Numbers.Count(group.Count())} findings.)"),
        ];
    }

    /// <summary>What a person took responsibility for, one sentence each.</summary>
    /// <param name="evidence">The case.</param>
    public static IReadOnlyList<string> Waivers(Case evidence) =>
    [
        .. evidence.Verdict.Findings.SelectMany(finding => finding.Waivers).Distinct(StringComparer.Ordinal)
            .Select(option => evidence.Verdict.Findings.SelectMany(finding => finding.Assumptions)
                .FirstOrDefault(assumption => assumption.EndsWith($"(Waived by {option}.)", StringComparison.Ordinal)) ?? $"{option}."),
    ];

    private static Status Commitment(Case evidence)
    {
        const string Term = "Commitment to the key";
        if (evidence.Commitments is not { } commitments)
            return new Status(State.Absent, Term, "none; nothing shows that the key was not chosen after a look at the text.");
        string registry = $"the registry holds {Numbers.Count(commitments.Count, "key")}; the findings count {Numbers.Count(evidence.Verdict.Tests.M, "test")}";
        return commitments.Opened.Count > 0
            ? new Status(State.Good, Term, $"opened by the key of the findings; {registry}.")
            : new Status(State.Absent, Term, $"no key of the findings opens a commitment; {registry}.");
    }

    private static Status Order(Case evidence)
    {
        const string Term = "Key before data";
        if (evidence.KeyOrderFault is { } fault)
            return new Status(State.Absent, Term, fault);
        return evidence.Commitments is null
            ? new Status(State.Absent, Term, "key not shown to precede the data.")
            : new Status(State.Good, Term, "the commitment has a valid time stamp from before the first collected record.");
    }

    private static Status Timestamps(Case evidence)
    {
        const string Term = "Time stamps";
        if (evidence.Timestamps.Count == 0)
            return new Status(State.Absent, Term, "none; all times are those of the machine that made the files.");
        string[] faults = [.. evidence.Timestamps.Where(stamp => stamp.Fault is not null).Select(stamp => $"{stamp.Name}: {stamp.Fault}")];
        if (faults.Length > 0)
            return new Status(State.Bad, Term, string.Join(" ", faults));
        return new Status(State.Good, Term, string.Join("; ", evidence.Timestamps.Select(stamp => $"{stamp.Name} {Numbers.Time(stamp.Time)}")) + ".");
    }

    private static Status Log(Case evidence)
    {
        const string Term = "Collection log";
        if (evidence.Custody is not { } custody)
            return new Status(State.Absent, Term, "none; the replies were given as files, and nothing here shows how they were collected.");
        if (custody.Faults.Count > 0)
            return new Status(State.Bad, Term, string.Join(" ", custody.Faults.Take(2)) + (custody.Faults.Count > 2 ? $" {Numbers.Count(custody.Faults.Count - 2)} more are listed under Collection and custody." : string.Empty));
        long leftOut = custody.Subjects.Sum(subject => subject.LeftOut ?? 0);
        string left = leftOut > 0 ? $" The test left out {Numbers.Count(leftOut, "reply", "replies")} of it." : string.Empty;
        string warned = custody.Warnings.Count > 0 ? $" {string.Join(" ", custody.Warnings.Take(2))}" : string.Empty;
        return new Status(custody.Warnings.Count > 0 ? State.Absent : State.Good, Term, $"the chain of {Numbers.Count(custody.Records, "record")} is whole, {Numbers.Time(custody.First)} to {Numbers.Time(custody.Last)}.{left}{warned}");
    }

    private static Status Plan(Case evidence)
    {
        const string Term = "Plan";
        if (evidence.Plan is { } plan)
        {
            if (plan.Fault is { } fault)
                return new Status(State.Bad, Term, fault);
            int deviations = Deviations(evidence).Count;
            string kept = deviations == 0 ? "the findings do not differ from it." : $"{Numbers.Count(deviations, "deviation")}, listed below.";
            return plan.SignedBy is null
                ? new Status(State.Absent, Term, $"fixed, and not signed; {kept}")
                : new Status(State.Good, Term, $"signed by key {Numbers.Short(plan.SignedBy)}; {kept}");
        }

        return evidence.Verdict.Plan is null
            ? new Status(State.Absent, Term, "no plan was fixed before the data were seen, so what was tested could still be chosen afterwards.")
            : new Status(State.Absent, Term, "the verdict was made with a plan that this case does not hold.");
    }
}
