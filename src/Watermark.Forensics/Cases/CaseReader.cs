using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Cases.Commitments;
using Watermark.Forensics.Cases.Sealing;
using Watermark.Forensics.Cases.Timestamps;
using Watermark.Forensics.Cases.Validation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;

namespace Watermark.Forensics.Cases;

/// <summary>Reads what a case's folder says. Nothing is fetched from a network, and no key is needed.</summary>
public static class CaseReader
{
    /// <summary>Reads a whole case: its verdict and all that stands around it.</summary>
    /// <param name="folder">The case.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <exception cref="InputFormatException">A file that the case needs is missing or damaged; the message names it.</exception>
    public static Case Load(CaseFolder folder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        Verdict verdict = folder.Read(CaseFiles.Verdict, bytes => VerdictJson.Read(bytes));
        CaseFacts facts = Facts(folder, cancellationToken);
        string? title = facts.Plan?.Plan.Title;
        return new Case
        {
            Title = string.IsNullOrEmpty(title) ? NameOf(verdict) : title,
            Question = Questions.SentenceOf(verdict.Findings[0].Question),
            Verdict = verdict,
            Plan = facts.Plan,
            Commitments = facts.Commitments is { } commitments
                ? commitments with { Opened = [.. verdict.Findings.Select(finding => finding.Key?.Commitment).OfType<string>().Distinct(StringComparer.Ordinal)] }
                : null,
            KeyOrderFault = facts.KeyOrderFault,
            Timestamps = facts.Timestamps,
            Custody = facts.Custody is { } custody ? custody with { Subjects = Tested(custody, verdict, facts) } : null,
            Validation = Validation(folder, verdict),
            // A report cannot hold its own digest, nor that of what is written after it.
            Files = [.. folder.Names().Where(name => name is not (CaseFiles.ReportHtml or CaseFiles.ReportMarkdown or CaseFiles.ReportPdf)).Select(folder.Digest)],
            SignerKeyId = folder.Has(CaseFiles.Signer) ? folder.Read(CaseFiles.Signer, KeyId) : null,
            StatementSha256 = folder.Has(CaseFiles.Statement) ? folder.Sha256(CaseFiles.Statement) : null,
            BuildHash = folder.Has(CaseFiles.Statement) ? folder.Read(CaseFiles.Statement, bytes => CaseStatement.ToolOf(bytes).BuildSha256) : string.Empty,
        };
    }

    /// <summary>Reads what a case says besides its verdict.</summary>
    /// <param name="folder">The case.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="InputFormatException">A file is damaged; the message names it.</exception>
    public static CaseFacts Facts(CaseFolder folder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        CustodyResult? log = Log(folder, cancellationToken);
        CommitmentRegistry? registry = folder.Has(CaseFiles.Commitments) ? folder.Read(CaseFiles.Commitments, bytes => CommitmentRegistry.Read(bytes)) : null;
        ProcedureValidation? validation = folder.Has(CaseFiles.Validation) ? folder.Read(CaseFiles.Validation, bytes => ProcedureValidation.Read(bytes)) : null;
        return new CaseFacts
        {
            Plan = PlanSeal.Read(folder),
            Commitments = registry is null ? null : new CaseCommitments(registry.Count, folder.Sha256(CaseFiles.Commitments), []),
            Timestamps = Timestamps(folder),
            Custody = log is null ? null : Custody(folder, log),
            KeyOrderFault = registry is null
                ? $"No key was committed: {KeyOrder.NotShown}."
                : KeyOrder.Fault(TimestampFiles.Check(folder.Root, "commitments"), log?.FirstData),
            ValidationFault = finding => validation is null ? "The false-positive rate of the procedure was not measured ('watermark validate')." : validation.AppliesTo(finding),
        };
    }

    /// <summary>The collection log, checked against the files it lists; null where there is none.</summary>
    /// <param name="folder">The case.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static CaseCustody? Custody(CaseFolder folder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return Log(folder, cancellationToken) is { } log ? Custody(folder, log) : null;
    }

    /// <summary>The time stamps of a case, each checked.</summary>
    /// <param name="folder">The case.</param>
    public static IReadOnlyList<CaseTimestamp> Timestamps(CaseFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return
        [
            .. TimestampFiles.Names.Select(name => TimestampFiles.Check(folder.Root, name)).OfType<TimestampResult>()
                .Select(stamp => new CaseTimestamp(stamp.Name, stamp.IsValid ? stamp.GenTime : null, stamp.Authority, stamp.Fault)),
        ];
    }

    /// <summary>A name from what was tested; the folder's own name may be another where it was copied to.</summary>
    private static string NameOf(Verdict verdict)
    {
        string[] names = [.. verdict.Findings.Select(finding => finding.Title).Distinct(StringComparer.Ordinal)];
        return $"Test of {string.Join(", ", names.Take(3))}{(names.Length > 3 ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $" and {names.Length - 3} more") : string.Empty)}";
    }

    private static CustodyResult? Log(CaseFolder folder, CancellationToken cancellationToken)
    {
        if (!folder.Has(CaseFiles.Log))
            return null;
        using FileStream stream = File.OpenRead(folder.PathOf(CaseFiles.Log));
        return CollectionLogReader.Check(stream, null, cancellationToken);
    }

    private static CaseCustody Custody(CaseFolder folder, CustodyResult log)
    {
        CaseCustody custody = log.ToCase();
        IEnumerable<string> imports = log.Imports.Select(import => ImportFault(folder, import)).OfType<string>();
        return custody with { Faults = [.. custody.Faults, .. imports] };
    }

    private static string? ImportFault(CaseFolder folder, CustodyImport import)
    {
        if (!folder.Has(import.File))
            return $"The imported file {import.File} of {import.Subject} is missing.";
        return folder.Sha256(import.File) == import.Sha256 ? null : $"The imported file {import.File} of {import.Subject} was changed since it was imported.";
    }

    private static CaseSubject[] Tested(CaseCustody custody, Verdict verdict, CaseFacts facts)
    {
        var tested = new Dictionary<string, CaseSubject>(StringComparer.Ordinal);
        foreach (Measurement measurement in verdict.Findings.SelectMany(finding => finding.Controls.Prepend<Measurement>(finding)))
        {
            if (CaseJudge.SubjectOf(measurement, facts) is { } subject)
                tested.TryAdd(subject.Name, subject);
        }

        return [.. custody.Subjects.Select(subject => tested.GetValueOrDefault(subject.Name, subject))];
    }

    private static CaseValidation? Validation(CaseFolder folder, Verdict verdict)
    {
        if (!folder.Has(CaseFiles.Validation))
            return null;
        ProcedureValidation validation = folder.Read(CaseFiles.Validation, bytes => ProcedureValidation.Read(bytes));
        return new CaseValidation(validation.Runs, validation.FalsePositives, validation.UpperBound, validation.Sentence, verdict.Findings.Select(validation.AppliesTo).FirstOrDefault(fault => fault is not null));
    }

    private static string KeyId(byte[] pem)
    {
        using VerificationKey key = VerificationKey.FromPem(System.Text.Encoding.ASCII.GetString(pem));
        return key.KeyId;
    }
}
