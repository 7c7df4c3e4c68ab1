using System.Globalization;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Cases;

/// <summary>
/// What a case adds to a finding: diagnostics about how the text was collected, whether the key came first and whether the
/// collection was as planned. The same folder gives the same diagnostics, so that a check can compute them again.
/// </summary>
public static class CaseJudge
{
    private const int MostFaults = 5;

    /// <summary>The finding with the diagnostics of its case.</summary>
    /// <param name="finding">The finding, as its test made it.</param>
    /// <param name="facts">The case; its verdict is not used.</param>
    public static Finding Judge(Finding finding, CaseFacts facts)
    {
        ArgumentNullException.ThrowIfNull(finding);
        ArgumentNullException.ThrowIfNull(facts);
        CaseSubject[] subjects = [.. new Measurement[] { finding }.Concat(finding.Controls).Select(measurement => SubjectOf(measurement, facts)).OfType<CaseSubject>()];
        Finding judged = facts.Custody is null ? finding : finding with { Diagnostics = [.. finding.Diagnostics.Where(diagnostic => diagnostic.Code != DiagnosticCodes.SelectionUnrecorded)] };
        return judged.With(
        [
            .. Custody(facts.Custody),
            .. subjects.Select(Listed),
            .. Plan(finding, subjects, facts),
            .. finding.Key is not null && facts.KeyOrderFault is { } order ? [Diagnostic.Warning(DiagnosticCodes.KeyOrder, order)] : Array.Empty<Diagnostic>(),
            .. facts.ValidationFault(finding) is { } fault ? [Diagnostic.Note(DiagnosticCodes.ErrorRateUnmeasured, fault)] : Array.Empty<Diagnostic>(),
        ]);
    }

    /// <summary>The subject of the log that a measurement is about; null where there is none.</summary>
    /// <param name="measurement">A finding or a control.</param>
    /// <param name="facts">The case.</param>
    public static CaseSubject? SubjectOf(Measurement measurement, CaseFacts facts)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        ArgumentNullException.ThrowIfNull(facts);
        CaseSubject? subject = facts.Custody?.Subjects.FirstOrDefault(subject => measurement.Title == subject.Name || measurement.Title.StartsWith(subject.Name + ", ", StringComparison.Ordinal));
        if (subject is null)
            return null;
        long unread = measurement.Counts.Others.FirstOrDefault(count => count.Name == "unread")?.Value ?? 0;
        return subject with { LeftOut = Math.Max(unread, subject.Replies - measurement.Counts.Documents) };
    }

    private static IEnumerable<Diagnostic> Custody(CaseCustody? custody)
    {
        if (custody is null)
            yield break;
        foreach (string fault in custody.Faults.Take(MostFaults))
            yield return Diagnostic.Blocking(DiagnosticCodes.CustodyBroken, fault);
        if (custody.Faults.Count > MostFaults)
            yield return Diagnostic.Blocking(DiagnosticCodes.CustodyBroken, string.Create(CultureInfo.InvariantCulture, $"The collection log has {custody.Faults.Count - MostFaults} more faults."));
        foreach (string warning in custody.Warnings.Take(MostFaults))
            yield return Diagnostic.Warning(DiagnosticCodes.CustodyIncomplete, warning);
    }

    private static Diagnostic Listed(CaseSubject subject)
    {
        string sentence = string.Create(
            CultureInfo.InvariantCulture,
            $"The collection log lists {subject.Replies:N0} replies of {subject.Name} and {subject.Failures:N0} requests without one; the test left out {subject.LeftOut:N0} of the replies.");
        return subject.LeftOut > 0 || subject.Failures > 0
            ? Diagnostic.Warning(DiagnosticCodes.RepliesLeftOut, sentence)
            : Diagnostic.Note(DiagnosticCodes.RepliesLeftOut, sentence);
    }

    private static IEnumerable<Diagnostic> Plan(Finding finding, IReadOnlyList<CaseSubject> subjects, CaseFacts facts)
    {
        if (facts.Plan is not { } plan)
            yield break;
        if (plan.Fault is { } fault)
            yield return Deviation(plan.SignedBy is null, fault);
        if (facts.Custody is not { } custody)
        {
            yield return Deviation(true, "There is no collection log, so nothing shows that the plan came before the data.");
            yield break;
        }

        if (custody.PlanSha256 != plan.Sha256)
            yield return Deviation(true, custody.PlanSha256 is null ? "The collection began without a plan." : "The collection began under another plan than plan.json.");
        if (plan.Plan.PromptsSha256 is { } prompts && custody.PromptsSha256 is { } used && used != prompts)
            yield return Deviation(true, "The prompts of the collection are not those of the plan.");
        if (plan.Plan.Stopping is not { } stopping)
            yield break;
        if (stopping.Kind == StoppingKind.Anytime && finding.Options.FirstOrDefault(option => option.Name == DistillationTest.LooksOption)?.Value is { } looks && looks != DistillationTest.AnyLooks)
            yield return Deviation(true, "The plan lets the collection end when the e-value decides, and this e-value holds for one look only.");
        foreach (CaseSubject subject in subjects)
        {
            if (subject.Replies > stopping.Replies)
                yield return Deviation(true, Collected(subject, stopping));
            else if (subject.Replies < stopping.Replies && stopping.Kind == StoppingKind.Fixed)
                yield return Deviation(subject.Replies + subject.Failures < stopping.Replies, Collected(subject, stopping));
        }
    }

    private static string Collected(CaseSubject subject, StoppingRule stopping) => string.Create(
        CultureInfo.InvariantCulture,
        $"{subject.Replies:N0} replies of {subject.Name} were collected and {subject.Failures:N0} requests got none; the plan fixed {(stopping.Kind == StoppingKind.Fixed ? string.Empty : "at most ")}{stopping.Replies:N0}.");

    private static Diagnostic Deviation(bool blocks, string message) =>
        blocks ? Diagnostic.Blocking(DiagnosticCodes.PlanDeviation, message) : Diagnostic.Warning(DiagnosticCodes.PlanDeviation, message);
}
